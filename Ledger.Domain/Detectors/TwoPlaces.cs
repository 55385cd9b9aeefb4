using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F02, certain: two fixes of one patroller at the same instant that are further apart than both accuracies (none given is 0)
/// and a margin together. One finding a pair of rounds.
/// </summary>
[Discriminator("two_places")]
public sealed record TwoPlaces(decimal MarginMetres = 50, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F02";

    /// <inheritdoc/>
    internal override Grouping Grouping => Grouping.ByPatroller;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var fixes = records.Rounds.SelectMany(r => r.Track.Select(f => (Round: r, Fix: f))).OrderBy(f => f.Fix.At).ToList();
        var found = new HashSet<(long, long)>();
        for (var i = 1; i < fixes.Count; i++)
        {
            for (var j = i - 1; j >= 0 && fixes[j].Fix.At == fixes[i].Fix.At; j--)
            {
                var (a, b) = (fixes[j], fixes[i]);
                var apart = Geometry.Millimetres(a.Fix, b.Fix);
                if (apart > (MarginMetres + a.Fix.ErrorMetres + b.Fix.ErrorMetres) * 1000)
                {
                    if (found.Add((a.Round.Event.Position, b.Round.Event.Position)))
                    {
                        yield return Suspect(
                            Certainty.Certain,
                            b.Round.Event.Subject,
                            $"{a.Round.Event.Id} {b.Round.Event.Id}",
                            b.Fix.At,
                            [a.Round.Event, b.Round.Event],
                            $"{records.Key} is in two places, {InMetres(apart)} apart, at {Show(b.Fix.At)}",
                            $"{Show(a.Fix)} in {a.Round.Event.Subject}",
                            $"{Show(b.Fix)} in {b.Round.Event.Subject}"
                        );
                    }

                    break;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "marginMetres", MarginMetres);
}
