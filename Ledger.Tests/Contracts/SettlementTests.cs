using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Settlements;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Contracts;

/// <summary>The final account of contracts that run out, end early by each cause, and are audited.</summary>
public sealed class SettlementTests
{
    [Fact]
    public void Once_a_contract_is_settled_nothing_moves_its_final_amount_but_money_still_flows()
    {
        var history = new History("gaomidian-2025")
            .Decided("claim/L", new LossClaimed("4.4", Cny.Parse("5000.00"), "x"), time: "2026-10-01T10:00:00+08:00")
            .Decided("claim/M", new LossClaimed("4.4", Cny.Parse("7000.00"), "x"), time: "2026-10-01T10:00:00+08:00");
        history.Assess("2026-10-28");
        history
            .Decided("deduction/4.4:M", new DeductionConfirmed())
            .Decided("settlement", new AuditOpened(), "auditor-1")
            .Decided("settlement", new AuditConcluded(), "auditor-1");
        foreach (
            var (subject, data) in new (string, EventData)[]
            {
                ("deduction/4.4:L", new DeductionConfirmed()),
                ("period/1", new PeriodAccepted(ConfirmedGross: Cny.Parse("1.00"))),
                ("deduction/4.4:M", new DeductionDisputed("x")),
                ("contract", new ContractTerminated(History.Date("2026-10-01"), "7.1", TerminationCause.Mutual)),
                ("settlement", new AuditAdjustmentMade("A", Cny.OfFen(1), "x", [])),
            }
        )
        {
            history.Decided("period/1", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1");
            Assert.NotEmpty(history.Decide(subject, data, "officer-2"));
        }

        Assert.Empty(history.Decide("deduction/4.4:L", new DeductionWaived("x")));
        Assert.Equal(
            "$.data.amount",
            Assert.Single(history.Decide("settlement", new RefundReceived(Cny.OfFen(1), History.Date("2026-01-30")), "finance-1")).Path
        );
        Assert.Equal("4308200.00", Settlement.Build(history.Account).Final.ToString());
    }

    [Fact]
    public void A_period_wholly_after_an_early_end_stands_in_nobodys_way()
    {
        var history = new History("gaomidian-2025").Decided(
            "contract",
            new ContractTerminated(History.Date("2026-02-01"), "7.1", TerminationCause.Mutual)
        );
        Assert.Equal(
            ["the statement of period 1 is not issued", "the statement of period 2 is not issued"],
            Settlement.Build(history.Account).Open.Where(o => o.Contains("statement", StringComparison.Ordinal))
        );
    }

    [Fact]
    [Clauses("yongdinglu-2026", "12.2.1")]
    public void A_term_that_runs_out_ends_once_it_is_assessed_beyond_its_last_day()
    {
        var history = new History("yongdinglu-2026");
        history.Assess("2027-04-30");
        Assert.Equal(SettlementStatus.Running, Settlement.Build(history.Account).State);
        history.Assess("2027-05-01");
        Assert.Equal(
            (SettlementStatus.Ended, "2327640.00"),
            (Settlement.Build(history.Account).State, Settlement.Build(history.Account).Earned.ToString())
        );
    }

    [Fact]
    public void A_contract_that_ran_out_earns_its_price_less_effective_deductions()
    {
        var history = new History("gaomidian-2025").Decided(
            "claim/L",
            new LossClaimed("4.4", Cny.Parse("5000.00"), "x"),
            time: "2026-10-01T10:00:00+08:00"
        );
        history.Assess("2026-10-28");
        history.Decided("deduction/4.4:L", new DeductionConfirmed());
        var s = Settlement.Build(history.Account);
        Assert.Equal(
            ("4315200.00", "5000.00", "4310200.00", "4310200.00"),
            (s.Earned.ToString(), s.Effective.ToString(), s.Final.ToString(), s.Balance.ToString())
        );
        Assert.Equal(SettlementStatus.Ended, s.State);
        Assert.Contains("the audit was neither concluded nor waived", s.Open);
    }

    [Theory]
    [Clauses("gaomidian-2025", "6.5")]
    [Clauses("anding-2023", "6.3", "6.4", "6.5")]
    [Clauses("jiuxianqiao-2025", "6.3", "6.4", "6.5")]
    [Clauses("yangfangdian-2026", "9.4")]
    [Clauses("yongdinglu-2026", "8.2", "8.3", "12.2.2", "12.2.3", "12.2.4")]
    [InlineData("anding-2023", "2024-02-29", "6.3", TerminationCause.VendorBreach, "382390.34", "382390.34|0.00|0.00|0.00")]
    [InlineData("anding-2023", "2024-12-25", "6.4", TerminationCause.VendorBreach, "2146320.00", "536580.00|536580.00|536580.00|536580.00")]
    [InlineData("jiuxianqiao-2025", "2026-03-02", "6.3", TerminationCause.VendorBreach, "1764152.50", "1347171.00|416981.50")]
    [InlineData("jiuxianqiao-2025", "2026-02-28", "6.4", TerminationCause.VendorBreach, "1752696.96", "1347171.00|405525.96")]
    [InlineData("yongdinglu-2026", "2026-07-31", "12.2.3", TerminationCause.VendorBreach, "0.00", "1163820.00|0.00|0.00")]
    [InlineData("yongdinglu-2026", "2026-07-31", "12.2.2", TerminationCause.Mutual, "581910.00", "1163820.00|0.00|0.00")]
    [InlineData("yongdinglu-2026", "2026-05-01", "12.2.2", TerminationCause.Mutual, "6257.10", "6257.10|0.00|0.00")]
    [InlineData("gaomidian-2025", "2026-02-01", "6.5", TerminationCause.VendorBreach, "0.00", "1078800.00|0.00|0.00|0.00")]
    [InlineData("gaomidian-2025", "2026-02-01", "4.6.5", TerminationCause.VendorBreach, "0.00", "1078800.00|0.00|0.00|0.00")]
    [InlineData("gaomidian-2025", "2026-02-27", "7.1", TerminationCause.ForceMajeure, "1438400.00", "1078800.00|359600.00|0.00|0.00")]
    [InlineData("gaomidian-2025", "2026-01-28", "7.1", TerminationCause.Mutual, "1090400.00", "1078800.00|11600.00|0.00|0.00")]
    [InlineData("anding-2023", "2024-02-29", "6.5", TerminationCause.PolicyChange, "382390.34", "382390.34|0.00|0.00|0.00")]
    [InlineData("jiuxianqiao-2025", "2025-04-03", "6.5", TerminationCause.PolicyChange, "5345.92", "5345.92|0.00")]
    [InlineData("yongdinglu-2026", "2026-07-31", "8.2", TerminationCause.VendorBreach, "0.00", "1163820.00|0.00|0.00")]
    [InlineData("yongdinglu-2026", "2026-07-31", "8.3", TerminationCause.VendorBreach, "0.00", "1163820.00|0.00|0.00")]
    [InlineData("yongdinglu-2026", "2026-07-31", "12.2.4", TerminationCause.PolicyChange, "586692.82", "1163820.00|0.00|0.00")]
    [InlineData("yangfangdian-2026", "2026-12-31", "9.4", TerminationCause.PolicyChange, "2037563.84", "1235400.00|741240.00|60923.84")]
    public void A_contract_that_ends_early_earns_what_its_clause_leaves(
        string contract,
        string on,
        string clause,
        TerminationCause cause,
        string earned,
        string grosses
    )
    {
        var history = new History(contract).Decided(
            "contract",
            new ContractTerminated(History.Date(on), clause, cause),
            time: $"{on}T10:00:00+08:00"
        );
        var s = Settlement.Build(history.Account);
        Assert.Equal(earned, s.Earned.ToString());
        Assert.Equal(grosses, string.Join('|', s.Periods.Select(p => p.Gross)));
        Assert.Equal(SettlementStatus.Ended, s.State);
    }

    /// <summary>Period 1 is scheduled at 1,078,800.00; the end leaves 1,438,400.00, or 1,090,400.00, of the price.</summary>
    [Theory]
    [InlineData("2026-02-27", "1000000.00", null, "1359600.00", "1000000.00|359600.00|0.00|0.00")]
    [InlineData("2026-01-28", "1000000.00", null, "1011600.00", "1000000.00|11600.00|0.00|0.00")]
    [InlineData("2026-02-27", null, "300000.00", "1378800.00", "1078800.00|300000.00|0.00|0.00")] // of the period of the end itself
    [InlineData("2026-02-27", null, "400000.00", "1438400.00", "1078800.00|359600.00|0.00|0.00")]
    [InlineData("2026-02-27", "1000000.00", "300000.00", "1300000.00", "1000000.00|300000.00|0.00|0.00")]
    public void What_was_confirmed_lower_is_not_paid_back_by_an_early_end(
        string on,
        string? first,
        string? second,
        string earned,
        string grosses
    )
    {
        var history = new History("gaomidian-2025");
        foreach (var (period, confirmed) in new[] { (1, first), (2, second) })
        {
            history.Decided($"period/{period}", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1");
            history.Decided($"period/{period}", new PeriodAccepted(ConfirmedGross: confirmed is null ? null : Cny.Parse(confirmed)));
        }

        history.Decided("contract", new ContractTerminated(History.Date(on), "7.1", TerminationCause.Mutual), time: $"{on}T10:00:00+08:00");
        var s = Settlement.Build(history.Account);
        Assert.Equal((earned, grosses), (s.Earned.ToString(), string.Join('|', s.Periods.Select(p => p.Gross))));
        Assert.DoesNotContain(s.Open, o => o.Contains("settles", StringComparison.Ordinal));
        Assert.All(
            Domain.Statements.StatementBuilder.BuildAll(history.Account),
            statement => Assert.Equal(statement.Gross, statement.Fees.Sum(f => f.Amount))
        );
    }

    [Theory]
    [InlineData("1078800.00", "2026-02-10", "")]
    [InlineData("1078800.01", "2026-02-10", "$.data.amount")]
    [InlineData("1.00", "2026-02-11", "$.data.on")]
    public void No_more_is_refunded_than_was_paid_and_on_no_day_to_come(string amount, string on, string path)
    {
        var faults = Paid()
            .Decide("settlement", new RefundReceived(Cny.Parse(amount), History.Date(on)), "finance-1", "2026-02-10T12:00:00+08:00");
        Assert.Equal(path, string.Join(' ', faults.Select(f => f.Path)));
    }

    [Fact]
    public void What_stands_in_the_way_names_who_must_act()
    {
        var history = new History("gaomidian-2025").Decided("claim/L", new LossClaimed("4.4", Cny.Parse("5000.00"), "x"));
        history.Assess("2026-01-31");
        var s = Settlement.Build(history.Account);
        Assert.Equal(s.Open, s.OpenBy.Select(o => o.What));
        Assert.Equal(
            [
                "principal: the term runs to 2026-10-27 and was not assessed beyond it",
                "principal: deduction 4.4:L is proposed",
                "finance: the statement of period 1 is not issued",
                "finance: the statement of period 2 is not issued",
                "finance: the statement of period 3 is not issued",
                "finance: the statement of period 4 is not issued",
                "auditor: the audit was neither concluded nor waived",
            ],
            s.OpenBy.Select(o => $"{Domain.Json.Words<WhoActs>.Of(o.By)}: {o.What}")
        );
    }

    [Fact]
    public void What_was_refunded_cannot_be_refunded_again()
    {
        var history = Paid()
            .Decided("settlement", new RefundReceived(Cny.Parse("1000000.00"), new(2026, 2, 10)), "finance-1", "2026-02-10T12:00:00+08:00");
        RefundReceived Refund(string amount) => new(Cny.Parse(amount), new(2026, 2, 10));
        Assert.Single(history.Decide("settlement", Refund("78800.01"), "finance-1", "2026-02-10T12:00:00+08:00"));
        Assert.Empty(history.Decide("settlement", Refund("78800.00"), "finance-1", "2026-02-10T12:00:00+08:00"));
    }

    [Fact]
    public void What_was_paid_beyond_the_final_amount_is_a_refund_due()
    {
        var history = Paid();
        history.Decided(
            "contract",
            new ContractTerminated(History.Date("2026-02-20"), "6.5", TerminationCause.VendorBreach),
            time: "2026-02-20T10:00:00+08:00"
        );
        Assert.Equal("-1078800.00", Settlement.Build(history.Account).Balance.ToString());
        history.Decided(
            "settlement",
            new RefundReceived(Cny.Parse("1000000.00"), new(2026, 3, 1)),
            "finance-1",
            "2026-03-01T10:00:00+08:00"
        );
        Assert.Equal("-78800.00", Settlement.Build(history.Account).Balance.ToString());
    }

    [Fact]
    public void An_audit_adjusts_the_final_amount_and_concludes_it()
    {
        var history = new History("gaomidian-2025");
        history.Assess("2026-10-28");
        Assert.NotEmpty(history.Decide("settlement", new AuditAdjustmentMade("A-1", Cny.Parse("-123.45"), "hours", []), "auditor-1"));
        history
            .Decided("settlement", new AuditOpened(), "auditor-1")
            .Decided("settlement", new AuditAdjustmentMade("A-1", Cny.Parse("-123.45"), "hours", []), "auditor-1");
        Assert.Equal(
            (SettlementStatus.InAudit, "4315076.55"),
            (Settlement.Build(history.Account).State, Settlement.Build(history.Account).Final.ToString())
        );
        history.Decided("settlement", new AuditConcluded(), "auditor-1");
        var s = Settlement.Build(history.Account);
        Assert.Equal(SettlementStatus.Concluded, s.State);
        Assert.Empty(s.Open);
        Assert.NotEmpty(history.Decide("settlement", new AuditOpened(), "auditor-1"));
        history.Decided("settlement", new SettlementAgreed());
        Assert.NotEmpty(history.Decide("settlement", new SettlementAgreed()));
    }

    [Theory]
    [InlineData("gaomidian-2025", true)]
    [InlineData("anding-2023", false)]
    [InlineData("yangfangdian-2026", false)]
    public void The_audit_is_waived_only_where_the_contract_allows_it(string contract, bool allowed) =>
        Assert.Equal(allowed, new History(contract).Decide("settlement", new AuditWaived("x")).Count == 0);

    [Theory]
    [InlineData("yangfangdian-2026", true)]
    [InlineData("yongdinglu-2026", true)]
    [InlineData("gaomidian-2025", false)]
    public void A_contract_without_an_audit_concludes_by_agreement(string contract, bool agreed) =>
        Assert.Equal(agreed, new History(contract).Decide("settlement", new SettlementAgreed()).Count == 0);

    private static History Paid() =>
        new History("gaomidian-2025")
            .Decided("period/1", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1")
            .Decided("period/1", new PeriodAccepted(), "officer-3")
            .Decided("period/1", new StatementIssued(), "finance-1")
            .Decided(
                "period/1",
                new InvoiceReceived("N-1", Cny.Parse("1078800.00"), InvoiceKind.VatGeneral, Percentage.Of(6), new LocalDate(2026, 2, 1)),
                "finance-1"
            )
            .Decided("period/1", new PaymentMade(Cny.Parse("1078800.00"), new(2026, 2, 10)), "finance-1", "2026-02-10T10:00:00+08:00");
}
