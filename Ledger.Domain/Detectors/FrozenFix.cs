using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F05, a lead: consecutive fixes of a round, so many or more, equal to six decimals over so many minutes or more, while the
/// checkpoints claimed differ. One finding a round.
/// </summary>
[Discriminator("frozen_fix")]
public sealed record FrozenFix(int Fixes = 5, int Minutes = 30, bool Off = false) : Detector(Off)
{
    private const int Decimals = 6;

    /// <inheritdoc/>
    public override string Rule => "F05";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        foreach (var round in records.Rounds)
        {
            for (int start = 0, end; start < round.Track.Count; start = end)
            {
                end = start + 1;
                while (end < round.Track.Count && PlaceOf(round.Track[end]) == PlaceOf(round.Track[start]))
                {
                    end++;
                }

                var (first, last) = (round.Track[start], round.Track[end - 1]);
                var points = round.Track.Skip(start).Take(end - start).Select(f => f.Point).OfType<string>().Distinct().ToList();
                if (end - start >= Fixes && last.At - first.At >= Duration.FromMinutes(Minutes) && points.Count > 1)
                {
                    yield return Suspect(
                        Certainty.Lead,
                        round.Event.Subject,
                        round.Event.Id,
                        last.At,
                        [round.Event],
                        $"{end - start} fixes over {Show(last.At - first.At)} stand still at {Show(first)} while the checkpoints "
                            + "claimed differ",
                        $"checkpoint {points[0]}",
                        $"checkpoint {points[1]}"
                    );
                    break;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "fixes", Fixes).Concat(AtLeast(0, "minutes", Minutes));

    private static (decimal, decimal) PlaceOf(Fix fix) => (decimal.Round(fix.Lat, Decimals), decimal.Round(fix.Lon, Decimals));
}
