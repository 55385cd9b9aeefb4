using Ledger.Domain.Events;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;

namespace Ledger.Tests.Rules;

/// <summary>Records, or a record and a decision, that cannot both be right.</summary>
public sealed class ContradictionTests
{
    [Fact]
    public void A_decided_deduction_that_the_facts_no_longer_yield_is_a_contradiction()
    {
        var history = new History("gaomidian-2025").Add("2025-11-02T10:00:00+08:00", "case/1", Scored(0));
        history.Assess("2025-11-05");
        Assert.Empty(history.Findings("2025-11-30", "decided_deduction"));
        history.Decided("deduction/4.6.1:case/1:2025-10", new DeductionConfirmed());
        Assert.Empty(history.Findings("2025-11-30", "decided_deduction"));
        history.Add("2025-11-03T10:00:00+08:00", "case/1", Scored(60));
        var finding = history.FindingsAt("2025-11-30").Single(f => f.Rule == "decided_deduction");
        Assert.Equal(("deduction/4.6.1:case/1:2025-10", "nothing"), (finding.Subject, finding.Detail["found"]));
    }

    [Theory]
    [InlineData("2025-11-03T09:00:00+08:00", "2025-11-03T09:00:00+08:00", "2025-11-03T09:00:00+08:00", "2025-11-03T09:00:00+08:00", "")]
    [InlineData(
        "2025-11-03T08:59:59+08:00",
        "2025-11-03T09:00:00+08:00",
        "2025-11-03T09:00:01+08:00",
        "2025-11-03T09:00:01+08:00",
        "dispatched before received"
    )]
    [InlineData(
        "2025-11-03T09:00:00+08:00",
        "2025-11-03T09:00:00+08:00",
        "2025-11-03T08:59:59+08:00",
        "2025-11-03T09:00:00+08:00",
        "closed before received"
    )]
    [InlineData(
        "2025-11-03T09:00:00+08:00",
        "2025-11-03T09:00:00+08:00",
        "2025-11-03T10:00:00+08:00",
        "2025-11-03T09:59:59+08:00",
        "followed up before closed"
    )]
    public void Times_in_an_impossible_order_are_certainly_false(
        string dispatched,
        string received,
        string closed,
        string calledBack,
        string what
    )
    {
        var findings = new History("gaomidian-2025")
            .Add(calledBack, "case/1", new CaseFollowedUp(FollowUpResult.Satisfied, true, true))
            .Add(closed, "case/1", new CaseClosed())
            .Add(dispatched, "case/1", new CaseDispatched("unit-1"))
            .Add(received, "case/1", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine))
            .FindingsAt("2025-11-30")
            .Where(f => f.Rule == "F11")
            .ToList();
        Assert.Equal(what, string.Join('|', findings.Select(f => f.Detail["what"])));
        Assert.All(
            findings,
            f => Assert.Equal((FindingKind.FalseRecord, Certainty.Certain, "case/1", 2), (f.Kind, f.Certainty, f.Subject, f.Evidence.Count))
        );
    }

    [Fact]
    public void Scorings_of_one_cycle_that_disagree_and_a_case_returned_and_yet_scored_are_contradictions()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-02T10:00:00+08:00", "case/1", Scored(60))
            .Add("2025-11-03T10:00:00+08:00", "case/1", Scored(60));
        Assert.DoesNotContain(history.FindingsAt("2025-11-30"), f => f.Kind == FindingKind.Contradiction);
        history
            .Add("2025-11-04T10:00:00+08:00", "case/1", Scored(0))
            .Add("2025-11-05T10:00:00+08:00", "case/1", new CaseReturned("elsewhere"));
        Assert.Equal(["case/1 2025-11-04 10:00:00"], history.Findings("2025-11-30", "scorings_disagree"));
        Assert.Equal(["case/1 2025-11-05 10:00:00"], history.Findings("2025-11-30", "returned_yet_scored"));
        Assert.Empty(history.Findings("2025-11-03", "scorings_disagree"));
    }

    private static CaseScored Scored(decimal score) =>
        new(new NodaTime.YearMonth(2025, 10), score, true, score > 0, Satisfaction.Dissatisfied);
}
