using System.Text.Json.Serialization;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>What patrollers record in the field: rounds (<c>patrol/{id}</c>) and issues (<c>issue/{no}</c>).</summary>
public abstract record FieldEvent : EventData;

/// <summary>
/// One position of a track; accuracy in metres; <c>point</c> is the checkpoint that the patroller claims, <c>convertedFrom</c> as in
/// <see cref="Location"/>.
/// </summary>
public sealed record Fix(
    Instant At,
    decimal Lat,
    decimal Lon,
    decimal? Accuracy = null,
    string? Point = null,
    CoordinateSystem? ConvertedFrom = null
)
{
    /// <summary>By how many metres it may be off, by its accuracy (0 where none is given) and by its conversion.</summary>
    [JsonIgnore]
    public decimal ErrorMetres => (Accuracy ?? 0) + ConvertedFrom.ErrorMetres();
}

/// <summary>A patrol round with its track; an end before the start is accepted: it is evidence.</summary>
public sealed record PatrolRoundRecorded(
    string Patroller,
    string Grid,
    Instant StartedAt,
    Instant EndedAt,
    IReadOnlyList<Fix> Track,
    IReadOnlyList<string>? Photos = null
) : FieldEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        var fixes = Track.SelectMany(
            (fix, i) =>
                new Location(fix.Lat, fix.Lon)
                    .Faults($".track[{i}]")
                    .Concat(Between($"track[{i}].accuracy", fix.Accuracy, 0, decimal.MaxValue))
        );
        var photos = (Photos ?? []).SelectMany((photo, i) => Sha256($"photos[{i}]", photo));
        return fixes.Concat(photos);
    }
}

/// <summary>Whether an issue is to be reported within hours or minutes.</summary>
public enum Severity
{
    /// <summary>常态化治理类.</summary>
    Routine,

    /// <summary>突发紧急类.</summary>
    Emergency,
}

/// <summary>A photograph: the digest of its bytes and when it was taken.</summary>
public sealed record Photo(string Sha256, Instant TakenAt);

/// <summary>An issue was found on the street.</summary>
public sealed record IssueFound(
    Severity Severity,
    string Kind,
    string Patroller,
    Location Location,
    Photo? Photo = null,
    string? Round = null
) : FieldEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Location.Faults(".location").Concat(Sha256("photo.sha256", Photo?.Sha256));
}

/// <summary>The issue was reported to the centre.</summary>
public sealed record IssueReported : FieldEvent;

/// <summary>The issue was resolved.</summary>
public sealed record IssueResolved(Photo? Photo = null) : FieldEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Sha256("photo.sha256", Photo?.Sha256);
}
