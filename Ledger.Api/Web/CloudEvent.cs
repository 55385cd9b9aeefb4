using System.Text.Json;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Api.Web;

/// <summary>An event on record in its wire form, CloudEvents 1.0: as it is imported, with where and when it was recorded.</summary>
public sealed record CloudEvent(
    string Specversion,
    string Id,
    string Source,
    string Type,
    string Contract,
    string Subject,
    Instant Time,
    TimePrecision? Timeprecision,
    string Actor,
    string? Correlationid,
    string? Causationid,
    long Position,
    Instant Recordedat,
    JsonElement Data
)
{
    /// <summary>The media type of one event.</summary>
    public const string MediaType = "application/cloudevents+json";

    /// <summary>The media type of a batch of them.</summary>
    public const string BatchType = "application/cloudevents-batch+json";

    /// <summary>The event in a row.</summary>
    public static CloudEvent Of(StoredEvent e) =>
        new(
            "1.0",
            e.EventId,
            e.Source,
            e.Type,
            e.Contract,
            e.Subject,
            Instants.FromMicroseconds(e.OccurredAt),
            e.Precision,
            e.Actor,
            e.Correlation,
            e.Causation,
            e.Position,
            Instants.FromMicroseconds(e.RecordedAt),
            JsonElement.Parse(e.Data.Span)
        );
}

/// <summary>
/// An event on its way in, CloudEvents 1.0; docs/events.md says what <c>data</c> holds for each type. Several are an array of them, or one
/// a line (<c>application/x-ndjson</c>).
/// </summary>
public sealed record NewCloudEvent(
    string Specversion,
    string Id,
    string Source,
    string Type,
    string Contract,
    string Subject,
    Instant Time,
    string Actor,
    JsonElement Data,
    TimePrecision? Timeprecision = null,
    string? Correlationid = null,
    string? Causationid = null,
    long? Expectedversion = null
);
