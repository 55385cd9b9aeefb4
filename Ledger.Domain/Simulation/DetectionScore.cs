using Ledger.Domain.Findings;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Simulation;

/// <summary>How one detector did: forgeries planted and found, findings made and of them right.</summary>
public sealed record DetectionScore(string Rule, Certainty Certainty, int Planted, int Caught, int Findings, int Right)
{
    /// <summary>The share of its findings that are right; null where it made none.</summary>
    public decimal? Precision => Findings == 0 ? null : (decimal)Right / Findings;

    /// <summary>The share of the planted forgeries that it found; null where none was planted.</summary>
    public decimal? Recall => Planted == 0 ? null : (decimal)Caught / Planted;

    /// <summary>
    /// The scores of some contracts of a city, by rule and certainty. A finding and a planted forgery belong together where they
    /// are of one rule and have their subject or an event in common.
    /// </summary>
    public static IReadOnlyList<DetectionScore> Of(IEnumerable<(SimulatedContract Contract, IReadOnlyList<Finding> Findings)> city) =>
        [
            .. city.SelectMany(c => Of(c.Contract, c.Findings))
                .GroupBy(s => (s.Rule, s.Certainty))
                .OrderBy(g => g.Key.Rule, StringComparer.Ordinal)
                .ThenBy(g => g.Key.Certainty)
                .Select(g => new DetectionScore(
                    g.Key.Rule,
                    g.Key.Certainty,
                    g.Sum(s => s.Planted),
                    g.Sum(s => s.Caught),
                    g.Sum(s => s.Findings),
                    g.Sum(s => s.Right)
                )),
        ];

    private static IEnumerable<DetectionScore> Of(SimulatedContract contract, IReadOnlyList<Finding> findings)
    {
        var found = findings.Where(f => f.Kind == FindingKind.FalseRecord).ToLookup(f => (f.Rule, f.Certainty));
        var truth = contract.Truth.ToLookup(t => (t.Rule, t.Certainty));
        foreach (var key in found.Select(g => g.Key).Union(truth.Select(g => g.Key)))
        {
            var foundNames = found[key].SelectMany(NamesOf).ToHashSet();
            var trueNames = truth[key].SelectMany(NamesOf).ToHashSet();
            yield return new DetectionScore(
                key.Rule,
                key.Certainty,
                truth[key].Count(),
                truth[key].Count(t => NamesOf(t).Any(foundNames.Contains)),
                found[key].Count(),
                found[key].Count(f => NamesOf(f).Any(trueNames.Contains))
            );
        }
    }

    private static IEnumerable<string> NamesOf(Finding f) => f.Evidence.Append(f.Subject);

    private static IEnumerable<string> NamesOf(PlantedForgery t) => t.Events.Append(t.Subject);
}
