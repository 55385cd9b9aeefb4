using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Time;

namespace Ledger.Domain.Findings;

/// <summary>
/// Records of one case that cannot all be true. Times in an impossible order are detector F11, <c>false_record</c> and certain;
/// scorings of a cycle that disagree, and a case returned and yet scored, are <c>contradiction</c>.
/// </summary>
internal static class RecordContradictions
{
    /// <summary>The contradictions of all cases.</summary>
    public static IEnumerable<Finding> Of(ContractFacts facts) => facts.Cases.SelectMany(Of);

    private static IEnumerable<Finding> Of(CaseFacts c)
    {
        foreach (var (earlier, later, what) in new[]
        {
            (c.Closed, c.Received, "closed before received"), (c.Dispatched, c.Received, "dispatched before received"), (c.FollowedUp, c.Closed, "followed up before closed"),
        })
        {
            if (earlier is not null && later is not null && earlier.OccurredAt < later.OccurredAt)
            {
                yield return Clash(FindingKind.FalseRecord, "F11", c, earlier, later, what);
            }
        }

        foreach (var scorings in c.RepeatedScorings)
        {
            var (first, other) = (scorings[0], scorings.FirstOrDefault(s => s.Data != scorings[0].Data));
            if (other is not null)
            {
                yield return Clash(FindingKind.Contradiction, "scorings_disagree", c, first, other, $"two scorings of {MonthlyRatingPublished.CycleText(((CaseScored)first.Data).Cycle)} disagree: {Show(first)} and {Show(other)}");
            }
        }

        if (c.Returned is { } returned && c.Scorings.MinBy(s => s.OccurredAt) is { } scored)
        {
            yield return Clash(FindingKind.Contradiction, "returned_yet_scored", c, returned, scored, "returned and yet scored");
        }
    }

    private static string Show(LedgerEvent scoring)
    {
        var data = (CaseScored)scoring.Data;
        return $"score {data.Score}, {(data.Responded ? "" : "not ")}responded, {(data.Resolved ? "" : "not ")}resolved, {Json.Words<Satisfaction>.Of(data.Satisfaction)}";
    }

    private static Finding Clash(FindingKind kind, string rule, CaseFacts c, LedgerEvent a, LedgerEvent b, string what) => Finding.Of(
        kind, rule, c.Subject, a.OccurredAt > b.OccurredAt ? a.OccurredAt : b.OccurredAt, [a.Id, b.Id],
        ("what", what), ("first", Moment(a)), ("second", Moment(b)));

    private static string Moment(LedgerEvent e) => $"{EventCatalogue.Of(e.Data).Alias} {ChinaTime.Show(e.OccurredAt):uuuu-MM-dd HH:mm:ss}";
}
