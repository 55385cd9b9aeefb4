using Marten;
using NodaTime;

namespace Ledger.Projections.Store;

/// <summary>
/// Gives every session that appends, whoever opened it, its place in the one order: before a save it begins the transaction,
/// takes the log's lock, and sets each pending event's timestamp (which <c>QuickWithServerTimestamps</c> writes). Marten's
/// sequence alone is no order: numbers are drawn before commits, and a rollback leaves a hole.
/// </summary>
/// <param name="clock">Tells when events are recorded.</param>
public sealed class CommitOrder(IClock clock) : DocumentSessionListenerBase
{
    /// <inheritdoc/>
    public override async Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
    {
        var streams = session.PendingChanges.Streams().Where(s => s.Events.Count > 0).ToList();
        if (streams.Count == 0)
        {
            return;
        }

        var head = await LogLock.TakeAsync(session, token);
        var recordedAt = LogLock.RecordedAt(head, clock).ToDateTimeOffset();
        foreach (var stream in streams)
        {
            foreach (var e in stream.Events)
            {
                e.Timestamp = recordedAt;
                (e.CorrelationId, e.CausationId) = (EventMapping.Said(e.CorrelationId), EventMapping.Said(e.CausationId));
            }
        }
    }
}
