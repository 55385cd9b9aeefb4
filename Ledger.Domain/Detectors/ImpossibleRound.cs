using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F18, certain: a round whose track is longer than its duration allows at so many kilometres an hour, or that ended before it started.
/// </summary>
[Discriminator("impossible_round")]
public sealed record ImpossibleRound(decimal KilometresPerHour = 120, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F18";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        foreach (var round in records.Rounds)
        {
            var (start, end) = (round.Data.StartedAt, round.Data.EndedAt);
            var length = Geometry.LengthOf(round.Track);
            if (end < start)
            {
                yield return Suspect(
                    Certainty.Certain,
                    round.Event.Subject,
                    round.Event.Id,
                    round.Event.OccurredAt,
                    [round.Event],
                    "the round ended before it started",
                    $"started {Show(start)}",
                    $"ended {Show(end)}"
                );
            }
            else if (length * 3_600_000m > KilometresPerHour * (end - start).ToInt64Nanoseconds())
            {
                yield return Suspect(
                    Certainty.Certain,
                    round.Event.Subject,
                    round.Event.Id,
                    round.Event.OccurredAt,
                    [round.Event],
                    $"the track is longer than the round's time allows at {KilometresPerHour} km/h",
                    $"{InMetres(length)} of track",
                    $"{Show(end - start)} of time"
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "kilometresPerHour", KilometresPerHour);
}
