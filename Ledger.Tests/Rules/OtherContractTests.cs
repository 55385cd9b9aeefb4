using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Tests.Support;

namespace Ledger.Tests.Rules;

/// <summary>anding-2023 2.2 and yongdinglu-2026 6.1.3, 6.2.11, annex 2 and 3.</summary>
public sealed class OtherContractTests
{
    private static readonly Dictionary<string, int> Full = new(StringComparer.Ordinal)
    {
        ["attendance"] = 10,
        ["workDiscipline"] = 10,
        ["caseDispatch"] = 15,
        ["caseUrging"] = 15,
        ["replyReview"] = 15,
        ["dataAnalysis"] = 15,
        ["recruitment"] = 10,
        ["replacement"] = 10,
    };

    [Clauses("anding-2023", "2.2", "annex.2")]
    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "2.2:quarter-1 3000.00 2024-03-25")]
    [InlineData(3, "2.2:quarter-1 8000.00 2024-03-25")]
    public void A_penalty_takes_fifty_points_from_its_sheet_which_does_not_fall_below_nothing(int penalties, string expected)
    {
        var history = new History("anding-2023").Decided("evaluation/1", Sheet(1, "a", penalties), time: "2024-03-20T10:00:00+08:00");
        Assert.Equal(expected, string.Join('|', history.Finds("2024-03-26", "2.2")));
    }

    [Theory]
    [InlineData("2024-03-25", 0)]
    [InlineData("2024-03-26", 1)]
    public void A_quarter_is_evaluated_once_its_last_day_is_over(string asOf, int found) =>
        Assert.Equal(
            found,
            new History("anding-2023").Decided("evaluation/1", Sheet(1, "a", 1), time: "2024-03-20T10:00:00+08:00").Finds(asOf, "2.2").Count
        );

    [Fact]
    public void A_sheet_submitted_again_replaces_itself() =>
        Assert.Empty(
            new History("anding-2023")
                .Decided("evaluation/1", Sheet(1, "a", 1), time: "2024-03-20T10:00:00+08:00")
                .Decided("evaluation/1", Sheet(1, "a", 0), time: "2024-03-21T10:00:00+08:00")
                .Finds("2024-03-26", "2.2")
        );

    [Clauses("anding-2023", "2.2")]
    [Theory]
    [InlineData("proportional", "sheet", "1333.00")]
    [InlineData("whole_points", "sheet", "1300.00")]
    [InlineData("proportional", "average", "8000.00")]
    public void Points_and_penalties_read_otherwise(string points, string penalty, string amount)
    {
        // Two of three sheets at 100, one with two penalties at 0: the average is 66.67, 13.33 below 80.
        var history = new History("anding-2023")
            .Decided("contract", new ReadingRecorded("2.2", "and-2.2-points", points, "agreed"))
            .Decided("contract", new ReadingRecorded("2.2", "and-2.2-penalty", penalty, "agreed"))
            .Decided("evaluation/1", Sheet(1, "a", 0), time: "2024-03-20T10:00:00+08:00")
            .Decided("evaluation/1", Sheet(1, "b", 0), time: "2024-03-20T10:00:00+08:00")
            .Decided("evaluation/1", Sheet(1, "c", 2), time: "2024-03-20T10:00:00+08:00");
        Assert.Equal([$"2.2:quarter-1 {amount} 2024-03-25"], history.Finds("2024-03-26", "2.2"));
    }

    [Clauses("anding-2023", "annex.2")]
    [Theory]
    [InlineData("attendance", 9, "$.data.items.attendance")]
    [InlineData("caseDispatch", 8, "$.data.items.caseDispatch")]
    [InlineData("workDiscipline", 2, null)]
    [InlineData("punctuality", 10, "$.data.items.punctuality")]
    public void Only_the_scores_that_the_sheet_offers_are_taken(string item, int score, string? path)
    {
        var items = new Dictionary<string, int>(Full, StringComparer.Ordinal) { [item] = score };
        var faults = new History("anding-2023").Decide("evaluation/1", new ScoreSheetSubmitted(1, "a", items, []));
        Assert.Equal(path, faults.SingleOrDefault()?.Path);
    }

    [Fact]
    public void A_sheet_without_an_item_or_of_a_fifth_quarter_is_refused()
    {
        var items = Full.Where(i => i.Key != "recruitment").ToDictionary(StringComparer.Ordinal);
        Assert.Equal(
            "$.data.items.recruitment",
            Assert.Single(new History("anding-2023").Decide("evaluation/1", new ScoreSheetSubmitted(1, "a", items, []))).Path
        );
        Assert.Equal("$.data.quarter", Assert.Single(new History("anding-2023").Decide("evaluation/5", Sheet(5, "a", 0))).Path);
    }

    [Clauses("yongdinglu-2026", "6.1.3")]
    [Theory]
    [InlineData("2026-09-10", "2026-09-30T23:59:59+08:00", true, "")]
    [InlineData("2026-09-10", "2026-10-01T00:00:00+08:00", true, "6.1.3:request 500.00 2026-10-01")]
    [InlineData("2026-09-11", "2026-10-08T12:00:00+08:00", true, "")]
    [InlineData("2026-09-10", "2026-09-20T12:00:00+08:00", false, "6.1.3:request 500.00 2026-09-20")]
    public void A_qualified_replacement_comes_by_the_twentieth_day(string requested, string replaced, bool qualified, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                '|',
                Yongdinglu()
                    .Add($"{requested}T09:00:00+08:00", "staff/p", new StaffReplacementRequested("p"), id: "request")
                    .Add(replaced, "staff/p", new StaffReplaced("p", "q", qualified))
                    .Finds("2026-10-31", "6.1.3")
            )
        );

    [Fact]
    public void A_replacement_before_the_request_or_of_somebody_else_does_not_count() =>
        Assert.Single(
            Yongdinglu()
                .Add("2026-09-09T09:00:00+08:00", "staff/p", new StaffReplaced("p", "q", true))
                .Add("2026-09-10T09:00:00+08:00", "staff/p", new StaffReplacementRequested("p"))
                .Add("2026-09-11T09:00:00+08:00", "staff/r", new StaffReplaced("r", "q", true))
                .Finds("2026-10-31", "6.1.3")
        );

    [Clauses("yongdinglu-2026", "6.2.11")]
    [Theory]
    [InlineData("2026-06-30T18:00:00+08:00", "2026-06-08", true, "")]
    [InlineData("2026-06-29T18:00:00+08:00", "2026-06-08", true, "6.2.11:leaves 1000.00 2026-06-29")]
    [InlineData("2026-06-30T18:00:00+08:00", null, true, "6.2.11:leaves 1000.00 2026-06-30")]
    [InlineData("2026-06-30T18:00:00+08:00", "2026-06-08", false, "6.2.11:leaves 1000.00 2026-06-30")]
    public void Leaving_on_the_fifteenth_working_day_after_notice_is_in_time(string left, string? notice, bool approved, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                '|',
                Yongdinglu()
                    .Add(left, "staff/p", new StaffDeparted("p", approved, notice is null ? null : History.Date(notice)), id: "leaves")
                    .Add("2026-07-01T09:00:00+08:00", "staff/p", new StaffReplaced("p", "q", true))
                    .Finds("2026-07-31", "6.2.11")
            )
        );

    [Clauses("yongdinglu-2026", "6.2.11")]
    [Theory]
    [InlineData("2026-07-07T23:00:00+08:00", "")]
    [InlineData("2026-07-08T00:00:00+08:00", "6.2.11:leaves 1000.00 2026-07-08")]
    public void A_departure_is_made_good_within_five_working_days(string replaced, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                '|',
                Yongdinglu()
                    .Add("2026-06-30T18:00:00+08:00", "staff/p", new StaffDeparted("p", true, History.Date("2026-06-08")), id: "leaves")
                    .Add(replaced, "staff/p", new StaffReplaced("p", "q", true))
                    .Finds("2026-07-31", "6.2.11")
            )
        );

    [Clauses("yongdinglu-2026", "annex.2.1", "annex.2.2")]
    [Theory]
    [InlineData("annex.2.1", "99.99", null, false)]
    [InlineData("annex.2.1", "100.00", null, true)]
    [InlineData("annex.2.1", "2000.00", null, true)]
    [InlineData("annex.2.1", "2000.01", null, false)]
    [InlineData("annex.2.2", null, "4.999", false)]
    [InlineData("annex.2.2", null, "5", true)]
    [InlineData("annex.2.2", null, "20", true)]
    [InlineData("annex.2.2", null, "20.0000001", false)]
    [InlineData("annex.2.2", null, "4.9999999", false)]
    [InlineData("annex.2.2", "116382.00", null, true)]
    [InlineData("annex.2.2", "116381.99", null, false)]
    [InlineData("8.1", "500.00", null, false)]
    public void An_officer_assesses_within_the_range_of_the_clause(string clause, string? amount, string? percent, bool accepted)
    {
        var share = percent is not null && Percentage.TryParse(percent, out var p) ? p : (Percentage?)null;
        var faults = Yongdinglu()
            .Decide(
                "assessment/1",
                new DeductionAssessed(clause, "x", amount is null ? null : Cny.Parse(amount), share),
                time: "2026-07-20T10:00:00+08:00"
            );
        Assert.Equal(accepted, faults.Count == 0);
    }

    [Clauses("yongdinglu-2026", "annex.3.2")]
    [Theory]
    [InlineData("2026-05-01", 2)]
    [InlineData("2026-07-18", 2)]
    [InlineData("2026-07-19", 3)]
    [InlineData("2027-04-30", 3)]
    public void Assessed_deductions_are_settled_three_assessment_periods_at_a_time(string date, int instalment)
    {
        var history = Yongdinglu()
            .Decided("assessment/1", new DeductionAssessed("annex.2.1", "x", Cny.Parse("100.00")), time: $"{date}T10:00:00+08:00");
        history.Assess("2027-05-01");
        Assert.Equal(instalment, history.Account.Deductions["annex.2.1:1"].Period);
    }

    [Clauses("yongdinglu-2026", "annex.3.1", "annex.3.2")]
    [Fact]
    public void The_thirteen_assessment_periods_tile_the_term_and_joined_are_twelve()
    {
        var terms = Terms.Of("yongdinglu-2026");
        var rule = terms.Rules<AssessmentPeriods>().Single().Rule;
        var own = rule.Of(terms.From, terms.To);
        Assert.Equal(13, own.Count);
        Assert.Equal((History.Date("2026-05-01"), History.Date("2026-05-18")), own[0]);
        Assert.Equal((History.Date("2027-04-19"), History.Date("2027-04-30")), own[^1]);
        Assert.All(own.Zip(own.Skip(1)), p => Assert.Equal(p.First.To.PlusDays(1), p.Second.From));

        var joined = (rule with { First = FirstAssessmentPeriod.Joined }).Of(terms.From, terms.To);
        Assert.Equal(12, joined.Count);
        Assert.Equal((History.Date("2026-05-01"), History.Date("2026-06-18")), joined[0]);
    }

    [Clauses("yongdinglu-2026", "annex.3.3")]
    [Theory]
    [InlineData("2026-08-18T23:00:00+08:00", true)]
    [InlineData("2026-08-19T00:00:00+08:00", false)]
    public void Remediation_by_the_end_of_the_next_assessment_period_extinguishes_the_deduction(string accepted, bool inTime)
    {
        var history = Yongdinglu()
            .Decided("assessment/1", new DeductionAssessed("annex.2.1", "x", Cny.Parse("100.00")), time: "2026-07-18T10:00:00+08:00");
        history.Assess("2026-07-31");
        history.Decided("deduction/annex.2.1:1", new DeductionConfirmed());
        Assert.Equal(inTime, history.Decide("deduction/annex.2.1:1", new RemediationAccepted(), time: accepted).Count == 0);
        Assert.Equal(inTime ? "0.00" : "100.00", history.Statement(2).Totals.Effective.ToString());
    }

    [Clauses("yongdinglu-2026", "8.4")]
    [Fact]
    public void Damage_to_the_premises_is_taken_from_the_final_payment_whatever_its_date()
    {
        var history = Yongdinglu()
            .Decided("claim/door", new LossClaimed("8.4", Cny.Parse("800.00"), "a door"), time: "2026-05-02T10:00:00+08:00");
        history.Assess("2026-05-03");
        Assert.Equal(3, history.Account.Deductions["8.4:door"].Period);
    }

    [Clauses("anding-2023", "6.2", "6.7")]
    [Theory]
    [InlineData("anding-2023", "6.2", Party.Vendor, "1180476.00")]
    [InlineData("anding-2023", "6.7", Party.Vendor, null)]
    public void Damages_that_the_vendor_claims_count_in_its_favour_where_the_clause_binds_either_side(
        string contract,
        string clause,
        Party by,
        string? net
    )
    {
        var history = new History(contract);
        var faults = history.Decide("claim/V", new LiquidatedDamagesClaimed(clause, by), "vendor-1", "2024-12-01T10:00:00+08:00");
        history.Assess("2024-12-31");
        Assert.Equal(net is null ? "$.data.by" : null, faults.SingleOrDefault()?.Path);
        Assert.Equal(net ?? "536580.00", history.Statement(4).NetPayable.ToString());
    }

    private static History Yongdinglu() => new("yongdinglu-2026");

    private static ScoreSheetSubmitted Sheet(int quarter, string name, int penalties) =>
        new(quarter, name, Full, [.. Enumerable.Repeat(new SheetPenalty(PenaltyKind.ZeroScoreCase), penalties)]);
}
