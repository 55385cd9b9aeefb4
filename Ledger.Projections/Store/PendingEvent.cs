using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Json;

namespace Ledger.Projections.Store;

/// <summary>An event on its way into the log, with what its row needs and costs time to make: a file's are made on several cores.</summary>
/// <param name="Event">The event.</param>
/// <param name="Uuid">Its id in Marten.</param>
/// <param name="Stream">The key of its stream inside the contract.</param>
/// <param name="Data">Its data in JSON, as the codec writes it.</param>
public sealed record PendingEvent(NewEvent Event, Guid Uuid, string Stream, byte[] Data)
{
    /// <summary>Prepares an event.</summary>
    public static PendingEvent Of(NewEvent e) =>
        new(
            e,
            EventIds.Of(e.Contract, e.Id),
            EventStreams.KeyOf(e.Contract, e.Subject),
            JsonSerializer.SerializeToUtf8Bytes(e.Data, e.Data.GetType(), LedgerJson.Options)
        );

    /// <summary>The event as it is stored at a place in the log and in its stream.</summary>
    public StoredEvent At(long position, long version, long recordedAt) =>
        new(
            position,
            Event.Contract,
            Stream,
            version,
            Event.Type.Alias,
            Uuid,
            Event.Id,
            Event.Source,
            Event.Subject,
            Instants.ToMicroseconds(Event.OccurredAt),
            recordedAt,
            Event.Actor,
            Event.CorrelationId,
            Event.CausationId,
            Data
        )
        {
            Precision = Event.Precision,
        };
}

/// <summary>What became of one event.</summary>
public abstract record AppendResult
{
    /// <summary>
    /// Why an event was refused, in words; null where it was not. <paramref name="place"/> is the position that it would have had.
    /// </summary>
    public Fault? RefusalOf(NewEvent e, long? place = null) =>
        this switch
        {
            IdConflict conflict => new Fault(
                "$.id",
                $"event {e.Id} of {e.Source} is on record at position {conflict.Position}, and {conflict.Difference}"
                    + $"{(place is null ? "" : $"; this one would stand at position {place}")}. What is on record stays: what is right "
                    + "now is told by case_amended, deadline_extended, a later scoring or another decision; the mapping of an export "
                    + "that is refreshed takes {digest} into its ids"
            ),
            VersionConflict conflict => new Fault(
                "$.expectedversion",
                $"stream {EventStreams.KeyOf(e.Contract, e.Subject)} is at version {conflict.Actual}, expected {conflict.Expected}"
            ),
            _ => null,
        };

    /// <summary>It was recorded now.</summary>
    public sealed record Recorded(long Position, long Version) : AppendResult;

    /// <summary>The same event is on record: this is its first receipt.</summary>
    public sealed record Duplicate(long Position, long Version) : AppendResult;

    /// <summary>
    /// The id is on record, or comes earlier in the same transaction, at <paramref name="Position"/>, as another event.
    /// </summary>
    public sealed record IdConflict(long Position, EventDifference Difference) : AppendResult;

    /// <summary>The stream is at another version than the one expected.</summary>
    public sealed record VersionConflict(long Actual, long Expected) : AppendResult;
}
