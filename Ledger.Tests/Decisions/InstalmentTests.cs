using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Tests.Support;

namespace Ledger.Tests.Decisions;

/// <summary>Gates, invoices and due dates of contracts that are paid in instalments; set-off of those paid by the quarter.</summary>
public sealed class InstalmentTests
{
    [Theory]
    [Clauses("yangfangdian-2026", "3.4")]
    [InlineData(InvoiceKind.VatSpecial, "6", "1235400.00", "2026-03-20", null)]
    [InlineData(InvoiceKind.VatSpecial, "6", "1235400.00", "2026-03-19", "$.data.on")]
    [InlineData(InvoiceKind.VatSpecial, "6.0", "1235400.00", "2026-03-20", null)]
    [InlineData(InvoiceKind.VatSpecial, "6.01", "1235400.00", "2026-03-20", "$.subject")]
    [InlineData(InvoiceKind.VatSpecial, "3", "1235400.00", "2026-03-20", "$.subject")]
    [InlineData(InvoiceKind.VatGeneral, "6", "1235400.00", "2026-03-20", "$.subject")]
    [InlineData(InvoiceKind.VatSpecial, "6", "1235399.99", "2026-03-20", "$.subject")]
    public void An_instalment_is_paid_on_a_special_invoice_at_six_percent_that_lay_there_ten_days(
        InvoiceKind kind,
        string rate,
        string amount,
        string paidOn,
        string? refused
    )
    {
        Assert.True(Percentage.TryParse(rate, out var percent));
        var history = new History("yangfangdian-2026")
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1")
            .Decided(
                "period/1",
                new InvoiceReceived("N-1", Cny.Parse(amount), kind, percent, History.Date("2026-03-09")),
                "finance-1",
                "2026-03-10T23:59:59+08:00"
            );
        var faults = history.Decide(
            "period/1",
            new PaymentMade(Cny.Parse("1235399.99"), History.Date(paidOn)),
            "finance-1",
            "2026-03-27T10:00:00+08:00"
        );
        Assert.Equal(refused, faults.Select(f => f.Path).FirstOrDefault());
    }

    [Fact]
    [Clauses("yangfangdian-2026", "3.2")]
    public void The_last_instalment_is_due_with_the_acceptance_after_the_end()
    {
        var history = new History("yangfangdian-2026");
        Assert.Null(history.Statement(3).DueOn);
        Assert.Equal(GateKind.Acceptance, history.Statement(3).Gates[0].Kind);
        history.Decided("period/3", new PeriodAccepted(), time: "2027-03-01T10:00:00+08:00");
        Assert.Equal(History.Date("2027-03-05"), history.Statement(3).DueOn);
        history.Decided("period/3", new PeriodAccepted(), time: "2027-03-20T10:00:00+08:00");
        Assert.Equal(History.Date("2027-03-20"), history.Statement(3).DueOn);
    }

    [Theory]
    [Clauses("yangfangdian-2026", "3.2")]
    [InlineData("after_first_day", "2026-11-27")]
    [InlineData("with_first_day", "2026-11-26")]
    public void Fifteen_working_days_of_the_ninth_month_with_or_without_its_first_day(string choice, string due) =>
        Assert.Equal(
            History.Date(due),
            new History("yangfangdian-2026")
                .Decided("contract", new ReadingRecorded("3.2", "yfd-3.2-ninth", choice, "agreed"))
                .Statement(2)
                .DueOn
        );

    [Theory]
    [Clauses("jiuxianqiao-2025", "3.2.1")]
    [InlineData("2025-04-03T10:00:00+08:00", "2025-04-11")]
    [InlineData("2025-09-25T10:00:00+08:00", "2025-10-09")]
    [InlineData("2025-03-01T10:00:00+08:00", "2025-04-11")]
    public void The_first_instalment_is_due_five_working_days_after_the_latest_of_signing_effect_and_invoice(string received, string due)
    {
        var history = new History("jiuxianqiao-2025").Decided("period/1", Invoice("N-1", "1.00"), "finance-1", received);
        Assert.Null(history.Statement(1).DueOn);
        history
            .Decided("period/1", Invoice("N-2", "1347171.00"), "finance-1", "2025-12-31T10:00:00+08:00")
            .Decided("period/1", Invoice("N-3", "1347171.00"), "finance-1", received);
        Assert.Equal(History.Date(due), history.Statement(1).DueOn);
    }

    [Fact]
    [Clauses("yongdinglu-2026", "5", "5.1", "5.2", "5.3")]
    public void Instalments_wait_for_the_team_for_an_invoice_and_for_open_breaches()
    {
        var history = new History("yongdinglu-2026");
        Assert.Equal([GateKind.Invoice, GateKind.Team], history.Statement(1).Gates.Select(g => g.Kind));
        Assert.Equal([GateKind.Invoice, GateKind.NoOpenBreach], history.Statement(2).Gates.Select(g => g.Kind));
        Assert.Equal([GateKind.Invoice, GateKind.NoOpenBreach], history.Statement(3).Gates.Select(g => g.Kind));
        history
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1")
            .Decided("period/1", Invoice("N-1", "1163820.00"), "finance-1");
        Assert.Equal(PeriodStatus.Payable, history.Statement(1).Status);

        history
            .Decided("assessment/1", new DeductionAssessed("annex.2.1", "x", Cny.Parse("100.00")), time: "2026-06-01T10:00:00+08:00")
            .Assess("2026-06-30");
        Assert.False(history.Statement(2).Gates[1].Met);
        history.Decided("deduction/annex.2.1:1", new DeductionConfirmed());
        Assert.True(history.Statement(2).Gates[1].Met);
        history.Decided("deduction/annex.2.1:1", new DeductionDisputed("x"), "vendor-1");
        Assert.False(history.Statement(2).Gates[1].Met);
        history.Decided("deduction/annex.2.1:1", new DisputeDecided(DisputeOutcome.Upheld, "x"), "officer-2");
        Assert.True(history.Statement(2).Gates[1].Met);
    }

    [Fact]
    [Clauses("anding-2023", "3.2", "3.3")]
    public void A_quarter_is_paid_less_what_is_set_off_and_the_rest_stays_owed()
    {
        var items = Terms.Of("anding-2023").Rules<ScoreSheets>().Single().Rule.Items.ToDictionary(i => i.Item, i => i.Scores[0]);
        var history = new History("anding-2023").Decided(
            "claim/L",
            new LossClaimed("6.7", Cny.Parse("536580.01"), "x"),
            time: "2024-01-05T10:00:00+08:00"
        );
        history.Assess("2024-03-31");
        history.Decided("deduction/6.7:L", new DeductionConfirmed());
        Assert.Equal(("0.00", "0.01"), (history.Statement(1).NetPayable.ToString(), history.Statement(1).Shortfall.ToString()));
        history.Decided("period/2", new PeriodAccepted());
        Assert.False(history.Statement(2).Gates[0].Met);
        history.Decided("evaluation/2", new ScoreSheetSubmitted(2, "team", items, []));
        Assert.True(history.Statement(2).Gates[0].Met);
    }

    private static InvoiceReceived Invoice(string number, string amount) =>
        new(number, Cny.Parse(amount), InvoiceKind.VatGeneral, Percentage.Of(6), History.Date("2025-04-01"));
}
