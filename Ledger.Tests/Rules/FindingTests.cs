using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;

namespace Ledger.Tests.Rules;

/// <summary>What the facts show without money: patrols, reports, staff, quotes, force majeure.</summary>
public sealed class FindingTests
{
    [Theory]
    [Clauses("gaomidian-2025", "2.3.2.1")]
    [InlineData("2025-10-29T23:59:59.999999+08:00", "patrol/2025-10-28 2025-10-28 23:59:59")]
    [InlineData("2025-10-30T00:00:00+08:00", "patrol/2025-10-28 2025-10-28 23:59:59|patrol/2025-10-29 2025-10-29 23:59:59")]
    public void Every_date_of_the_term_has_a_patrol_round(string effective, string missing) =>
        Assert.Equal(missing, string.Join('|', new History("gaomidian-2025").Findings(effective, "patrol_round")));

    [Fact]
    public void A_round_belongs_to_the_date_on_which_it_started() =>
        Assert.Equal(
            ["patrol/2025-10-29 2025-10-29 23:59:59"],
            new History("gaomidian-2025")
                .Add("2025-10-29T00:40:00+08:00", "patrol/1", Round("2025-10-28T23:50:00+08:00", "2025-10-29T00:30:00+08:00"))
                .Findings("2025-10-30T01:00:00+08:00", "patrol_round")
        );

    [Theory]
    [Clauses("gaomidian-2025", "2.3.2.2")]
    [InlineData(Severity.Routine, "2026-02-28T23:00:00+08:00", "2026-03-01T03:00:00+08:00", 0)]
    [InlineData(Severity.Routine, "2026-02-28T23:00:00+08:00", "2026-03-01T03:00:01+08:00", 1)]
    [InlineData(Severity.Emergency, "2026-02-28T23:58:00+08:00", "2026-03-01T00:03:00+08:00", 0)]
    [InlineData(Severity.Emergency, "2026-02-28T23:58:00+08:00", "2026-03-01T00:03:01+08:00", 1)]
    [InlineData(Severity.Emergency, "2026-02-28T23:58:00+08:00", null, 1)]
    public void An_issue_is_reported_within_four_hours_an_emergency_within_five_minutes(
        Severity severity,
        string found,
        string? reported,
        int late
    )
    {
        var history = new History("gaomidian-2025").Add(
            found,
            "issue/1",
            new IssueFound(severity, "rubbish", "patroller-1", new Location(39.7m, 116.3m))
        );
        if (reported is not null)
        {
            history.Add(reported, "issue/1", new IssueReported());
        }

        Assert.Equal(late, history.Findings("2026-03-01T12:00:00+08:00", "report").Count);
    }

    [Theory]
    [Clauses("gaomidian-2025", "2.3.2.3")]
    [InlineData(2, "2026-10-27T23:59:59.999999+08:00", 0)]
    [InlineData(2, "2026-10-28T00:00:00+08:00", 1)]
    [InlineData(1, "2026-10-28T00:00:00+08:00", 0)]
    public void The_years_issues_are_not_fewer_than_the_quota(int quota, string effective, int findings)
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-01T09:00:00+08:00", "contract", new PatrolQuotaSet(9, History.Date("2025-10-28"), History.Date("2026-10-27")))
            .Add("2025-11-02T09:00:00+08:00", "contract", new PatrolQuotaSet(quota, History.Date("2025-10-28"), History.Date("2026-10-27")))
            .Add("2026-10-27T23:59:59+08:00", "issue/1", new IssueReported())
            .Add("2026-10-28T00:00:00+08:00", "issue/2", new IssueReported());
        Assert.Equal(findings, history.Findings(effective, "patrol_quota").Count);
    }

    [Theory]
    [Clauses("gaomidian-2025", "2.2.8")]
    [Clauses("yangfangdian-2026", "annex.2")]
    [Clauses("yongdinglu-2026", "2.4")]
    [InlineData("gaomidian-2025", "report_monthly", "2025-11-30T23:59:59.999999+08:00", "report/monthly/2025-10 2025-10-31 23:59:59")]
    [InlineData(
        "gaomidian-2025",
        "report_monthly",
        "2025-12-01T00:00:00+08:00",
        "report/monthly/2025-10 2025-10-31 23:59:59|report/monthly/2025-11 2025-11-30 23:59:59"
    )]
    [InlineData("gaomidian-2025", "report_weekly", "2025-11-03T00:00:00+08:00", "report/weekly/2025-W44 2025-11-02 23:59:59")]
    [InlineData("yangfangdian-2026", "report_monthly", "2026-04-01T00:00:00+08:00", "report/monthly/2026-03 2026-03-31 23:59:59")]
    [InlineData("yongdinglu-2026", "report_daily", "2026-05-02T00:00:00+08:00", "report/daily/2026-05-01 2026-05-01 23:59:59")]
    [InlineData("yongdinglu-2026", "report_yearly", "2027-05-01T00:00:00+08:00", "report/yearly/2026 2027-04-30 23:59:59")]
    public void A_report_is_missing_once_its_time_is_over(string contract, string rule, string effective, string missing) =>
        Assert.Equal(missing, string.Join('|', new History(contract).Findings(effective, rule)));

    [Fact]
    public void A_report_that_comes_is_no_longer_missing() =>
        Assert.Equal(
            ["report/monthly/2025-11 2025-11-30 23:59:59"],
            new History("gaomidian-2025")
                .Add(
                    "2026-01-05T09:00:00+08:00",
                    "report/monthly/1",
                    new WorkReportSubmitted(ReportKind.Monthly, "2025-10", History.Date("2025-11-05"))
                )
                .Findings("2025-12-01", "report_monthly")
                .Except(["report/monthly/2025-10 2025-10-31 23:59:59"])
        );

    [Theory]
    [Clauses("anding-2023", "annex.1.2.3.1")]
    [InlineData("2024-02-29", "2024-03-15T23:59:59+08:00", "")]
    [InlineData("2024-02-29", "2024-03-16T00:00:00+08:00", "staff/p 2024-03-15 23:59:59")]
    [InlineData("2024-02-01", "2024-02-18T10:00:00+08:00", "")]
    [InlineData("2024-02-01", "2024-02-19T10:00:00+08:00", "staff/p 2024-02-18 23:59:59")]
    public void A_vacancy_is_filled_in_fifteen_days_and_a_rest_day_moves_the_last(string left, string filled, string late) =>
        Assert.Equal(
            late,
            string.Join(
                '|',
                new History("anding-2023")
                    .Add($"{left}T18:00:00+08:00", "staff/p", new StaffDeparted("p", true))
                    .Add(filled, "staff/p", new StaffReplaced("p", "q", true))
                    .Findings("2024-04-30", "staff")
            )
        );

    [Theory]
    [Clauses("anding-2023", "annex.1.2.3.2")]
    [InlineData("2024-03-19T10:00:00+08:00", true, 0)]
    [InlineData("2024-03-20T00:00:00+08:00", true, 1)]
    [InlineData("2024-03-19T10:00:00+08:00", false, 1)]
    public void Who_is_taken_off_is_made_good_within_three_and_fifteen_days(string filled, bool qualified, int late) =>
        Assert.Equal(
            late,
            new History("anding-2023")
                .Add("2024-03-01T09:00:00+08:00", "staff/p", new StaffReplacementRequested("p"))
                .Add(filled, "staff/p", new StaffReplaced("p", "q", qualified))
                .Findings("2024-04-30", "staff")
                .Count
        );

    [Theory]
    [Clauses("anding-2023", "9.2")]
    [Clauses("jiuxianqiao-2025", "9.2")]
    [Clauses("gaomidian-2025", "9.2")]
    [InlineData("anding-2023", "2024-09-27", null, "2024-10-10", "")]
    [InlineData("anding-2023", "2024-09-27", null, "2024-10-11", "quote/1 2024-10-10 23:59:59")]
    [InlineData("jiuxianqiao-2025", "2026-02-13", null, "2026-02-28", "quote/1 2026-02-27 23:59:59")]
    [InlineData("jiuxianqiao-2025", "2026-02-13", "2026-02-27T18:00:00+08:00", "2026-03-31", "")]
    [InlineData("jiuxianqiao-2025", "2026-02-13", "2026-02-28T18:00:00+08:00", "2026-03-31", "quote/1 2026-02-27 23:59:59")]
    [InlineData("gaomidian-2025", "2026-02-13", null, "2026-10-01", "")]
    public void A_quote_that_is_not_answered_in_five_working_days_is_accepted_where_the_contract_says_so(
        string contract,
        string quoted,
        string? refused,
        string effective,
        string accepted
    )
    {
        var history = new History(contract).Add(
            $"{quoted}T09:00:00+08:00",
            "quote/1",
            new AddedServiceQuoted(Cny.Parse("1000.00"), History.Date(quoted))
        );
        if (refused is not null)
        {
            history.Add(refused, "quote/1", new AddedServiceAnswered(false));
        }

        Assert.Equal(accepted, string.Join('|', history.Findings(effective, "quote_accepted")));
    }

    [Fact]
    public void A_quote_without_objection_is_accepted_when_it_is_answered() =>
        Assert.Equal(
            ["quote/1 2026-02-20 10:00:00"],
            new History("gaomidian-2025")
                .Add("2026-02-13T09:00:00+08:00", "quote/1", new AddedServiceQuoted(Cny.Parse("1000.00"), History.Date("2026-02-13")))
                .Add("2026-02-20T10:00:00+08:00", "quote/1", new AddedServiceAnswered(true))
                .Findings("2026-03-01", "quote_accepted")
        );

    [Theory]
    [Clauses("gaomidian-2025", "7.1")]
    [Clauses("anding-2023", "7.1")]
    [Clauses("jiuxianqiao-2025", "7.1")]
    [Clauses("yongdinglu-2026", "9")]
    [InlineData("gaomidian-2025", "4.4")]
    [InlineData("anding-2023", "4.4")]
    [InlineData("jiuxianqiao-2025", "4.4")]
    [InlineData("yongdinglu-2026", "8.1")]
    public void What_is_proposed_within_force_majeure_is_pointed_out_to_the_officer_who_decides(string contract, string clause)
    {
        var from = Terms.Of(contract).From;
        string Day(int n) => from.PlusDays(n).ToString("uuuu-MM-dd", null);
        var history = new History(contract).Add(
            $"{Day(0)}T09:00:00+08:00",
            "contract",
            new ForceMajeureNotified(from.PlusDays(2), "flood", from.PlusDays(4))
        );
        for (var day = 1; day <= 5; day++)
        {
            history.Decided($"claim/{day}", new LossClaimed(clause, Cny.Parse("1.00"), "x"), time: $"{Day(day)}T00:00:00+08:00");
        }

        history.Assess(Day(9));
        Assert.Equal(
            [$"deduction/{clause}:2", $"deduction/{clause}:3", $"deduction/{clause}:4"],
            history.FindingsAt(Day(9)).Where(f => f.Rule == "force_majeure").Select(f => f.Subject)
        );
        history.Decided($"deduction/{clause}:3", new DeductionWaived("flood"));
        Assert.Equal(2, history.Findings(Day(9), "force_majeure").Count);
    }

    [Theory]
    [Clauses("yongdinglu-2026", "9")]
    [InlineData("2026-10-02T23:59:59.999999+08:00", 0)]
    [InlineData("2026-10-03T00:00:00+08:00", 1)]
    public void Force_majeure_is_told_within_a_day_and_proved_within_seven_working_days(string told, int late)
    {
        var history = new History("yongdinglu-2026").Add(
            told,
            "contract",
            new ForceMajeureNotified(History.Date("2026-10-01"), "flood"),
            id: "flood"
        );
        Assert.Equal(late, history.Findings("2026-10-31", "force_majeure_notice").Count);
        history.Assess("2026-10-15");
        Assert.Equal(
            ["9-proof:flood 2026-10-01 2026-10-15 open"],
            history.Duties().Where(d => d.StartsWith("9-", StringComparison.Ordinal))
        );
        history.Assess("2026-10-16");
        Assert.Equal(
            ["9-proof:flood 2026-10-01 2026-10-15 overdue"],
            history.Duties().Where(d => d.StartsWith("9-", StringComparison.Ordinal))
        );
        history.Decided("obligation/9", new ObligationPerformed(History.Date("2026-10-14")), time: "2026-10-20T09:00:00+08:00");
        Assert.Equal(
            ["9-proof:flood 2026-10-01 2026-10-15 met"],
            history.Duties().Where(d => d.StartsWith("9-", StringComparison.Ordinal))
        );
    }

    [Theory]
    [Clauses("anding-2023", "6.5")]
    [Clauses("jiuxianqiao-2025", "6.5")]
    [Clauses("yangfangdian-2026", "9.4")]
    [Clauses("yongdinglu-2026", "12.2.4")]
    [InlineData("anding-2023", "6.5", "2024-06-30", "2024-05-01", 0)]
    [InlineData("anding-2023", "6.5", "2024-06-30", "2024-05-02", 1)]
    [InlineData("jiuxianqiao-2025", "6.5", "2025-12-31", "2025-11-01", 0)]
    [InlineData("jiuxianqiao-2025", "6.5", "2025-12-31", null, 1)]
    [InlineData("yangfangdian-2026", "9.4", "2026-10-31", "2026-10-01", 0)]
    [InlineData("yangfangdian-2026", "9.4", "2026-10-31", "2026-10-02", 1)]
    [InlineData("yongdinglu-2026", "12.2.4", "2026-10-30", "2026-09-14", 0)]
    [InlineData("yongdinglu-2026", "12.2.4", "2026-10-30", "2026-09-15", 1)]
    public void A_termination_for_policy_is_told_as_long_before_as_its_clause_says(
        string contract,
        string clause,
        string on,
        string? told,
        int findings
    )
    {
        var history = new History(contract).Decided(
            "contract",
            new ContractTerminated(History.Date(on), clause, TerminationCause.PolicyChange)
        );
        if (told is not null)
        {
            history.Add("2026-01-01T10:00:00+08:00", "contract", new NoticeReceived(History.Date(told), NoticeOf.Termination));
        }

        Assert.Equal(findings, history.Findings("2027-03-01", "termination_notice").Count);
    }

    [Theory]
    [Clauses("yongdinglu-2026", "6.2.11")]
    [InlineData("2026-08-31", "2027-02-27", 1)]
    [InlineData("2026-08-31", "2027-02-28", 0)]
    [InlineData("2026-08-15", "2027-02-14", 1)]
    [InlineData("2026-08-15", "2027-02-15", 0)]
    public void Who_came_as_a_replacement_stays_half_a_year(string came, string left, int findings) =>
        Assert.Equal(
            findings,
            new History("yongdinglu-2026")
                .Add($"{came}T09:00:00+08:00", "staff/p", new StaffReplaced("p", "q", true))
                .Add($"{left}T09:00:00+08:00", "staff/q", new StaffDeparted("q", true))
                .Findings("2027-03-31", "months_in_post")
                .Count
        );

    [Fact]
    public void What_stands_out_in_the_terms_and_every_right_and_open_duty_is_a_finding()
    {
        var history = new History("yongdinglu-2026");
        Assert.Equal(
            "article 7 is missing: the articles jump from 6 to 8",
            history.FindingsAt("2026-06-01").Single(f => f.Kind == FindingKind.Registration).Detail["text"]
        );
        var rated = new History("gaomidian-2025");
        foreach (var month in new[] { 11, 12 })
        {
            rated.Add(
                $"2025-{month}-05T09:00:00+08:00",
                $"rating/2025-{month - 1}",
                new MonthlyRatingPublished(new NodaTime.YearMonth(2025, month - 1), Tier.NeedsImprovement)
            );
        }

        Assert.Equal(["4.6.5-ratings:2025-11 2025-12-05 00:00:00"], rated.Findings("2025-12-31", "4.6.5"));
        Assert.Equal(
            ["4.6.2:2025-10 2025-11-05 00:00:00", "4.6.2:2025-11 2025-12-05 00:00:00"],
            rated.Findings("2025-12-31", "interview_and_plan")
        );
        Assert.Single(rated.Findings("2025-12-04", "interview_and_plan"));
        Assert.Empty(rated.Findings("2025-12-04", "4.6.5"));
    }

    [Theory]
    [Clauses("gaomidian-2025", "6.1")]
    [InlineData("2026-01-01", null, null)]
    [InlineData("2026-01-02", "215760.00", null)]
    [InlineData("2026-01-04", "647280.00", null)]
    [InlineData("2026-01-05", "863040.00", "6.1-termination:plan 2026-01-05 00:00:00")]
    [InlineData("2027-01-01", "64512240.00", "6.1-termination:plan 2026-01-05 00:00:00")]
    public void What_is_not_performed_accrues_to_the_moment_asked_for_and_no_further_than_the_term(
        string effective,
        string? amount,
        string? right
    )
    {
        var history = new History("gaomidian-2025").Add(
            "2025-12-01T09:00:00+08:00",
            "obligation/plan",
            new ObligationOverdue("plan", History.Date("2026-01-01"))
        );
        Assert.Equal(
            amount,
            history.FindingsAt(effective).Where(f => f.Rule == "obligation_accruing").Select(f => f.Detail["amount"]).SingleOrDefault()
        );
        Assert.Equal(right, history.Findings(effective, "6.1").SingleOrDefault());
    }

    private static PatrolRoundRecorded Round(string from, string to) => new("patroller-1", "grid-1", History.At(from), History.At(to), []);
}
