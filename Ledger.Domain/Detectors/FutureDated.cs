using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F09, certain: a time inside a record (photo, fix, start or end of a round) more than so many minutes after it was recorded. One finding
/// a record.
/// </summary>
[Discriminator("future_dated")]
public sealed record FutureDated(int Minutes = 5, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F09";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        foreach (var e in records.All)
        {
            var (what, at) = TimesOf(e.Data).DefaultIfEmpty((What: "", At: Instant.MinValue)).MaxBy(t => t.At);
            if (at > e.RecordedAt + Duration.FromMinutes(Minutes))
            {
                yield return Suspect(
                    Certainty.Certain,
                    e.Subject,
                    e.Id,
                    e.OccurredAt,
                    [e],
                    $"{what} lies {Show(at - e.RecordedAt)} after the record was made",
                    $"recorded {Show(e.RecordedAt)}",
                    $"{what} {Show(at)}"
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "minutes", Minutes);

    private static IEnumerable<(string What, Instant At)> TimesOf(EventData data) =>
        data switch
        {
            IssueFound { Photo: { } photo } => [("the photo's time", photo.TakenAt)],
            IssueResolved { Photo: { } photo } => [("the photo's time", photo.TakenAt)],
            PatrolRoundRecorded round => round
                .Track.Select(f => ("a fix", f.At))
                .Append(("the start of the round", round.StartedAt))
                .Append(("the end of the round", round.EndedAt)),
            _ => [],
        };
}
