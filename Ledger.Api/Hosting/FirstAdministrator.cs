using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using Wolverine.Runtime;

namespace Ledger.Api.Hosting;

/// <summary>
/// A service that nobody can sign in to makes one administrator, who sets a password by a one-time link. Whoever has the link is the
/// administrator: it is printed where the service was started, and nowhere else.
/// </summary>
public sealed class FirstAdministrator(UserReader users, IdentitySettings identity, IWolverineRuntime runtime)
{
    private const string Code = "administrator";

    /// <summary>The path of the link; null where somebody can sign in already.</summary>
    public async Task<string?> InviteAsync(CancellationToken cancel)
    {
        var known = (await users.AllAsync(cancel)).Where(u => u.WithdrawnAt is null).ToList();
        if (
            identity.Issuer is not null
            || known.Exists(u => u.PasswordHash is not null)
            || (known.Count > 0 && (await users.TokensAsync(cancel)).Count > 0)
        )
        {
            return null;
        }

        var bus = new MessageBus(runtime);
        if (!known.Exists(u => u.Roles.Contains(Role.Administrator)))
        {
            var first = new RegisterUser(Code, [Role.Administrator], null, LedgerSource.Name);
            _ = await bus.InvokeForTenantAsync<User>(LedgerSource.Contract, first, cancel);
        }

        var code = known.Find(u => u.Roles.Contains(Role.Administrator))?.Id ?? Code;
        var invite = new InviteUser(code, LedgerSource.Name);
        return LinkOf(await bus.InvokeForTenantAsync<Invitation>(LedgerSource.Contract, invite, cancel));
    }

    /// <summary>The path under which whoever was invited sets a password.</summary>
    public static string LinkOf(Invitation invitation) => $"/welcome?user={invitation.User}&invitation={invitation.Secret}";
}
