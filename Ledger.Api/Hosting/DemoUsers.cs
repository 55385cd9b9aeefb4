using Ledger.Api.Operations;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using Wolverine.Runtime;

namespace Ledger.Api.Hosting;

/// <summary>The people of a demo, as users whom anybody on the machine may be.</summary>
public sealed class DemoUsers(UserReader users, IWolverineRuntime runtime)
{
    /// <summary>Who opens a demo is this one first: what is payable is asked by finance.</summary>
    public const string First = "finance-01";

    /// <summary>Registers those that are not.</summary>
    public async Task RegisterAsync(string contract, CancellationToken cancel)
    {
        var known = (await users.AllAsync(cancel)).Select(u => u.Id).ToHashSet();
        var bus = new MessageBus(runtime);
        foreach (var (code, _, roles) in DemoOffice.People.Where(p => !known.Contains(p.Code)))
        {
            var contracts = roles.Contains(Role.Vendor) ? new[] { contract } : null;
            await bus.InvokeForTenantAsync<User>(
                LedgerSource.Contract,
                new RegisterUser(code, roles, contracts, LedgerSource.Name),
                cancel
            );
        }
    }
}
