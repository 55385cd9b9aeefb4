using Ledger.Api.Identities;
using Ledger.Domain.Events;
using Wolverine;

namespace Ledger.Api.Web;

/// <summary>Sends commands about the ledger as a whole in the caller's name.</summary>
public sealed class Sender(HttpContext context, IMessageBus bus, KnownUsers users)
{
    /// <summary>Made for one request.</summary>
    public static Sender Of(HttpContext context, IMessageBus bus, KnownUsers users) => new(context, bus, users);

    /// <summary>Sends what changes users or tokens, which are known anew at once.</summary>
    public async Task<T> ChangeAsync<T>(Func<string, object> command)
    {
        var changed = await SendAsync<T>(command);
        users.Forget();
        return changed;
    }

    /// <summary>Sends a command that names who sends it.</summary>
    public Task<T> SendAsync<T>(Func<string, object> command) =>
        bus.InvokeForTenantAsync<T>(LedgerSource.Contract, command(new SignedInUser(context.User).Code), context.RequestAborted);
}
