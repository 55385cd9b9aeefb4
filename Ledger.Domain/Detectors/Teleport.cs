using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F01, a lead: consecutive fixes of one patroller (over all of the patroller's rounds) so many metres or more apart, at more
/// than so many kilometres an hour. Fixes of one instant are F02's. One finding a round, for its first jump.
/// </summary>
[Discriminator("teleport")]
public sealed record Teleport(decimal Metres = 500, decimal KilometresPerHour = 120, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F01";

    /// <inheritdoc/>
    internal override Grouping Grouping => Grouping.ByPatroller;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var fixes = records.Rounds.SelectMany(r => r.Track.Select(f => (Round: r, Fix: f))).OrderBy(f => f.Fix.At).ToList();
        var found = new HashSet<long>();
        for (var i = 1; i < fixes.Count; i++)
        {
            var (from, to) = (fixes[i - 1], fixes[i]);
            var taken = to.Fix.At - from.Fix.At;
            if (
                taken > Duration.Zero
                && Geometry.Millimetres(from.Fix, to.Fix) is var far
                && far >= Metres * 1000
                && IsFaster(far, taken)
                && found.Add(to.Round.Event.Position)
            )
            {
                yield return Suspect(
                    Certainty.Lead,
                    to.Round.Event.Subject,
                    to.Round.Event.Id,
                    to.Fix.At,
                    [from.Round.Event, to.Round.Event],
                    $"{records.Key} would have covered {InMetres(far)} in {Show(taken)}",
                    $"{Show(from.Fix)} at {Show(from.Fix.At)}",
                    $"{Show(to.Fix)} at {Show(to.Fix.At)}"
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "metres", Metres).Concat(AtLeast(0, "kilometresPerHour", KilometresPerHour));

    // One km/h is a million mm in 3.6 million million ns.
    private bool IsFaster(long millimetres, Duration taken) => millimetres * 3_600_000m > KilometresPerHour * taken.ToInt64Nanoseconds();
}
