using JasperFx.Events;
using Ledger.Domain.Decisions;
using Ledger.Projections.Store;
using Wolverine.Marten;

namespace Ledger.Api.Operations;

/// <summary>
/// Where what a command recorded stands in the log. A handler answers before its session is saved, and the log gives positions
/// with the save: they are there for whoever gets the answer.
/// </summary>
public sealed class Receipt
{
    private readonly IEvent? recorded;
    private readonly long? before;
    private readonly long? versionBefore;

    private Receipt(IEvent? recorded, long? before, long? versionBefore) =>
        (this.recorded, this.before, this.versionBefore) = (recorded, before, versionBefore);

    /// <summary>Whether it was recorded now.</summary>
    public bool Recorded => recorded is not null;

    /// <summary>The position: of what was recorded now, or was on record before; null where nothing is.</summary>
    public long? Position => recorded?.Sequence ?? before;

    /// <summary>The version of its stream with it; null where nothing is on record, or it was not asked for.</summary>
    public long? Version => recorded?.Version ?? versionBefore;

    /// <summary>Of an event that is recorded with the session.</summary>
    public static Receipt Of(IEvent recorded) => new(recorded, null, null);

    /// <summary>Of what was on record before, or of nothing.</summary>
    public static Receipt Before(long? position, long? version = null) => new(null, position, version);

    /// <summary>
    /// The events of a decision as Marten takes them, with the receipt for the first of them: <paramref name="before"/> where there is
    /// none.
    /// </summary>
    internal static (Events Events, Receipt Receipt) Of(Decided decided, long? before)
    {
        var events = decided.Events.Select(EventMapping.ToMarten).ToList();
        return (new Events(events), events.Count > 0 ? Of(events[0]) : Before(before));
    }
}
