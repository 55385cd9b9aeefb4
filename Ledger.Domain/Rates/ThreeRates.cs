using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using NodaTime;

namespace Ledger.Domain.Rates;

/// <summary>One case scored in a cycle: whether it counts, and why or why not.</summary>
/// <param name="Subject">The case.</param>
/// <param name="Counted">Whether it counts.</param>
/// <param name="Why">The scoring that counts it, or the exclusion that leaves it out.</param>
/// <param name="Unit">The unit to which it was first dispatched, if any.</param>
/// <param name="Scored">What the city scored.</param>
/// <param name="Evidence">The ids of the scoring and of the exclusion.</param>
public sealed record CaseRow(string Subject, bool Counted, string Why, string? Unit, CaseScored Scored, IReadOnlyList<string> Evidence);

/// <summary>
/// The three rates over the cases that count: exact, and not applicable (null) over nothing, never 0 or 100. The composite is
/// 100 × the weighted sum.
/// </summary>
public sealed record ThreeRates(int Counted, Ratio? Response, Ratio? Resolution, Ratio? Satisfaction, Ratio? Composite)
{
    /// <summary>The rates of some rows under a scheme.</summary>
    public static ThreeRates Of(IEnumerable<CaseRow> rows, ScoringScheme scheme)
    {
        var counted = rows.Where(r => r.Counted).Select(r => r.Scored).ToList();
        if (counted.Count == 0)
        {
            return new ThreeRates(0, null, null, null, null);
        }

        var response = Ratio.Of(counted.Count(c => c.Responded), counted.Count);
        var resolution = Ratio.Of(counted.Count(c => c.Resolved), counted.Count);
        var satisfied = Ratio.Of(counted.Count(c => c.Satisfaction == Events.Satisfaction.Satisfied), counted.Count);
        var mostly = Ratio.Of(counted.Count(c => c.Satisfaction == Events.Satisfaction.MostlySatisfied), counted.Count);
        var satisfaction = satisfied + (Ratio.Of(scheme.MostlySatisfied) * mostly);
        var weighted = (Ratio.Of(scheme.Response) * response) + (Ratio.Of(scheme.Resolution) * resolution) + (Ratio.Of(scheme.Satisfaction) * satisfaction);
        return new ThreeRates(counted.Count, response, resolution, satisfaction, Ratio.Of(100) * weighted);
    }

    /// <summary>The cases scored in a cycle (their latest scoring of it), by subject.</summary>
    public static IReadOnlyList<CaseRow> RowsOf(ContractFacts facts, YearMonth cycle) =>
    [
        .. from c in facts.Cases
           from scoring in c.Scorings
           let scored = (CaseScored)scoring.Data
           where scored.Cycle == cycle
           orderby c.Subject
           select c.Excluded is { } excluded
               ? new CaseRow(c.Subject, false, "left out: an exclusion was granted", UnitOf(c), scored, [scoring.Id, excluded.Id])
               : new CaseRow(c.Subject, true, "counted: scored in the cycle", UnitOf(c), scored, [scoring.Id]),
    ];

    private static string? UnitOf(CaseFacts c) => (c.Dispatched?.Data as CaseDispatched)?.Unit;
}
