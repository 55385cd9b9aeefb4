using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Findings;

/// <summary>
/// Records of one case that contradict each other: scorings of a cycle that disagree, a case returned and yet scored. Times in
/// an impossible order are detector F11.
/// </summary>
internal static class RecordContradictions
{
    /// <summary>The contradictions of all cases.</summary>
    public static IEnumerable<Finding> Of(ContractFacts facts) => facts.Cases.SelectMany(Of);

    private static IEnumerable<Finding> Of(CaseFacts c)
    {
        foreach (var scorings in c.RepeatedScorings)
        {
            var (first, other) = (scorings[0], scorings.FirstOrDefault(s => s.Data != scorings[0].Data));
            if (other is not null)
            {
                yield return Clash(
                    "scorings_disagree",
                    MonthlyRatingPublished.CycleText(((CaseScored)first.Data).Cycle),
                    c,
                    first,
                    other,
                    $"two scorings of {MonthlyRatingPublished.CycleText(((CaseScored)first.Data).Cycle)} disagree: {Show(first)} and "
                        + $"{Show(other)}"
                );
            }
        }

        if (c.Returned is { } returned && c.Scorings.MinBy(s => s.OccurredAt) is { } scored)
        {
            yield return Clash("returned_yet_scored", "", c, returned, scored, "returned and yet scored");
        }
    }

    private static string Show(LedgerEvent scoring)
    {
        var data = (CaseScored)scoring.Data;
        return $"score {data.Score}, {(data.Responded ? "" : "not ")}responded, {(data.Resolved ? "" : "not ")}resolved, "
            + $"{Json.Words<Satisfaction>.Of(data.Satisfaction)}";
    }

    private static Finding Clash(string rule, string key, CaseFacts c, LedgerEvent a, LedgerEvent b, string what) =>
        Finding.Of(
            FindingKind.Contradiction,
            rule,
            c.Subject,
            a.OccurredAt > b.OccurredAt ? a.OccurredAt : b.OccurredAt,
            [a.Id, b.Id],
            ("what", what),
            ("first", Moment(a)),
            ("second", Moment(b))
        ) with
        {
            Key = key,
            Actor = b.Actor,
        };

    /// <summary>What happened and when, in words.</summary>
    public static string Moment(LedgerEvent e) => $"{EventCatalogue.Of(e.Data).Alias} {e.TimeInWords}";
}
