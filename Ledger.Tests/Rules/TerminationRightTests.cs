using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Tests.Support;

namespace Ledger.Tests.Rules;

/// <summary>Rights to terminate that claims, notices and breaches give.</summary>
public sealed class TerminationRightTests
{
    [Theory]
    [Clauses("yangfangdian-2026", "9.2.3")]
    [InlineData("single", LossKind.PropertyDamage, "30000.00", "0.01", "")]
    [InlineData("single", LossKind.PropertyDamage, "30000.01", "30000.00", "9.2.3:a 2026-05-01 open")]
    [InlineData("single", LossKind.Other, "99999.00", "99999.00", "")]
    [InlineData("cumulative", LossKind.PropertyDamage, "30000.00", "0.01", "9.2.3:b 2026-05-02 open")]
    [InlineData("cumulative", LossKind.PropertyDamage, "20000.00", "10000.00", "")]
    [InlineData("cumulative", LossKind.PropertyDamage, "30000.01", "30000.01", "9.2.3:a 2026-05-01 open")]
    public void Property_damage_above_thirty_thousand_entitles_termination_and_together_if_read_so(
        string sum,
        LossKind kind,
        string first,
        string second,
        string rights
    )
    {
        var history = new History("yangfangdian-2026")
            .Decided("contract", new ReadingRecorded("9.2.3", "yfd-9.2.3-sum", sum, "agreed"))
            .Decided("claim/b", new LossClaimed("9.3", Cny.Parse(second), "x", kind), time: "2026-05-02T10:00:00+08:00")
            .Decided("claim/a", new LossClaimed("9.1", Cny.Parse(first), "x", kind), time: "2026-05-01T10:00:00+08:00");
        Assert.Equal(rights, string.Join('|', history.Rights()));
    }

    [Theory]
    [Clauses("yangfangdian-2026", "9.2.5")]
    [InlineData("2026-09-20", null, "2026-09-30", "")]
    [InlineData("2026-09-20", null, "2026-10-01", "9.2.5:plan 2026-10-01 open")]
    [InlineData("2026-09-21", null, "2026-10-08", "")]
    [InlineData("2026-09-21", null, "2026-10-09", "9.2.5:plan 2026-10-09 open")]
    [InlineData("2026-09-20", "2026-09-30", "2026-12-01", "")]
    [InlineData("2026-09-20", "2026-10-01", "2026-12-01", "9.2.5:plan 2026-10-01 open")]
    public void A_breach_not_cured_ten_days_after_its_notice_entitles_termination(string noticed, string? cured, string asOf, string rights)
    {
        var history = new History("yangfangdian-2026")
            .Add(
                "2026-09-15T10:00:00+08:00",
                "obligation/plan",
                new ObligationOverdue("plan", History.Date("2026-09-14"), cured is null ? null : History.Date(cured))
            )
            .Add("2026-09-21T10:00:00+08:00", "claim/plan", new NoticeReceived(History.Date(noticed), NoticeOf.Breach));
        history.Assess(asOf);
        Assert.Equal(rights, string.Join('|', history.Rights()));
    }

    [Theory]
    [InlineData("contract", "2026-09-13", "")]
    [InlineData("contract", "2026-09-14", "9.2.5:plan 2026-09-25 open")]
    [InlineData("claim/other", "2026-09-14", "")]
    public void A_notice_under_the_contract_is_about_what_was_due_by_then(string subject, string noticed, string rights)
    {
        var history = new History("yangfangdian-2026")
            .Add("2026-09-15T10:00:00+08:00", "obligation/plan", new ObligationOverdue("plan", History.Date("2026-09-14")))
            .Add("2026-09-15T10:00:00+08:00", subject, new NoticeReceived(History.Date(noticed), NoticeOf.Breach));
        history.Assess("2026-12-01");
        Assert.Equal(rights, string.Join('|', history.Rights()));
    }

    [Fact]
    [Clauses("anding-2023", "4.4")]
    public void A_loss_by_misconduct_is_deducted_and_entitles_termination()
    {
        var history = new History("anding-2023")
            .Decided("claim/L", new LossClaimed("4.4", Cny.Parse("10.00"), "x"), time: "2024-02-29T23:59:59+08:00")
            .Decided("claim/M", new LossClaimed("6.7", Cny.Parse("10.00"), "x"), time: "2024-03-01T00:00:00+08:00");
        Assert.Equal(["4.4:L 10.00 2024-02-29"], history.Finds("2024-03-01", "4.4"));
        Assert.Equal(["4.4-termination:L 2024-02-29 open"], history.Rights());
        history.Decided(
            "contract",
            new ContractTerminated(History.Date("2024-03-05"), "4.4", TerminationCause.VendorBreach),
            time: "2024-03-05T10:00:00+08:00"
        );
        Assert.Equal(["4.4-termination:L 2024-02-29 exercised"], history.Rights());
    }

    [Fact]
    [Clauses("yongdinglu-2026", "8.3")]
    public void Refusing_emergency_orders_ends_all_further_payment_and_what_was_paid_is_earned()
    {
        var history = new History("yongdinglu-2026")
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1")
            .Decided(
                "period/1",
                new InvoiceReceived("N-1", Cny.Parse("1163820.00"), InvoiceKind.VatGeneral, Percentage.Of(6), History.Date("2026-05-05")),
                "finance-1",
                "2026-05-05T10:00:00+08:00"
            )
            .Decided(
                "period/1",
                new PaymentMade(Cny.Parse("1000000.00"), History.Date("2026-05-08")),
                "finance-1",
                "2026-05-08T10:00:00+08:00"
            )
            .Decided("contract", new ContractTerminated(History.Date("2026-06-10"), "8.3", TerminationCause.VendorBreach));
        Assert.Equal(
            "$.subject",
            Assert
                .Single(
                    history.Decide(
                        "period/1",
                        new PaymentMade(Cny.Parse("163820.00"), History.Date("2026-06-11")),
                        "finance-1",
                        "2026-06-11T10:00:00+08:00"
                    )
                )
                .Path
        );
        Assert.Equal("1000000.00", Domain.Settlements.Settlement.Build(history.Account).Earned.ToString());
    }

    [Fact]
    [Clauses("gaomidian-2025", "6.5")]
    public void A_loss_cannot_take_the_id_of_the_damages_on_termination()
    {
        var loss = new LossClaimed("6.5", Cny.Parse("500.00"), "x");
        Assert.Equal("$.subject", Assert.Single(new History("gaomidian-2025").Decide("claim/termination", loss)).Path);
        Assert.Empty(new History("gaomidian-2025").Decide("claim/termination", loss with { Clause = "6.4" }));
    }

    [Theory]
    [Clauses("gaomidian-2025", "5.6", "6.3")]
    [InlineData("6.3", "6.3-termination:6.3 2026-03-02 open")]
    [InlineData("6.3-cleaning", "6.3-termination:6.3-cleaning 2026-03-02 open")]
    [InlineData("5.6", "5.6-termination:5.6 2026-03-02 open")]
    [InlineData("plan", "")]
    public void Refused_requirements_and_subcontracting_are_recorded_as_a_breach_of_their_clause(string obligation, string right) =>
        Assert.Equal(
            right,
            string.Join(
                '|',
                new History("gaomidian-2025")
                    .Add(
                        "2026-03-02T10:00:00+08:00",
                        $"obligation/{obligation}",
                        new ObligationOverdue(obligation, History.Date("2026-03-01"))
                    )
                    .Rights()
            )
        );

    [Theory]
    [Clauses("anding-2023", "6.2", "6.3", "6.4", "6.7")]
    [Clauses("jiuxianqiao-2025", "6.2", "6.3", "6.4", "6.7")]
    [Clauses("yongdinglu-2026", "8.2", "8.3", "10.2", "12.2.3")]
    [InlineData("anding-2023", "6.2 6.3 6.4 6.7", "643896.00")]
    [InlineData("jiuxianqiao-2025", "6.2 6.3 6.4 6.7", "577359.00")]
    [InlineData("gaomidian-2025", "6.2", "1294560.00")]
    [InlineData("yongdinglu-2026", "8.2 8.3 10.2 12.2.3", "465528.00")]
    [InlineData("yangfangdian-2026", "", "")]
    public void Liquidated_damages_are_a_share_of_the_price_under_the_clauses_that_set_them(string contract, string clauses, string amount)
    {
        var terms = Terms.Of(contract);
        var day = terms.From.PlusDays(40).ToString("uuuu-MM-dd", null);
        foreach (var clause in terms.Clauses.Select(c => c.Number))
        {
            var history = new History(contract);
            var accepted = history.Decide("claim/D", new LiquidatedDamagesClaimed(clause), time: $"{day}T10:00:00+08:00").Count == 0;
            Assert.Equal(clauses.Split(' ').Contains(clause), accepted);
            Assert.Equal(accepted ? [$"{clause}:D {amount} {day}"] : [], history.Finds("2027-06-01", clause));
        }
    }

    [Theory]
    [Clauses("anding-2023", "4.4", "6.2", "6.3", "6.4", "6.7")]
    [Clauses("jiuxianqiao-2025", "4.4", "6.2", "6.3", "6.4", "6.7")]
    [Clauses("yangfangdian-2026", "4.2", "9.1", "9.3")]
    [Clauses("yongdinglu-2026", "6.1.6", "6.2.7", "8.1", "8.3", "8.4", "10.2", "10.3", "12.2.3")]
    [InlineData("anding-2023", "4.4 6.2 6.3 6.4 6.7")]
    [InlineData("jiuxianqiao-2025", "4.4 6.2 6.3 6.4 6.7")]
    [InlineData("yangfangdian-2026", "4.2 9.1 9.3")]
    [InlineData("yongdinglu-2026", "6.1.6 6.2.7 8.1 8.3 8.4 10.2 10.3 12.2.3")]
    [InlineData("gaomidian-2025", "3.6 4.4 5.8 5.9 6.2 6.4 6.5")]
    public void Losses_are_claimed_under_the_clauses_that_allow_them_and_no_other(string contract, string clauses)
    {
        var terms = Terms.Of(contract);
        var day = terms.From.PlusDays(40).ToString("uuuu-MM-dd", null);
        foreach (var clause in terms.Clauses.Select(c => c.Number))
        {
            var history = new History(contract);
            var accepted =
                history.Decide("claim/L", new LossClaimed(clause, Cny.Parse("0.01"), "x"), time: $"{day}T10:00:00+08:00").Count == 0;
            Assert.Equal(clauses.Split(' ').Contains(clause), accepted);
            Assert.Equal(accepted ? [$"{clause}:L 0.01 {day}"] : [], history.Finds("2027-06-01", clause));
        }
    }
}
