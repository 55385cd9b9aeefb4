using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F04, a lead: a fix outside the polygon of the round's grid by more than its accuracy (none given is 0), what converting it and the
/// polygon may have moved them, and a margin. Grids that the contract does not draw are not looked at. One finding a round, for its
/// furthest fix.
/// </summary>
[Discriminator("outside_grid")]
public sealed record OutsideGrid(decimal MarginMetres = 50, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F04";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var grids = (records.Account.Terms.Detection?.Grids ?? []).ToDictionary(g => g.Id, g => g.Polygon);
        foreach (var round in records.Rounds)
        {
            if (!grids.TryGetValue(round.Data.Grid, out var polygon))
            {
                continue;
            }

            var drawn = MarginMetres + polygon.Max(p => p.ConvertedFrom.ErrorMetres());
            var outside = round
                .Track.Select(f => (Fix: f, Far: Geometry.OutsideOf(polygon, f)))
                .Where(f => f.Far > (drawn + f.Fix.ErrorMetres) * 1000)
                .ToList();
            if (outside.Count > 0)
            {
                var (fix, far) = outside.MaxBy(f => f.Far);
                yield return Suspect(
                    Certainty.Lead,
                    round.Event.Subject,
                    round.Event.Id,
                    outside[0].Fix.At,
                    [round.Event],
                    $"{outside.Count} of {round.Track.Count} fixes lie outside {round.Data.Grid}, the furthest by {InMetres(far)}",
                    $"grid {round.Data.Grid}",
                    $"{Show(fix)} at {Show(fix.At)}"
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "marginMetres", MarginMetres);
}
