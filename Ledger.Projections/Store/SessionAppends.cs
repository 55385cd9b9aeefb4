using Ledger.Domain.Events;
using Marten;

namespace Ledger.Projections.Store;

/// <summary>The domain's events on a Marten session.</summary>
public static class SessionAppends
{
    /// <summary>
    /// Appends an event to its stream in the session's contract; where <paramref name="version"/> is given, the save fails if the
    /// stream stands at another.
    /// </summary>
    public static JasperFx.Events.IEvent Record(this IDocumentOperations session, NewEvent e, long? version = null)
    {
        var wrapped = EventMapping.ToMarten(e);
        var key = EventStreams.KeyOf(e.Contract, e.Subject);
        var stream = session.Events.Append(key, wrapped);
        stream.ExpectedVersionOnServer = version ?? stream.ExpectedVersionOnServer;
        stream.AggregateType = StreamTypes.Of(e.Contract, key) ?? stream.AggregateType;
        return wrapped;
    }
}
