using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using NodaTime;

namespace Ledger.Domain.Rates;

/// <summary>One case scored in a cycle: whether it counts, and why or why not.</summary>
/// <param name="Subject">The case.</param>
/// <param name="Counted">Whether it counts.</param>
/// <param name="Why">The scoring that counts it, or the exclusion or voiding that leaves it out.</param>
/// <param name="Unit">The unit to which it was first dispatched, if any.</param>
/// <param name="Scored">What the city scored.</param>
/// <param name="Evidence">The ids of the scoring and of what leaves it out.</param>
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
        return Of(
            new UnitTally(
                "",
                "",
                counted.Count,
                counted.Count(c => c.Responded),
                counted.Count(c => c.Resolved),
                counted.Count(c => c.Satisfaction == Events.Satisfaction.Satisfied),
                counted.Count(c => c.Satisfaction == Events.Satisfaction.MostlySatisfied)
            ),
            scheme
        );
    }

    /// <summary>The rates of a unit under a scheme.</summary>
    public static ThreeRates Of(UnitTally cases, ScoringScheme scheme)
    {
        if (cases.Counted == 0)
        {
            return new ThreeRates(0, null, null, null, null);
        }

        var response = Ratio.Of(cases.Responded, cases.Counted);
        var resolution = Ratio.Of(cases.Resolved, cases.Counted);
        var satisfaction =
            Ratio.Of(cases.Satisfied, cases.Counted) + (Ratio.Of(scheme.MostlySatisfied) * Ratio.Of(cases.MostlySatisfied, cases.Counted));
        var weighted =
            (Ratio.Of(scheme.Response) * response)
            + (Ratio.Of(scheme.Resolution) * resolution)
            + (Ratio.Of(scheme.Satisfaction) * satisfaction);
        return new ThreeRates(cases.Counted, response, resolution, satisfaction, Ratio.Of(100) * weighted);
    }

    /// <summary>The cases scored in a cycle (their latest scoring of it), by subject.</summary>
    public static IReadOnlyList<CaseRow> RowsOf(ContractFacts facts, YearMonth cycle) =>
        [
            .. from c in facts.Cases
            from scoring in c.Scorings
            let scored = (CaseScored)scoring.Data
            where scored.Cycle == cycle
            orderby c.Subject
            let leftOut = c.Voided ?? c.Excluded
            select new CaseRow(
                c.Subject,
                leftOut is null,
                leftOut?.Data switch
                {
                    CaseVoided voided => $"left out: voided, {voided.Reason}",
                    not null => "left out: an exclusion was granted",
                    null => "counted: scored in the cycle",
                },
                CaseFigures.UnitOf(c),
                scored,
                leftOut is null ? [scoring.Id] : [scoring.Id, leftOut.Id]
            ),
        ];
}
