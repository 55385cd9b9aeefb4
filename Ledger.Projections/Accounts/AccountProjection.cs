using JasperFx.Events;
using Ledger.Domain.Contracts;
using Ledger.Projections.Store;
using Marten.Events.Aggregation;

namespace Ledger.Projections.Accounts;

/// <summary>
/// The snapshot of each contract's account, folded from its stream. The domain decides what an event does; an event that it
/// cannot apply is named, and stops the projection.
/// </summary>
public sealed class AccountProjection : SingleStreamProjection<ContractAccount, string>
{
    /// <summary>What Marten calls it.</summary>
    public const string ProjectionName = "ContractAccount";

    /// <summary>What Marten calls its progress.</summary>
    public const string Shard = ProjectionName + ":All";

    /// <summary>The projection of accounts: of their streams only, and of every event in them, whatever its type.</summary>
    public AccountProjection()
    {
        FilterIncomingEventsOnStreamType(typeof(ContractAccount));
        Options.CacheLimitPerTenant = 10;
    }

    /// <inheritdoc/>
    public override ContractAccount? Evolve(ContractAccount? snapshot, string id, IEvent e)
    {
        try
        {
            return ContractAccount.Evolve(snapshot, EventMapping.ToEvent(e));
        }
#pragma warning disable CA1031 // Whatever the event did: it is named.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            throw EventMapping.Unreadable(e.Sequence, e.GetHeader(EventHeaders.IdName) as string ?? e.Id.ToString(), cause.Message, cause);
        }
    }
}
