using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.EventStore;
using NodaTime;

namespace Ledger.Projections.Decoding;

/// <summary>Between the domain's events and the log's rows. The canonical bytes of the data are what is stored and hashed.</summary>
public static class EventMapping
{
    /// <summary>The row of an event to be recorded.</summary>
    public static AppendEvent ToAppend(NewEvent e) => new(
        e.Contract,
        Stream(e.Contract, e.Subject),
        e.Type.Alias,
        e.Id,
        e.Source,
        Instants.ToMicroseconds(e.OccurredAt),
        e.Actor,
        e.CorrelationId,
        e.CausationId,
        JsonSerializer.SerializeToUtf8Bytes(e.Data, e.Data.GetType(), LedgerJson.Options),
        e.ExpectedVersion);

    /// <summary>The event of a row. Throws <see cref="LedgerException"/> for one that this program cannot read.</summary>
    public static LedgerEvent ToEvent(StoredEvent e)
    {
        var type = EventCatalogue.Find(e.Type) ?? throw Unreadable(e, $"unknown event type {e.Type}");
        try
        {
            return ToEvent(e, (EventData)JsonSerializer.Deserialize(e.Data.Span, type.Data, LedgerJson.Options)!);
        }
        catch (JsonException cause)
        {
            throw Unreadable(e, cause.Message, cause);
        }
    }

    /// <summary>The error of an event on record that cannot be read, or not be applied.</summary>
    public static LedgerException Unreadable(StoredEvent e, string why, Exception? cause = null) => new(
        ErrorCode.EventUnreadable,
        $"position {e.Position}, event {e.EventId}: {why}; no event is skipped: verify the ledger, and open it with a program that knows the event",
        cause);

    /// <summary>The event of a row whose data is known already.</summary>
    public static LedgerEvent ToEvent(StoredEvent e, EventData data) => new(
        e.Position,
        e.Contract,
        e.Stream[(e.Contract.Length + 1)..],
        e.Version,
        e.EventId,
        e.Source,
        FromMicroseconds(e.OccurredAt),
        FromMicroseconds(e.RecordedAt),
        e.Actor,
        data);

    /// <summary>The stored stream of a contract's subject.</summary>
    public static string Stream(string contract, string subject) => $"{contract}/{subject}";

    /// <summary>A moment of the log; nothing recorded is 1970.</summary>
    public static RecordedMoment ToMoment(long position, long? recordedAt) => new(position, FromMicroseconds(recordedAt ?? 0));

    /// <summary>The instant of whole microseconds since 1970 UTC.</summary>
    public static Instant FromMicroseconds(long microseconds) => Instant.FromUnixTimeTicks(microseconds * 10);
}
