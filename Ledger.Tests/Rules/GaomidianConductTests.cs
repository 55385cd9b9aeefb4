using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rules;

/// <summary>gaomidian-2025, clauses 4.6.3, 4.6.5, 4.6.6, 5.7 and 6: conduct and rights.</summary>
public sealed class GaomidianConductTests
{
    [Clauses("gaomidian-2025", "4.6.3")]
    [Theory]
    [InlineData(2, "")]
    [InlineData(3, "4.6.3:3 5000.00 2025-12-03")]
    [InlineData(6, "4.6.3:3 5000.00 2025-12-03|4.6.3:6 5000.00 2025-12-06")]
    public void Each_third_upheld_complaint_costs_five_thousand(int upheld, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                '|',
                Complaints(upheld)
                    .Add("2025-11-01T10:00:00+08:00", "complaint/no", new ComplaintReceived("x", false))
                    .Finds("2025-12-31", "4.6.3")
            )
        );

    [Clauses("gaomidian-2025", "4.6.3")]
    [Theory]
    [InlineData("gmd-4.6.3-repeat", "once", 6, 1)]
    [InlineData("gmd-4.6.3-repeat", "every_third", 6, 2)]
    [InlineData("gmd-4.6.3-which", "all", 2, 1)]
    [InlineData("gmd-4.6.3-which", "upheld", 2, 0)]
    public void Complaints_read_otherwise(string reading, string choice, int upheld, int deductions)
    {
        var history = Complaints(upheld)
            .Add("2025-11-01T10:00:00+08:00", "complaint/no", new ComplaintReceived("x", false))
            .Decided("contract", new ReadingRecorded("4.6.3", reading, choice, "agreed"));
        Assert.Equal(deductions, history.Finds("2025-12-31", "4.6.3").Count);
    }

    [Fact]
    public void A_complaint_that_arrives_late_moves_the_third()
    {
        var history = Complaints(3);
        Assert.Equal(["4.6.3:3 5000.00 2025-12-03"], history.Finds("2025-12-31", "4.6.3"));
        history.Add("2025-11-20T10:00:00+08:00", "complaint/late", new ComplaintReceived("x", true));
        Assert.Equal(["4.6.3:3 5000.00 2025-12-02"], history.Finds("2025-12-31", "4.6.3"));
        Assert.Single(history.Statement(1).Deductions);
    }

    [Clauses("gaomidian-2025", "4.6.6")]
    [Theory]
    [InlineData("spot_check", "3000.00")]
    [InlineData("record", "6000.00")]
    public void A_spot_check_with_a_false_record_costs_three_thousand_and_each_record_if_read_so(string choice, string amount)
    {
        var check = new SpotCheckConcluded([
            new("case/1", Verdict.Falsified),
            new("case/2", Verdict.Genuine),
            new("case/2", Verdict.Falsified),
            new("case/1", Verdict.Falsified),
        ]);
        var history = Given()
            .Decided("contract", new ReadingRecorded("4.6.6", "gmd-4.6.6-each", choice, "agreed"))
            .Add("2025-12-20T15:00:00+08:00", "spotcheck/SC-1", check);
        Assert.Equal([$"4.6.6:spotcheck/SC-1 {amount} 2025-12-20"], history.Finds("2025-12-31", "4.6.6"));
    }

    [Fact]
    public void A_genuine_spot_check_costs_nothing() =>
        Assert.Empty(
            Given()
                .Add("2025-12-20T15:00:00+08:00", "spotcheck/SC-1", new SpotCheckConcluded([new("case/1", Verdict.Genuine)]))
                .Finds("2025-12-31", "4.6.6")
        );

    [Clauses("gaomidian-2025", "5.7")]
    [Fact]
    public void Money_advanced_costs_itself_and_thirty_percent_rounded_half_up() =>
        Assert.Equal(
            ["5.7-advance:A 1000.05 2025-12-20", "5.7-penalty:A 300.02 2025-12-20"],
            Given().Add("2025-12-20T15:00:00+08:00", "claim/A", new AdvancePaid(Cny.Parse("1000.05"), "wages")).Finds("2025-12-31", "5.7")
        );

    [Clauses("gaomidian-2025", "6.1")]
    [Theory]
    [InlineData("2025-12-10", "2025-12-10", "")]
    [InlineData("2025-12-10", "2025-12-09", "")]
    [InlineData("2025-12-10", "2025-12-11", "6.1:plan 215760.00 2025-12-11")]
    [InlineData("2026-02-27", "2026-03-02", "6.1:plan 647280.00 2026-03-02")]
    public void A_late_obligation_costs_five_percent_of_the_total_a_calendar_day(string due, string performed, string expected) =>
        Assert.Equal(
            expected,
            string.Join(
                '|',
                Given()
                    .Add(
                        "2026-03-03T09:00:00+08:00",
                        "obligation/plan",
                        new ObligationOverdue("plan", History.Date(due), History.Date(performed))
                    )
                    .Finds("2026-03-03", "6.1")
            )
        );

    [Theory]
    [InlineData("2026-10-27", 0)]
    [InlineData("2026-10-28", 1)]
    public void An_obligation_never_performed_is_proposed_once_the_term_is_over(string asOf, int count)
    {
        var found = Given()
            .Add("2026-10-20T09:00:00+08:00", "obligation/plan", new ObligationOverdue("plan", History.Date("2026-10-20")))
            .Finds(asOf, "6.1");
        Assert.Equal(count == 1 ? ["6.1:plan 1510320.00 2026-10-27"] : [], found);
    }

    [Fact]
    public void A_contract_that_ends_early_ends_what_was_never_performed() =>
        Assert.Equal(
            ["6.1:plan 12729840.00 2026-03-01"],
            Given()
                .Add("2026-01-02T09:00:00+08:00", "obligation/plan", new ObligationOverdue("plan", History.Date("2026-01-01")))
                .Decided(
                    "contract",
                    new ContractTerminated(History.Date("2026-03-01"), "6.1", TerminationCause.VendorBreach),
                    time: "2026-03-01T09:00:00+08:00"
                )
                .Finds("2026-03-02", "6.1")
        );

    [Clauses("gaomidian-2025", "6.1")]
    [Theory]
    [InlineData("2026-01-04", null, 0)]
    [InlineData("2026-01-05", null, 1)]
    [InlineData("2026-01-05", "2026-01-04", 0)]
    [InlineData("2026-01-05", "2026-01-05", 1)]
    public void An_obligation_not_performed_three_days_after_its_date_entitles_termination(string asOf, string? performed, int rights)
    {
        var history = Given()
            .Add(
                "2026-01-02T09:00:00+08:00",
                "obligation/plan",
                new ObligationOverdue("plan", History.Date("2026-01-01"), performed is null ? null : History.Date(performed))
            );
        history.Assess(asOf);
        var found = history.Statement(1).Rights;
        Assert.Equal(rights, found.Count);
        Assert.All(
            found,
            r => Assert.Equal(("6.1-termination:plan", RightKind.Terminate, History.Date("2026-01-05")), (r.Id, r.Kind, r.ArisenOn))
        );
    }

    [Fact]
    public void A_rating_imported_late_but_published_earlier_does_not_replace_the_later_one()
    {
        var history = Given()
            .Add("2026-02-05T09:00:00+08:00", "rating/2026-01", new MonthlyRatingPublished(new YearMonth(2026, 1), Tier.NeedsImprovement))
            .Add("2026-03-10T09:00:00+08:00", "rating/2026-02", new MonthlyRatingPublished(new YearMonth(2026, 2), Tier.Good))
            .Add("2026-03-05T09:00:00+08:00", "rating/2026-02", new MonthlyRatingPublished(new YearMonth(2026, 2), Tier.NeedsImprovement));
        Assert.Empty(history.Statement(2).Rights);
    }

    [Fact]
    public void The_latest_event_of_an_obligation_decides() =>
        Assert.Equal(
            ["6.1:plan 431520.00 2025-12-12"],
            Given()
                .Add("2025-12-11T09:00:00+08:00", "obligation/plan", new ObligationOverdue("plan", History.Date("2025-12-10")))
                .Add("2025-12-13T09:00:00+08:00", "obligation/plan", new ObligationPerformed(History.Date("2025-12-12")))
                .Finds("2025-12-31", "6.1")
        );

    [Clauses("gaomidian-2025", "4.6.4")]
    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(6, 1)]
    public void The_fifth_failure_entitles_suspension(int failures, int rights)
    {
        var history = Late(failures);
        history.Assess("2025-12-31");
        var right = history.Statement(1).Rights;
        Assert.Equal(rights, right.Count);
        Assert.All(right, r => Assert.Equal(5, r.Evidence.Count(id => history.Events.Any(e => e.Id == id))));
        Assert.All(
            right,
            r =>
                Assert.Equal(
                    ("4.6.4-suspension:period-1", RightKind.Suspend, RightState.Open, History.Date("2025-11-05")),
                    (r.Id, r.Kind, r.State, r.ArisenOn)
                )
        );
    }

    [Fact]
    public void A_waived_failure_does_not_count_and_failures_of_two_periods_count_together_only_if_read_so()
    {
        var history = Late(5);
        history.Assess("2025-12-31");
        history.Decided("deduction/4.6.4-dispatch:case/1", new DeductionWaived("platform outage"));
        Assert.Empty(history.Statement(1).Rights);

        history
            .Add("2026-02-03T09:00:00+08:00", "case/next", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine))
            .Assess("2026-02-04");
        Assert.Empty(history.Statement(2).Rights);
        history.Decided("contract", new ReadingRecorded("4.6.4", "gmd-4.6.4-window", "term", "agreed"));
        Assert.Equal("4.6.4-suspension:term", Assert.Single(history.Statement(2).Rights).Id);
    }

    [Clauses("gaomidian-2025", "4.6.5")]
    [Theory]
    [InlineData("2026-01", 1)]
    [InlineData("2026-02", 0)]
    public void Two_adjacent_poor_ratings_entitle_termination(string second, int rights)
    {
        var cycle = NodaTime.Text.YearMonthPattern.Iso.Parse(second).Value;
        var history = Given()
            .Add("2026-01-05T09:00:00+08:00", "rating/2025-12", new MonthlyRatingPublished(new YearMonth(2025, 12), Tier.NeedsImprovement))
            .Add("2026-02-05T09:00:00+08:00", $"rating/{second}", new MonthlyRatingPublished(cycle, Tier.NeedsImprovement));
        var found = history.Statement(2).Rights;
        Assert.Equal(rights, found.Count);
        Assert.All(
            found,
            r => Assert.Equal(("4.6.5-ratings:2026-01", RightKind.Terminate, History.Date("2026-02-05")), (r.Id, r.Kind, r.ArisenOn))
        );
    }

    [Clauses("gaomidian-2025", "4.6.5")]
    [Theory]
    [InlineData(14, true, null)]
    [InlineData(15, false, RightState.AtRisk)]
    [InlineData(15, true, RightState.Open)]
    public void Twenty_percent_of_the_monthly_fee_in_one_service_month_entitles_termination(int zeros, bool confirmed, RightState? state)
    {
        // 71,920.00 is the limit: fourteen zeros cost 70,000.00, fifteen 75,000.00.
        var history = Given();
        for (var i = 1; i <= zeros; i++)
        {
            history.Add(
                "2025-11-20T12:00:00+08:00",
                $"case/{i}",
                new CaseScored(new YearMonth(2025, 11), 0, true, false, Satisfaction.Dissatisfied)
            );
        }

        history.Assess("2025-12-31");
        for (var i = 1; i <= zeros && confirmed; i++)
        {
            history.Decided($"deduction/4.6.1:case/{i}:2025-11", new DeductionConfirmed());
        }

        var right = history.Statement(1).Rights.SingleOrDefault(r => r.Clause == "4.6.5");
        Assert.Equal(state, right?.State);
        Assert.True(right is null || right.Id == "4.6.5-cap:month-1");
    }

    [Theory]
    [Clauses("gaomidian-2025", "4.6.5")]
    [InlineData("both", 14, 1, "1920.00", "")]
    [InlineData("both", 14, 1, "1920.01", "4.6.5-cap:month-1 2025-11-25 open")]
    [InlineData("service", 8, 1, "2999.99", "")]
    [InlineData("service", 9, 0, "0.00", "4.6.5-cap:month-1 2025-11-20 open")]
    [InlineData("service", 8, 10, "520.00", "")]
    [InlineData("service", 8, 10, "520.01", "4.6.5-cap:month-1 2025-11-25 open")]
    public void Twenty_percent_is_of_both_fees_together_or_of_each_service_if_read_so(
        string basis,
        int zeros,
        int falseChecks,
        string lastReducedTo,
        string rights
    )
    {
        var history = Zeros(zeros, "2025-11-20");
        for (var n = 1; n <= falseChecks; n++)
        {
            history.Add(
                $"2025-11-25T{n + 8:00}:00:00+08:00",
                $"spotcheck/{n:00}",
                new SpotCheckConcluded([new($"patrol/{n}", Verdict.Falsified)])
            );
        }

        history.Decided("contract", new ReadingRecorded("4.6.5", "gmd-4.6.5-basis", basis, "agreed")).Assess("2025-12-31");
        ConfirmAll(history);
        if (falseChecks > 0)
        {
            var last = $"deduction/4.6.6:spotcheck/{falseChecks:00}";
            history
                .Decided(last, new DeductionDisputed("x"), "vendor-1")
                .Decided(last, new DisputeDecided(DisputeOutcome.Reduced, "x", Cny.Parse(lastReducedTo)), "officer-2");
        }

        Assert.Equal(rights, string.Join('|', history.Rights().Where(r => r.Contains("-cap:", StringComparison.Ordinal))));
    }

    [Theory]
    [Clauses("gaomidian-2025", "4.6.5")]
    [InlineData("service_month", "2025-11-27", "2025-11-28", "")]
    [InlineData("service_month", "2025-11-28", "2025-12-27", "4.6.5-cap:month-2 2025-12-27 open")]
    [InlineData("rating_cycle", "2025-11-01", "2025-11-30", "4.6.5-cap:2025-11 2025-11-30 open")]
    [InlineData("rating_cycle", "2025-11-30", "2025-12-01", "")]
    public void One_assessment_is_a_service_month_or_a_calendar_month_if_read_so(string month, string first, string second, string rights)
    {
        var history = Zeros(7, first);
        for (var i = 1; i <= 8; i++)
        {
            history.Add(
                $"{second}T12:00:00+08:00",
                $"case/later-{i}",
                new CaseScored(new YearMonth(2025, 11), 0, true, false, Satisfaction.Dissatisfied)
            );
        }

        history.Decided("contract", new ReadingRecorded("4.6.5", "gmd-4.6.5-single", month, "agreed")).Assess("2025-12-31");
        ConfirmAll(history);
        Assert.Equal(rights, string.Join('|', history.Rights()));
    }

    [Clauses("gaomidian-2025", "4.6.4")]
    [Fact]
    public void An_officer_may_assess_exactly_one_thousand_under_4_6_4()
    {
        var history = Given();
        Assert.NotEmpty(history.Decide("assessment/1", new DeductionAssessed("4.6.4", "late report", Cny.Parse("999.99"))));
        Assert.NotEmpty(history.Decide("assessment/1", new DeductionAssessed("4.6.4", "late report", Cny.Parse("1000.01"))));
        Assert.Empty(history.Decide("assessment/1", new DeductionAssessed("4.6.4", "late report", Cny.Parse("1000.00"))));
        Assert.Equal(["4.6.4:1 1000.00 2026-01-30"], history.Finds("2026-01-31", "4.6.4"));
    }

    private static History Zeros(int count, string on)
    {
        var history = Given();
        for (var i = 1; i <= count; i++)
        {
            history.Add(
                $"{on}T12:00:00+08:00",
                $"case/{i}",
                new CaseScored(new YearMonth(2025, 11), 0, true, false, Satisfaction.Dissatisfied)
            );
        }

        return history;
    }

    private static void ConfirmAll(History history)
    {
        foreach (var id in history.Account.Deductions.Keys)
        {
            history.Decided($"deduction/{id}", new DeductionConfirmed());
        }
    }

    private static History Given() => new("gaomidian-2025");

    private static History Complaints(int count)
    {
        var history = Given();
        for (var n = 1; n <= count; n++)
        {
            history.Add($"2025-12-{n:00}T10:00:00+08:00", $"complaint/{n}", new ComplaintReceived("attitude", true));
        }

        return history;
    }

    private static History Late(int count)
    {
        var history = Given();
        for (var n = 1; n <= count; n++)
        {
            history.Add($"2025-11-{n:00}T09:00:00+08:00", $"case/{n}", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine));
        }

        return history;
    }
}
