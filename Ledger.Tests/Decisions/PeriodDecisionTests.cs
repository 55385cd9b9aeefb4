using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Decisions;

/// <summary>From proposal to payment of one gaomidian period, and what is refused on the way.</summary>
public sealed class PeriodDecisionTests
{
    private const string Zero = "deduction/4.6.1:case/1:2025-11";
    private static readonly ReportDocument[] AllDocuments = Enum.GetValues<ReportDocument>();

    [Clauses("gaomidian-2025", "3.2", "6.6")]
    [Fact]
    public void A_period_goes_from_report_to_payment()
    {
        var history = Proposed();
        Assert.Equal(PeriodStatus.Open, history.Statement(1).Status);
        history.Decided(Zero, new DeductionConfirmed());
        Assert.Equal(
            ("1073800.00", "5000.00"),
            (history.Statement(1).NetPayable.ToString(), history.Statement(1).Totals.Effective.ToString())
        );

        history.Decided("period/1", new PeriodReportSubmitted(AllDocuments), "vendor-1");
        Assert.Equal(PeriodStatus.Reported, history.Statement(1).Status);
        history.Decided("period/1", new PeriodAccepted());
        Assert.Equal(PeriodStatus.Accepted, history.Statement(1).Status);
        history.Decided("period/1", new StatementIssued(), "finance-1");
        Assert.Equal(PeriodStatus.Issued, history.Statement(1).Status);
        history.Decided("period/1", Invoice("1073800.00"), "finance-1");
        Assert.Equal(PeriodStatus.Payable, history.Statement(1).Status);
        history.Decided("period/1", Payment("1000000.00"), "finance-1");
        Assert.Equal((PeriodStatus.PartlyPaid, "73800.00"), (history.Statement(1).Status, history.Statement(1).Outstanding.ToString()));
        history.Decided("period/1", Payment("73800.00"), "finance-1");
        Assert.Equal(PeriodStatus.Paid, history.Statement(1).Status);
        Refused(history, "period/1", Payment("0.01"), "$.data.amount");
    }

    [Fact]
    public void What_nobody_decided_is_told_before_a_statement_is_issued()
    {
        var history = Proposed();
        Assert.Equal(
            new UndecidedDeductions("gaomidian-2025", 1, 1, Cny.Parse("5000.00"), 0, Cny.Zero),
            UndecidedDeductions.Of(history.Account, 1)
        );
        history.Decided(Zero, new DeductionConfirmed());
        Assert.Null(UndecidedDeductions.Of(history.Account, 1));
        history.Decided(Zero, new DeductionDisputed("the case was answered"), "vendor-1");
        Assert.Equal(
            new UndecidedDeductions("gaomidian-2025", 1, 0, Cny.Zero, 1, Cny.Parse("5000.00")),
            UndecidedDeductions.Of(history.Account, 1)
        );
        Assert.Null(UndecidedDeductions.Of(history.Account, 2));
    }

    [Fact]
    public void Nothing_is_accepted_issued_or_paid_out_of_turn()
    {
        var history = Proposed();
        Refused(history, "period/1", new PeriodAccepted(), "$.subject");
        Refused(history, "period/1", new StatementIssued(), "$.subject");
        Refused(history, "period/1", Payment("1.00"), "$.subject");
        Refused(history, "period/5", new PeriodReportSubmitted(AllDocuments), "$.subject");
        Refused(history, "period/01", new PeriodReportSubmitted(AllDocuments), "$.subject");
    }

    [Fact]
    public void Part_of_a_report_may_be_accepted_but_its_gate_stays_shut_until_the_third_document()
    {
        var history = Proposed()
            .Decided("period/1", new PeriodReportSubmitted([ReportDocument.ServiceReport, ReportDocument.WorkloadList]))
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1");
        Assert.False(history.Statement(1).Gates[0].Met);
        history.Decided("period/1", new PeriodReportSubmitted([ReportDocument.AssessmentMaterials]));
        Assert.True(history.Statement(1).Gates[0].Met);
    }

    [Fact]
    public void A_second_invoice_does_not_hide_the_one_that_fits()
    {
        var history = Issued()
            .Decided("period/1", Invoice("1073800.00"), "finance-1")
            .Decided("period/1", Invoice("5.00") with { Number = "N-2" }, "finance-1");
        Assert.Equal(PeriodStatus.Payable, history.Statement(1).Status);
    }

    [Fact]
    public void A_period_of_which_nothing_is_left_is_paid_once_it_is_issued()
    {
        var history = new History("gaomidian-2025").Decided(
            "claim/L",
            new LossClaimed("4.4", Cny.Parse("1078800.01"), "x"),
            time: "2025-12-01T10:00:00+08:00"
        );
        history.Assess("2026-01-31");
        history
            .Decided("deduction/4.4:L", new DeductionConfirmed())
            .Decided("period/1", new PeriodReportSubmitted(AllDocuments))
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1");
        Assert.Equal(PeriodStatus.Paid, history.Statement(1).Status);
    }

    [Fact]
    public void What_arises_for_a_locked_last_period_falls_to_an_open_one_and_to_the_settlement_when_none_is_left()
    {
        var history = new History("gaomidian-2025");
        foreach (var period in new[] { 4, 3, 2, 1 })
        {
            history
                .Decided($"period/{period}", new PeriodReportSubmitted(AllDocuments))
                .Decided($"period/{period}", new PeriodAccepted())
                .Decided($"period/{period}", new StatementIssued(), "finance-1");
            history.Add("2026-09-01T12:00:00+08:00", $"case/{period}", Scored() with { Cycle = new YearMonth(2026, 8) });
            history.Assess("2026-10-30");
        }

        int?[] periods = [1, 1, 1, null];
        Assert.Equal(periods, new[] { 4, 3, 2, 1 }.Select(c => history.Account.Deductions[$"4.6.1:case/{c}:2026-08"].Period));
    }

    [Clauses("gaomidian-2025", "3.2", "3.4")]
    [Theory]
    [InlineData("1073800.00", 0)]
    [InlineData("1073800.01", 1)]
    [InlineData("1073799.99", 1)]
    public void Only_an_invoice_of_the_net_amount_opens_its_gate(string amount, int refusals)
    {
        var history = Issued().Decided("period/1", Invoice(amount), "finance-1");
        Assert.Equal(refusals, history.Decide("period/1", Payment("1.00"), "finance-1").Count);
    }

    [Theory]
    [InlineData("1073800.01", InvoiceKind.VatGeneral, "invoice N-1 is of 1073800.01, the net payable is 1073800.00")]
    [InlineData("1073800.00", InvoiceKind.VatGeneral, null)]
    public void An_invoice_that_does_not_fit_says_why_its_gate_is_not_met(string amount, InvoiceKind kind, string? why)
    {
        var invoice = new InvoiceReceived("N-1", Cny.Parse(amount), kind, Percentage.Of(6), new LocalDate(2026, 1, 29));
        var gate = Issued().Decided("period/1", invoice, "finance-1").Statement(1).Gates.Single(g => g.Kind == GateKind.Invoice);
        Assert.Equal((why is null, why), (gate.Met, gate.Why));
    }

    [Theory]
    [InlineData("yangfangdian-2026", "1235400.00", InvoiceKind.VatGeneral, 6, "is a vat_general invoice")]
    [InlineData("yangfangdian-2026", "1235400.00", InvoiceKind.VatSpecial, 3, "has a tax rate of 3 %, the contract asks for 6 %")]
    [InlineData("yangfangdian-2026", "1.00", InvoiceKind.VatSpecial, 3, "is of 1.00, the net payable is 1235400.00, and has a tax rate")]
    public void Its_kind_and_its_rate_are_named_too(string contract, string amount, InvoiceKind kind, int rate, string why)
    {
        var history = new History(contract)
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1")
            .Decided(
                "period/1",
                new InvoiceReceived("N-1", Cny.Parse(amount), kind, Percentage.Of(rate), new LocalDate(2026, 1, 29)),
                "finance-1"
            );
        Assert.Contains(why, history.Statement(1).Gates.Single(g => g.Kind == GateKind.Invoice).Why, StringComparison.Ordinal);
    }

    [Clauses("gaomidian-2025", "3.4")]
    [Fact]
    public void An_invoice_number_is_used_once_and_a_rejected_invoice_closes_the_gate_again()
    {
        var history = Issued().Decided("period/1", Invoice("1073800.00"), "finance-1");
        Refused(history, "period/2", Invoice("1078800.00"), "$.data.number");
        history.Decided("period/1", new InvoiceRejected("N-1", "wrong rate"));
        Refused(history, "period/1", Payment("1.00"), "$.subject");
        Refused(history, "period/1", new InvoiceRejected("N-1", "again"), "$.data.number");
    }

    [Theory]
    [InlineData("2026-01-30", 0)]
    [InlineData("2026-01-31", 1)]
    public void Money_is_paid_on_a_day_that_has_come(string on, int refusals)
    {
        var history = Issued().Decided("period/1", Invoice("1073800.00"), "finance-1");
        var faults = history.Decide("period/1", new PaymentMade(Cny.Parse("1.00"), History.Date(on)), "finance-1");
        Assert.Equal(Enumerable.Repeat("$.data.on", refusals), faults.Select(f => f.Path));
    }

    [Fact]
    public void A_fee_that_was_confirmed_lower_shows_what_was_not_and_its_lines_add_up()
    {
        var history = Proposed()
            .Decided("period/1", new PeriodReportSubmitted(AllDocuments), "vendor-1")
            .Decided("period/1", new PeriodAccepted(ConfirmedGross: Cny.Parse("1000000.00")));
        var statement = history.Statement(1);
        Assert.Equal("-78800.00", Assert.Single(statement.Fees, f => f.Line == "not_confirmed").Amount.ToString());
        Assert.Equal(statement.Gross, statement.Fees.Sum(f => f.Amount));
        Assert.DoesNotContain(history.Statement(2).Fees, f => f.Line == "not_confirmed");
    }

    [Fact]
    public void Who_confirmed_neither_decides_the_dispute_nor_pays()
    {
        var history = Proposed()
            .Decided(Zero, new DeductionConfirmed(), "officer-1")
            .Decided(Zero, new DeductionDisputed("not ours"), "vendor-1");
        Assert.Equal(
            "$.actor",
            Assert.Single(history.Decide(Zero, new DisputeDecided(Domain.Events.DisputeOutcome.Upheld, "x"), "officer-1")).Path
        );
        history.Decided(Zero, new DisputeDecided(Domain.Events.DisputeOutcome.Upheld, "x"), "officer-2");

        var issued = Issued().Decided("period/1", Invoice("1073800.00"), "finance-1");
        Assert.Equal("$.actor", Assert.Single(issued.Decide("period/1", Payment("1.00"), "officer-1")).Path);
    }

    [Theory]
    [InlineData("4999.99", true)]
    [InlineData("5000.00", false)]
    public void A_reduction_goes_below_the_original(string amount, bool accepted)
    {
        var history = Proposed().Decided(Zero, new DeductionConfirmed()).Decided(Zero, new DeductionDisputed("x"), "vendor-1");
        Assert.Equal(
            accepted,
            history.Decide(Zero, new DisputeDecided(Domain.Events.DisputeOutcome.Reduced, "x", Cny.Parse(amount)), "officer-2").Count == 0
        );
    }

    [Fact]
    public void Decisions_about_a_deduction_follow_its_state()
    {
        var history = Proposed();
        Refused(history, Zero, new DeductionDisputed("x"), "$.subject");
        Refused(history, "deduction/4.6.1:case/9:2025-11", new DeductionConfirmed(), "$.subject");
        history.Decided(Zero, new DeductionWaived("goodwill"));
        Refused(history, Zero, new DeductionConfirmed(), "$.subject");
        history.Assess("2026-01-31");
        Assert.Equal("1078800.00", history.Statement(1).Exposure.ToString());
    }

    [Fact]
    public void What_changes_on_an_issued_statement_counts_in_the_first_open_period()
    {
        var history = Issued();
        history
            .Decided(Zero, new DeductionDisputed("x"), "vendor-1")
            .Decided(Zero, new DisputeDecided(Domain.Events.DisputeOutcome.Reduced, "x", Cny.Parse("2000.00")), "officer-2");
        Assert.Equal("1073800.00", history.Statement(1).NetPayable.ToString());
        var next = history.Statement(2);
        Assert.Equal(
            ("4.6.1:case/1:2025-11", "3000.00", 1),
            (next.Adjustments.Single().Deduction, next.Adjustments.Single().Amount.ToString(), next.Adjustments.Single().PostedFor)
        );
        Assert.Equal("1081800.00", next.NetPayable.ToString());
    }

    [Fact]
    public void What_is_first_found_after_the_lock_is_carried_into_the_first_open_period()
    {
        var history = Issued();
        history.Add("2025-11-21T12:00:00+08:00", "case/2", Scored()).Assess("2026-02-28");
        Assert.Single(history.Statement(1).Deductions);
        var carried = history.Statement(2).Deductions.Single();
        Assert.Equal(("4.6.1:case/2:2025-11", 1), (carried.Id, carried.CarriedFrom));
        history.Decided("deduction/4.6.1:case/2:2025-11", new DeductionConfirmed());
        Assert.Equal(
            ("1073800.00", "1073800.00"),
            (history.Statement(1).NetPayable.ToString(), history.Statement(2).NetPayable.ToString())
        );
    }

    [Fact]
    public void Less_work_confirmed_in_writing_lowers_the_gross_and_more_is_refused()
    {
        var history = Proposed().Decided("period/1", new PeriodReportSubmitted(AllDocuments));
        Refused(history, "period/1", new PeriodAccepted(ConfirmedGross: Cny.Parse("1078800.01")), "$.data.confirmedGross");
        history.Decided("period/1", new PeriodAccepted(ConfirmedGross: Cny.Parse("1000000.00")));
        Assert.Equal("1000000.00", history.Statement(1).Gross.ToString());
    }

    [Fact]
    public void Payment_is_suspended_only_where_the_right_has_arisen()
    {
        var history = Issued().Decided("period/1", Invoice("1073800.00"), "finance-1");
        Refused(history, "period/1", new PaymentSuspended("x"), "$.subject");
        Refused(history, "period/1", new PaymentResumed("x"), "$.subject");
    }

    [Clauses("gaomidian-2025", "6.6")]
    [Fact]
    public void Deductions_beyond_the_fee_leave_a_shortfall_and_never_a_negative_payment()
    {
        var history = new History("gaomidian-2025").Decided(
            "claim/L",
            new LossClaimed("4.4", Cny.Parse("1078800.01"), "x"),
            time: "2025-12-01T10:00:00+08:00"
        );
        history.Assess("2026-01-31");
        history.Decided("deduction/4.4:L", new DeductionConfirmed());
        var s = history.Statement(1);
        Assert.Equal(("0.00", "0.01", "0.00"), (s.NetPayable.ToString(), s.Shortfall.ToString(), s.Exposure.ToString()));
    }

    [Fact]
    public void Interview_and_plan_follow_a_poor_rating_only()
    {
        var history = new History("gaomidian-2025").Add(
            "2026-01-05T09:00:00+08:00",
            "rating/2025-12",
            new MonthlyRatingPublished(new YearMonth(2025, 12), Tier.NeedsImprovement)
        );
        history
            .Decided("rating/2025-12", new InterviewHeld(new YearMonth(2025, 12)))
            .Decided("rating/2025-12", new RemediationPlanFiled(new YearMonth(2025, 12)));
        Refused(history, "rating/2025-11", new InterviewHeld(new YearMonth(2025, 11)), "$.data.cycle");
    }

    [Fact]
    public void A_spot_check_names_only_subjects_on_record()
    {
        var check = new SpotCheckConcluded([new("case/1", Verdict.Genuine), new("case/unknown", Verdict.Falsified)]);
        Assert.Equal("$.data.sampled[1].subject", Assert.Single(Proposed().Decide("spotcheck/1", check)).Path);
    }

    [Fact]
    public void Readings_are_chosen_only_from_those_offered()
    {
        var history = new History("gaomidian-2025");
        Refused(history, "contract", new ReadingRecorded("4.6.3", "gmd-4.6.3-repeat", "twice", "x"), "$.data.choice");
        Refused(history, "contract", new ReadingRecorded("4.6.3", "gmd-unknown", "once", "x"), "$.data.reading");
        Refused(history, "contract", new ReadingRecorded("4.6.4", "gmd-4.6.3-repeat", "once", "x"), "$.data.clause");
    }

    [Fact]
    public void Derived_events_never_come_from_outside() =>
        Assert.Equal(
            "$.type",
            Assert.Single(Proposed().Decide(Zero, new DeductionProposed("4.6.1", [], Cny.OfFen(1), new LocalDate(2026, 1, 1), []))).Path
        );

    private static void Refused(History history, string subject, EventData data, string path) =>
        Assert.Contains(history.Decide(subject, data, "somebody-else"), f => f.Path == path);

    private static History Proposed()
    {
        var history = new History("gaomidian-2025").Add("2025-11-20T12:00:00+08:00", "case/1", Scored());
        history.Assess("2026-01-28");
        return history;
    }

    private static History Issued() =>
        Proposed()
            .Decided(Zero, new DeductionConfirmed(), "officer-1")
            .Decided("period/1", new PeriodReportSubmitted(AllDocuments), "vendor-1")
            .Decided("period/1", new PeriodAccepted(), "officer-3")
            .Decided("period/1", new StatementIssued(), "finance-1");

    private static CaseScored Scored() => new(new YearMonth(2025, 11), 0, true, false, Satisfaction.Dissatisfied);

    private static InvoiceReceived Invoice(string amount) =>
        new("N-1", Cny.Parse(amount), InvoiceKind.VatGeneral, Percentage.Of(6), new LocalDate(2026, 2, 1));

    private static PaymentMade Payment(string amount) => new(Cny.Parse(amount), new LocalDate(2026, 1, 30));
}
