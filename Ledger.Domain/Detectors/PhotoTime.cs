using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F07, a lead: the photo of an issue was taken more than so many minutes from the time of finding, or after it was recorded.
/// </summary>
[Discriminator("photo_time")]
public sealed record PhotoTime(int Minutes = 10, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F07";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        foreach (var (e, issue) in records.Of<IssueFound>())
        {
            if (issue.Photo is not { } photo)
            {
                continue;
            }

            var off =
                photo.TakenAt > e.When.Latest ? photo.TakenAt - e.When.Latest
                : photo.TakenAt < e.When.Earliest ? photo.TakenAt - e.When.Earliest
                : Duration.Zero;
            var late = photo.TakenAt > e.RecordedAt;
            if (late || off > Duration.FromMinutes(Minutes) || off < -Duration.FromMinutes(Minutes))
            {
                yield return Suspect(
                    Certainty.Lead,
                    e.Subject,
                    e.Id,
                    e.OccurredAt,
                    [e],
                    late
                        ? $"the photo was taken {Show(photo.TakenAt - e.RecordedAt)} after the issue was recorded"
                        : $"the photo was taken {Show(off)} {(off < Duration.Zero ? "before" : "after")} the issue was found",
                    late ? $"recorded {Show(e.RecordedAt)}" : $"found {e.TimeInWords}",
                    $"photo taken {Show(photo.TakenAt)}"
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "minutes", Minutes);
}
