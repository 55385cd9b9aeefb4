using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>
/// An event on its way into the log: everything but what the log assigns. <c>Subject</c> is the stream inside the
/// contract; <c>Id</c> and <c>Source</c> together are the idempotency key.
/// </summary>
public sealed record NewEvent(
    string Contract,
    string Subject,
    string Id,
    string Source,
    Instant OccurredAt,
    string Actor,
    EventData Data,
    string? CorrelationId = null,
    string? CausationId = null,
    long? ExpectedVersion = null
)
{
    /// <summary>The event type.</summary>
    public EventType Type => EventCatalogue.Of(Data);

    /// <summary>With how much less than a moment the time is known; null: exactly.</summary>
    public TimePrecision? Precision { get; init; }

    /// <summary>When it happened, as far as is known.</summary>
    public TimeRange When => TimeRange.Of(OccurredAt, Precision);

    /// <summary>The personal values that came with it: they are not in its data, and are stored apart.</summary>
    public Caller? Personal { get; init; }

    /// <summary>Extension attributes that came with it (CloudEvents 1.0) and are not recorded, by name.</summary>
    public IReadOnlyList<string> Dropped { get; init; } = [];

    /// <summary>What it would be on record, for weighing its consequences: without a position and a version.</summary>
    internal LedgerEvent AsRecorded() =>
        new(0, Contract, Subject, 0, Id, Source, OccurredAt, OccurredAt, Actor, Data) { Precision = Precision };
}

/// <summary>An event as the log keeps it. <c>Position</c> counts from 1 without gaps over the whole ledger.</summary>
public sealed record LedgerEvent(
    long Position,
    string Contract,
    string Subject,
    long Version,
    string Id,
    string Source,
    Instant OccurredAt,
    Instant RecordedAt,
    string Actor,
    EventData Data
)
{
    /// <summary>The event type.</summary>
    public EventType Type => EventCatalogue.Of(Data);

    /// <summary>With how much less than a moment <c>OccurredAt</c> is known; null: exactly.</summary>
    public TimePrecision? Precision { get; init; }

    /// <summary>When it happened, as far as is known.</summary>
    public TimeRange When => TimeRange.Of(OccurredAt, Precision);

    /// <summary>When it happened, in words, as far as is known.</summary>
    public string TimeInWords => ChinaTime.Text(OccurredAt, Precision);

    /// <summary>The subject's key: what follows its first slash, or nothing.</summary>
    public string Key => Subject[(Subject.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The date in China on which it occurred.</summary>
    public LocalDate OccurredOn => ChinaTime.DateOf(OccurredAt);
}
