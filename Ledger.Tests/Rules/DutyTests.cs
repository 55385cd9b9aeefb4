using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rules;

/// <summary>Duties: when each arises, by when it must be met, and what meets it.</summary>
public sealed class DutyTests
{
    private const string Late = "2027-06-01T10:00:00+08:00";

    [Fact]
    [Clauses("gaomidian-2025", "4.6.2")]
    public void A_poor_rating_calls_for_an_interview_and_a_plan_until_both_are_recorded()
    {
        var cycle = new YearMonth(2025, 12);
        var history = new History("gaomidian-2025").Add(
            "2026-01-05T09:00:00+08:00",
            "rating/2025-12",
            new MonthlyRatingPublished(cycle, Tier.NeedsImprovement)
        );
        Assert.Equal(["4.6.2:2025-12 2026-01-05 - open"], history.Duties());
        history.Decided("rating/2025-12", new InterviewHeld(cycle));
        Assert.Equal(["4.6.2:2025-12 2026-01-05 - open"], history.Duties());
        history.Decided("rating/2025-12", new RemediationPlanFiled(cycle), "vendor-1", "2026-02-03T09:00:00+08:00");
        Assert.Equal(["4.6.2:2025-12 2026-01-05 - met"], history.Duties());
        Assert.Equal("2026-02-03", history.Statement(1).Duties.Single().MetOn?.ToString("uuuu-MM-dd", null));
    }

    [Theory]
    [InlineData(Tier.Excellent)]
    [InlineData(Tier.Good)]
    public void A_better_rating_calls_for_nothing(Tier tier) =>
        Assert.Empty(
            new History("gaomidian-2025")
                .Add("2026-01-05T09:00:00+08:00", "rating/2025-12", new MonthlyRatingPublished(new YearMonth(2025, 12), tier))
                .Duties()
        );

    [Theory]
    [Clauses("gaomidian-2025", "2.2.5")]
    [Clauses("anding-2023", "annex.1.2.2.2")]
    [InlineData("gaomidian-2025", "2.2.5")]
    [InlineData("anding-2023", "annex.1.2.2.2")]
    public void A_case_carried_over_is_reported_on_in_every_month_until_it_is_closed(string contract, string clause)
    {
        var history = new History(contract)
            .Add("2024-01-31T23:00:00+08:00", "case/1", new CaseCarriedOver("waits for a budget"), id: "carried")
            .Add("2024-02-29T10:00:00+08:00", "case/1", new CarryOverReported(new YearMonth(2024, 2), "asked again"))
            .Add("2024-04-01T00:00:00+08:00", "case/1", new CaseClosed());
        history.Assess("2024-01-31");
        Assert.Equal([$"{clause}-carry_over:2024-01 2024-01-31 2024-01-31 open"], history.Duties());
        history.Assess("2024-06-30");
        Assert.Equal(
            [
                $"{clause}-carry_over:2024-01 2024-01-31 2024-01-31 overdue",
                $"{clause}-carry_over:2024-03 2024-03-01 2024-03-31 overdue",
                $"{clause}-carry_over:2024-04 2024-04-01 2024-04-30 overdue",
            ],
            history.Duties()
        );
        history.Add("2024-07-01T09:00:00+08:00", "case/1", new CarryOverReported(new YearMonth(2024, 1), "late")).Assess("2024-07-01");
        Assert.DoesNotContain(history.Duties(), d => d.Contains("2024-01", StringComparison.Ordinal));
        Assert.Equal(["case/1 2024-01-31 23:59:59", "case/1 2024-03-31 23:59:59"], history.Findings("2024-04-30", "carry_over"));
        Assert.Equal(["case/1 2024-03-31 23:59:59", "case/1 2024-04-30 23:59:59"], history.Findings("2024-07-01", "carry_over"));
    }

    [Theory]
    [Clauses("gaomidian-2025", "6.5")]
    [Clauses("anding-2023", "6.3", "6.4")]
    [Clauses("jiuxianqiao-2025", "6.3", "6.4")]
    [Clauses("yongdinglu-2026", "8.2", "12.2.3")]
    [InlineData("gaomidian-2025", "6.5", "2025-12-20", "2026-02-13", "6.5-refund:termination 2025-12-20 2026-02-23", "100000.00")]
    [InlineData("gaomidian-2025", "4.6.5", "2025-12-20", "2026-02-13", "6.5-refund:termination 2025-12-20 2026-02-23", "100000.00")]
    [InlineData("anding-2023", "6.3", "2023-12-26", "2024-02-07", "6.3-refund:termination 2023-12-26 2024-02-18", "94230.32")]
    [InlineData("anding-2023", "6.4", "2023-12-26", "2024-03-01", "6.4-refund:termination 2023-12-26 2024-03-04", "94230.32")]
    [InlineData("jiuxianqiao-2025", "6.3", "2025-04-03", "2025-04-28", "6.3-refund:termination 2025-04-03 2025-05-06", "94654.08")]
    [InlineData("jiuxianqiao-2025", "6.4", "2025-04-03", "2025-04-27", "6.4-refund:termination 2025-04-03 2025-04-30", "94654.08")]
    [InlineData("yongdinglu-2026", "8.2", "2026-08-31", "2026-09-24", "8.2-refund:termination 2026-08-31 2026-09-30", "100000.00")]
    [InlineData("yongdinglu-2026", "12.2.3", "2026-08-31", "2026-09-30", "12.2.3-refund:termination 2026-08-31 2026-10-10", "100000.00")]
    public void After_a_termination_what_was_paid_comes_back_in_the_days_that_the_clause_counts(
        string contract,
        string clause,
        string on,
        string noticed,
        string duty,
        string owed
    )
    {
        var history = Paid(contract);
        history.Decided(
            "contract",
            new ContractTerminated(History.Date(on), clause, TerminationCause.VendorBreach),
            time: "2026-09-01T10:00:00+08:00"
        );
        Assert.Equal([duty[..^10] + "- open"], Refunds(history));
        history.Add("2026-09-02T10:00:00+08:00", "contract", new NoticeReceived(History.Date(noticed), NoticeOf.Termination));
        Assert.Equal([duty + " open"], Refunds(history));
        history.Assess(duty[^10..]);
        Assert.Equal([duty + " open"], Refunds(history));
        history.Assess(History.Date(duty[^10..]).PlusDays(1).ToString("uuuu-MM-dd", null));
        Assert.Equal([duty + " overdue"], Refunds(history));

        history.Decided("settlement", new RefundReceived(Cny.Parse(owed) - Cny.OfFen(1), History.Date(noticed)), "finance-1", Late);
        Assert.Equal([duty + " overdue"], Refunds(history));
        history.Decided("settlement", new RefundReceived(Cny.OfFen(1), History.Date(noticed)), "finance-1", Late);
        Assert.Equal([duty + " met"], Refunds(history));
    }

    [Fact]
    public void What_a_first_term_earned_is_not_refunded_when_a_renewed_contract_ends()
    {
        var history = Paid("gaomidian-2025")
            .Decided("contract", new ContractRenewed(History.Date("2026-10-28"), History.Date("2027-10-27"), Cny.Parse("2470800.00"), true))
            .Decided("contract", new ContractTerminated(History.Date("2026-11-05"), "6.5", TerminationCause.VendorBreach));
        Assert.Empty(Refunds(history));
        Assert.Equal("4315200.00", Domain.Settlements.Settlement.Build(history.Account).Earned.ToString());
    }

    [Fact]
    public void Nothing_falls_due_after_an_early_end()
    {
        var history = new History("jiuxianqiao-2025").Decided(
            "contract",
            new ContractTerminated(History.Date("2025-10-15"), "6.5", TerminationCause.PolicyChange)
        );
        Assert.Equal(6 + 6 + (4 * 2) + 3, history.Duties().Count);
        Assert.DoesNotContain(
            history.Duties(),
            d => d.Contains(":2.2.11/", StringComparison.Ordinal) || d.Contains(":2.2.7/", StringComparison.Ordinal)
        );

        var patrols = new History("gaomidian-2025").Decided(
            "contract",
            new ContractTerminated(History.Date("2025-10-30"), "7.1", TerminationCause.Mutual)
        );
        Assert.Equal(3, patrols.Findings("2025-12-31", "patrol_round").Count);
        Assert.Equal(["report/weekly/2025-W44 2025-10-30 23:59:59"], patrols.Findings("2025-12-31", "report_weekly"));
    }

    [Fact]
    public void Nothing_paid_is_nothing_to_refund() =>
        Assert.Empty(
            new History("gaomidian-2025")
                .Decided("contract", new ContractTerminated(History.Date("2026-02-01"), "6.5", TerminationCause.VendorBreach))
                .Duties()
        );

    [Theory]
    [Clauses("gaomidian-2025", "6.6")]
    [InlineData("2026-03-10", "2026-03-13")]
    [InlineData("2026-09-22", "2026-09-28")]
    public void A_shortfall_is_paid_within_three_days_of_its_notice_and_a_rest_day_moves_the_last(string noticed, string due)
    {
        var history = new History("gaomidian-2025").Decided(
            "claim/L",
            new LossClaimed("4.4", Cny.Parse("1078800.01"), "x"),
            time: "2025-12-01T10:00:00+08:00"
        );
        history.Assess("2026-01-31");
        history.Add("2026-10-01T10:00:00+08:00", "claim/L", new NoticeReceived(History.Date(noticed), NoticeOf.Shortfall), id: "notice");
        Assert.Empty(history.Duties());
        history.Decided("deduction/4.4:L", new DeductionConfirmed());
        Assert.Equal([$"6.6-shortfall:notice {noticed} {due} open"], history.Duties());
        history.Decided("settlement", new RefundReceived(Cny.Parse("0.01"), History.Date(due)), "finance-1", Late);
        Assert.Equal([$"6.6-shortfall:notice {noticed} {due} met"], history.Duties());
    }

    [Theory]
    [Clauses("yangfangdian-2026", "3.7")]
    [InlineData("2026-09-21", "3.7-settlement:end 2026-09-21 2026-10-12 open")]
    [InlineData("2026-12-25", "3.7-settlement:end 2026-12-25 2027-01-08 open")]
    public void An_early_end_is_settled_within_ten_working_days(string on, string duty)
    {
        var history = new History("yangfangdian-2026").Decided(
            "contract",
            new ContractTerminated(History.Date(on), "9.4", TerminationCause.PolicyChange)
        );
        Assert.Equal([duty], history.Duties());
        history.Decided("settlement", new SettlementAgreed());
        Assert.Equal([duty.Replace("open", "met", StringComparison.Ordinal)], history.Duties());
    }

    [Fact]
    public void A_deadline_that_reaches_into_a_year_not_announced_says_that_it_is_provisional()
    {
        var history = new History("yangfangdian-2026").Decided(
            "contract",
            new ContractTerminated(History.Date("2026-12-25"), "9.4", TerminationCause.PolicyChange)
        );
        Assert.True(history.Statement(3).Duties.Single().DueProvisional);
    }

    [Fact]
    [Clauses("yongdinglu-2026", "10.5")]
    public void Papers_are_handed_over_within_three_working_days_of_the_end()
    {
        var history = new History("yongdinglu-2026");
        history.Assess("2027-04-30");
        Assert.Empty(history.Duties());
        history.Assess("2027-05-01");
        Assert.Equal(["10.5-hand_over:end 2027-04-30 2027-05-05 open"], history.Duties());
        history.Assess("2027-05-06");
        Assert.Equal(["10.5-hand_over:end 2027-04-30 2027-05-05 overdue"], history.Duties());
        history.Decided("obligation/10.5", new ObligationPerformed(History.Date("2027-05-04")));
        Assert.Equal(["10.5-hand_over:end 2027-04-30 2027-05-05 met"], history.Duties());
    }

    [Theory]
    [Clauses("jiuxianqiao-2025", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "2.2.5", "2.2.6", "2.2.7", "2.2.8", "2.2.9", "2.2.10", "2.2.11")]
    [InlineData("2.2.1", "2.2.1-set", 1, "2025-04-03 2026-04-02")]
    [InlineData("2.2.1", "2.2.1-guidance", 12, "2025-04-03 2025-05-02")]
    [InlineData("2.2.2", "2.2.2", 4, "2025-04-03 2025-07-02")]
    [InlineData("2.2.3", "2.2.3-set", 1, "2025-04-03 2026-04-02")]
    [InlineData("2.2.3", "2.2.3-support", 4, "2025-04-03 2025-07-02")]
    [InlineData("2.2.4", "2.2.4", 12, "2025-04-03 2025-05-02")]
    [InlineData("2.2.5", "2.2.5", 4, "2025-04-03 2025-07-02")]
    [InlineData("2.2.6", "2.2.6", 4, "2025-04-03 2025-07-02")]
    [InlineData("2.2.7", "2.2.7", 1, "2025-04-03 2026-04-02")]
    [InlineData("2.2.8", "2.2.8", 2, "2025-04-03 2025-10-02")]
    [InlineData("2.2.9", "2.2.9", 2, "2025-04-03 2025-10-02")]
    [InlineData("2.2.10", "2.2.10", 2, "2025-04-03 2025-10-02")]
    [InlineData("2.2.11", "2.2.11", 5, "2025-04-03 2026-04-02")]
    public void Deliverables_fall_due_in_the_rhythm_of_their_clause(string clause, string item, int count, string first)
    {
        var duties = new History("jiuxianqiao-2025")
            .Duties()
            .Where(d => d.StartsWith($"{clause}:{item}/", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(count, duties.Count);
        Assert.Contains($"{clause}:{item}/1 {first} open", duties);
    }

    [Fact]
    [Clauses("jiuxianqiao-2025", "3.2.2")]
    public void The_last_of_fifty_four_accepted_deliverables_opens_the_gate_and_starts_the_five_working_days()
    {
        var history = new History("jiuxianqiao-2025");
        var all = Terms.Of("jiuxianqiao-2025").Rules<Deliverables>().SelectMany(r => r.Rule.Keys).ToList();
        Assert.Equal(54, all.Count);
        history
            .Decided("period/2", new PeriodAccepted(), time: "2026-04-03T10:00:00+08:00")
            .Decided("period/2", new StatementIssued(), "finance-1", "2026-04-03T10:00:00+08:00")
            .Decided(
                "period/2",
                new InvoiceReceived("N-2", Cny.Parse("577359.00"), InvoiceKind.VatGeneral, Percentage.Of(6), History.Date("2026-04-01")),
                "finance-1",
                "2026-04-07T10:00:00+08:00"
            );
        foreach (var key in all)
        {
            Assert.False(history.Statement(2).Gates.Single(g => g.Kind == GateKind.Deliverables).Met);
            Assert.Null(history.Statement(2).DueOn);
            var (item, ordinal) = (
                key[..key.IndexOf('/', StringComparison.Ordinal)],
                int.Parse(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..])
            );
            history
                .Add(
                    "2026-04-01T09:00:00+08:00",
                    $"deliverable/{item}",
                    new DeliverableSubmitted(item, ordinal, History.Date("2026-04-01"))
                )
                .Decided($"deliverable/{item}", new DeliverableAccepted(item, ordinal), time: "2026-04-28T10:00:00+08:00");
        }

        Assert.True(history.Statement(2).Gates.All(g => g.Met));
        Assert.Equal(History.Date("2026-05-08"), history.Statement(2).DueOn);
        history.Decided("deliverable/2.2.7", new DeliverableRejected("2.2.7", 1, "incomplete"));
        Assert.False(history.Statement(2).Gates.All(g => g.Met));
    }

    private static IEnumerable<string> Refunds(History history) =>
        history.Duties().Where(d => d.Contains("-refund:", StringComparison.Ordinal));

    /// <summary>A contract whose first period is paid in part: 100,000.00.</summary>
    private static History Paid(string contract)
    {
        var history = new History(contract);
        var gross = history.Statement(1).Gross;
        if (contract == "anding-2023")
        {
            var items = Terms.Of(contract).Rules<ScoreSheets>().Single().Rule.Items.ToDictionary(i => i.Item, i => i.Scores[0]);
            history.Decided("evaluation/1", new ScoreSheetSubmitted(1, "team", items, []));
        }

        return history
            .Decided("period/1", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1")
            .Decided("period/1", new PeriodAccepted(), "officer-3")
            .Decided("period/1", new StatementIssued(), "finance-1")
            .Decided(
                "period/1",
                new InvoiceReceived("N-1", gross, InvoiceKind.VatSpecial, Percentage.Of(6), new LocalDate(2026, 2, 1)),
                "finance-1",
                "2026-01-01T10:00:00+08:00"
            )
            .Decided("period/1", new PaymentMade(Cny.Parse("100000.00"), new LocalDate(2026, 2, 10)), "finance-1", Late);
    }
}
