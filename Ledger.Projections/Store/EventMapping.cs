using System.Text.Json;
using JasperFx.Events;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using NodaTime;

namespace Ledger.Projections.Store;

/// <summary>Between the domain's events and Marten's, and its rows.</summary>
public static class EventMapping
{
    // Where an event says nothing of correlation or causation, Marten would put the session's, which are ids of a host's own messages:
    // an empty one holds the place until CommitOrder takes it away.
    private const string Unsaid = "";

    /// <summary>The event as Marten appends it: its data, with id, headers, correlation and causation.</summary>
    public static IEvent ToMarten(NewEvent e)
    {
        RefuseControlCharacters(e);
        var wrapped = (IEvent)Activator.CreateInstance(typeof(Event<>).MakeGenericType(e.Data.GetType()), e.Data)!;
        wrapped.Id = EventIds.Of(e.Contract, e.Id);
        (wrapped.CorrelationId, wrapped.CausationId) = (e.CorrelationId ?? Unsaid, e.CausationId ?? Unsaid);
        HeadersOf(e).Set(wrapped);
        return wrapped;
    }

    /// <summary>What an event says of correlation or causation; null where it says nothing.</summary>
    public static string? Said(string? id) => string.IsNullOrEmpty(id) ? null : id;

    /// <summary>What of an event stands in its headers.</summary>
    public static EventHeaders HeadersOf(NewEvent e) =>
        new(e.Id, e.Source, e.Subject, Instants.ToMicroseconds(e.OccurredAt), e.Actor, e.Precision);

    /// <summary>An event that Marten read; throws <see cref="FormatException"/> where it lacks the ledger's headers.</summary>
    public static LedgerEvent ToEvent(IEvent e)
    {
        var headers = EventHeaders.Of(e);
        return new LedgerEvent(
            e.Sequence,
            e.TenantId,
            headers.Subject,
            e.Version,
            headers.Id,
            headers.Source,
            Instants.FromMicroseconds(headers.OccurredAt),
            Instant.FromDateTimeOffset(e.Timestamp),
            headers.Actor,
            (EventData)e.Data
        )
        {
            Precision = headers.Precision,
        };
    }

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

    /// <summary>The event of a row whose data is known already.</summary>
    public static LedgerEvent ToEvent(StoredEvent e, EventData data) =>
        new(
            e.Position,
            e.Contract,
            e.Subject,
            e.Version,
            e.EventId,
            e.Source,
            Instants.FromMicroseconds(e.OccurredAt),
            Instants.FromMicroseconds(e.RecordedAt),
            e.Actor,
            data
        )
        {
            Precision = e.Precision,
        };

    /// <summary>The error of an event on record that cannot be read, or not be applied.</summary>
    public static LedgerException Unreadable(StoredEvent e, string why, Exception? cause = null) =>
        Unreadable(e.Position, e.EventId, why, cause);

    /// <summary>The error of an event on record that cannot be read, or not be applied.</summary>
    public static LedgerException Unreadable(long position, string id, string why, Exception? cause = null) =>
        new(
            ErrorCode.EventUnreadable,
            $"position {position}, event {id}: {why}; no event is skipped: verify the ledger, and open it with a program that knows "
                + "the event",
            cause
        );

    /// <summary>A moment of the log; nothing recorded is 1970.</summary>
    public static RecordedMoment ToMoment(LogHead head) => new(head.Position, Instants.FromMicroseconds(head.RecordedAt ?? 0));

    /// <summary>A control character could forge the lines of a leaf: throws <see cref="LedgerException"/>.</summary>
    public static void RefuseControlCharacters(NewEvent e)
    {
        foreach (var text in (ReadOnlySpan<string?>)[e.Contract, e.Subject, e.Id, e.Source, e.Actor, e.CorrelationId, e.CausationId])
        {
            foreach (var c in text.AsSpan())
            {
                if (char.IsControl(c))
                {
                    throw new LedgerException(
                        ErrorCode.Refused,
                        $"event {e.Id.ReplaceLineEndings(" ")} holds a control character in its envelope"
                    );
                }
            }
        }
    }
}
