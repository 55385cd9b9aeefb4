using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Settlements;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Decisions;

/// <summary>Amendments move the term or change clauses from a date on; renewals add a term.</summary>
public sealed class AmendmentTests
{
    private static readonly ReportDocument[] AllDocuments = Enum.GetValues<ReportDocument>();

    [Fact]
    [Clauses("gaomidian-2025", "1.2")]
    public void A_written_notice_moves_the_term_and_all_periods_with_it()
    {
        var history = new History("gaomidian-2025").Add("2026-02-02T10:00:00+08:00", "case/1", Zero(2026, 2));
        history.Assess("2026-02-03");
        Assert.Equal(2, history.Account.Deductions["4.6.1:case/1:2026-02"].Period);
        history.Decided("contract", Amended("2025-11-15", from: "2025-11-15", to: "2026-11-14"));
        Assert.Equal(
            ["2025-11-15 2026-02-14", "2026-02-15 2026-05-14", "2026-05-15 2026-08-14", "2026-08-15 2026-11-14"],
            history.Account.Schedule.Select(p => $"{p.From:uuuu-MM-dd} {p.To:uuuu-MM-dd}")
        );
        Assert.Equal(1, history.Account.Deductions["4.6.1:case/1:2026-02"].Period);
        Assert.Single(history.Statement(1).Deductions);
    }

    [Fact]
    public void A_longer_term_has_more_periods_and_needs_a_total_that_fits()
    {
        var history = new History("gaomidian-2025");
        Refused(history, Amended("2026-01-01", to: "2027-01-27"), "$.data");
        Refused(history, Amended("2026-01-01", to: "2027-01-26"), "$.data.to");
        history.Decided("contract", Amended("2026-01-01", to: "2027-01-27", terms: """{"total":"5394000.00"}"""));
        Assert.Equal((5, "1078800.00"), (history.Account.Schedule.Count, history.Statement(5).Gross.ToString()));
        Assert.Equal("5394000.00", Settlement.Build(history.Account).Earned.ToString());
    }

    [Fact]
    public void A_last_period_of_fewer_months_has_fewer_fees()
    {
        var history = new History("gaomidian-2025").Decided(
            "contract",
            Amended("2026-10-01", to: "2026-12-27", terms: """{"total":"5034400.00"}""")
        );
        Assert.Equal(
            ("2026-10-28 2026-12-27", "719200.00"),
            ($"{history.Statement(5).From:uuuu-MM-dd} {history.Statement(5).To:uuuu-MM-dd}", history.Statement(5).Gross.ToString())
        );
    }

    [Theory]
    [InlineData("2025-10-28", null)]
    [InlineData("2025-10-29", "$.data.effectiveFrom")]
    [InlineData("2026-07-28", "$.data.effectiveFrom")]
    public void The_fee_of_a_period_that_began_before_is_not_changed(string effectiveFrom, string? path)
    {
        const string Cheaper =
            """{"total":"4051200.00","payment":{"schedule":"service_months","months":3,"fees":[{"line":"hotline","monthly":"200000.00"},{"line":"patrol","monthly":"137600.00"}]}}""";
        Assert.Equal(
            path,
            new History("gaomidian-2025").Decide("contract", Amended(effectiveFrom, terms: Cheaper)).Select(f => f.Path).FirstOrDefault()
        );
    }

    [Theory]
    [InlineData("yongdinglu-2026", "2026-06-01", "2027-05-31", "2026-06-01 2026-06-08|2026-06-09 2026-10-30|2026-10-31 2027-05-31")]
    [InlineData("yangfangdian-2026", "2026-04-06", "2027-04-05", "2026-04-06 2026-04-27|2026-04-28 2026-12-27|2026-12-28 2027-04-05")]
    public void The_cut_offs_of_instalments_move_with_the_term(string contract, string from, string to, string periods) =>
        Assert.Equal(
            periods,
            string.Join(
                '|',
                new History(contract)
                    .Decided("contract", Amended(from, from: from, to: to))
                    .Account.Schedule.Select(p => $"{p.From:uuuu-MM-dd} {p.To:uuuu-MM-dd}")
            )
        );

    [Theory]
    [InlineData("2025-12-01T23:59:59.999999+08:00", "5000.00")]
    [InlineData("2025-12-02T00:00:00+08:00", "8000.00")]
    public void A_changed_clause_judges_what_arises_from_its_date_on(string scored, string amount)
    {
        var history = new History("gaomidian-2025")
            .Add(scored, "case/1", Zero(2025, 11))
            .Decided("contract", Amended("2025-12-02", terms: ZeroCosts("8000.00")));
        Assert.Equal([$"4.6.1:case/1:2025-11 {amount} {ChinaDate(scored)}"], history.Finds("2025-12-31", "4.6.1"));
    }

    [Fact]
    public void A_term_lengthened_by_days_earns_by_its_whole_months()
    {
        var history = new History("jiuxianqiao-2025")
            .Decided("contract", Amended("2025-04-10", from: "2025-04-10", to: "2026-04-23"))
            .Decided("contract", new ContractTerminated(History.Date("2025-12-11"), "6.5", TerminationCause.PolicyChange));
        Assert.Equal("1293366.94", Settlement.Build(history.Account).Earned.ToString());
    }

    [Theory]
    [InlineData("15000.00", "2026-08-12", "20000.00", 0)]
    [InlineData("15000.00", "2026-10-01", "20000.00", 1)]
    [InlineData("90000.00", "2026-09-30", "40000.00", 1)]
    [InlineData("90000.00", "2026-10-01", "40000.00", 0)]
    public void An_amendment_neither_makes_nor_unmakes_a_right_that_arose_before_it(string above, string claimed, string amount, int rights)
    {
        var history = new History("yangfangdian-2026")
            .Decided("claim/L", new LossClaimed("9.1", Cny.Parse(amount), "x", LossKind.PropertyDamage), time: $"{claimed}T10:00:00+08:00")
            .Decided(
                "contract",
                Amended(
                    "2026-10-01",
                    terms: $$"""{"clauses":[{"number":"9.2.3","title":"x","titleZh":"x","class":"computed","rules":[{"block":"large_claim_right","above":"{{above}}","kind":"property_damage","sum":"single"}]}]}"""
                )
            );
        Assert.Equal(rights, history.Rights().Count);
    }

    [Fact]
    public void A_later_amendment_with_an_earlier_date_replaces_the_one_between()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-10T10:00:00+08:00", "case/1", Zero(2025, 10))
            .Add("2025-11-20T10:00:00+08:00", "case/2", Zero(2025, 10))
            .Add("2025-12-10T10:00:00+08:00", "case/3", Zero(2025, 11))
            .Decided("contract", Amended("2025-12-01", terms: ZeroCosts("8000.00")))
            .Decided("contract", Amended("2025-11-15", terms: ZeroCosts("9000.00")));
        Assert.Equal(
            ["5000.00", "9000.00", "9000.00"],
            history.Assess("2025-12-31").Where(f => f.Clause == "4.6.1").Select(f => f.Amount.ToString())
        );
    }

    [Fact]
    public void What_is_proposed_is_proposed_anew_under_the_amended_clause_and_what_is_decided_stays()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-12-10T10:00:00+08:00", "case/1", Zero(2025, 11))
            .Add("2025-12-10T10:00:00+08:00", "case/2", Zero(2025, 11));
        history.Assess("2025-12-31");
        history
            .Decided("deduction/4.6.1:case/1:2025-11", new DeductionConfirmed())
            .Decided("contract", Amended("2025-12-01", terms: ZeroCosts("8000.00")))
            .Assess("2026-01-01");
        Assert.Equal(["5000.00", "8000.00"], history.Statement(1).Deductions.Select(d => d.Amount.ToString()));
    }

    [Fact]
    public void A_reading_holds_for_the_terms_before_an_amendment_too()
    {
        var history = new History("gaomidian-2025").Decided("contract", Amended("2026-01-01", terms: ZeroCosts("8000.00")));
        for (var n = 1; n <= 3; n++)
        {
            history.Add($"2025-11-0{n}T10:00:00+08:00", $"complaint/{n}", new ComplaintReceived("x", false));
        }

        history.Decided("contract", new ReadingRecorded("4.6.3", "gmd-4.6.3-which", "all", "agreed"));
        Assert.Equal(["4.6.3:3 5000.00 2025-11-03"], history.Finds("2025-12-31", "4.6.3"));
    }

    [Theory]
    [InlineData("2026-01-27", null, "$.data.effectiveFrom")]
    [InlineData("2026-01-28", null, null)]
    [InlineData("2026-01-28", "2026-10-28", "$.data")]
    public void A_locked_period_is_not_touched(string effectiveFrom, string? to, string? path)
    {
        var history = new History("gaomidian-2025")
            .Decided("period/1", new PeriodReportSubmitted(AllDocuments), "vendor-1")
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1");
        var amended = to is null ? Amended(effectiveFrom, terms: ZeroCosts("8000.00")) : Amended(effectiveFrom, from: "2025-10-29", to: to);
        Assert.Equal(path, history.Decide("contract", amended).Select(f => f.Path).FirstOrDefault());
    }

    [Theory]
    [InlineData("""{"id":"x"}""", "$.data.terms.id")]
    [InlineData("""{"from":"2026-01-01"}""", "$.data.terms.from")]
    [InlineData("""{"colour":"red"}""", "$.data.terms.colour")]
    [InlineData("""{"total":"1.00"}""", "$.data.terms.payment")]
    [InlineData("[]", "$.data.terms")]
    [InlineData("{}", "$.data")]
    public void An_amendment_that_is_no_good_is_refused_with_its_path(string terms, string path) =>
        Refused(new History("gaomidian-2025"), Amended("2026-01-01", terms: terms), path);

    [Fact]
    public void Nothing_is_amended_or_renewed_after_the_end()
    {
        var ended = new History("gaomidian-2025").Decided(
            "contract",
            new ContractTerminated(History.Date("2026-02-01"), "7.1", TerminationCause.Mutual)
        );
        Refused(ended, Amended("2026-03-01", terms: ZeroCosts("8000.00")), "$.type");
        Refused(ended, Renewal("2026-10-28", "2027-10-27", "4315200.00"), "$.type");
    }

    [Theory]
    [Clauses("yangfangdian-2026", "2.2")]
    [InlineData("2027-03-06", "2028-03-05", "2717880.00", true, "2717880.00", null)]
    [InlineData("2027-03-06", "2028-03-05", "2717880.01", true, "3000000.00", "$.data.price")]
    [InlineData("2027-03-06", "2028-03-05", "2500000.00", true, "2499999.99", "$.data.approvedBudget")]
    [InlineData("2027-03-06", "2028-03-05", "2500000.00", true, null, "$.data.approvedBudget")]
    [InlineData("2027-03-06", "2028-03-05", "2500000.00", false, "2500000.00", "$.data.assessmentPassed")]
    [InlineData("2027-03-07", "2028-03-05", "2500000.00", true, "2500000.00", "$.data.from")]
    [InlineData("2027-03-06", "2029-03-05", "2500000.00", true, "2500000.00", null)]
    [InlineData("2027-03-06", "2029-03-06", "2500000.00", true, "2500000.00", "$.data.to")]
    [InlineData("2027-03-06", "2027-11-28", "2500000.00", true, "2500000.00", null)]
    [InlineData("2027-03-06", "2027-11-27", "2500000.00", true, "2500000.00", "$.data.to")]
    [InlineData("2027-03-06", "2028-03-05", "0.00", true, "2500000.00", "$.data.price")]
    public void A_renewal_stays_inside_its_clause(string from, string to, string price, bool passed, string? budget, string? path) =>
        Assert.Equal(
            path,
            new History("yangfangdian-2026")
                .Decide("contract", Renewal(from, to, price, passed, budget))
                .Select(f => f.Path)
                .FirstOrDefault()
        );

    [Fact]
    [Clauses("yangfangdian-2026", "2.2")]
    public void A_third_renewal_is_refused_and_the_periods_number_on()
    {
        var history = new History("yangfangdian-2026")
            .Decided("contract", Renewal("2027-03-06", "2028-03-05", "2470800.00"))
            .Decided("contract", Renewal("2028-03-06", "2028-12-05", "1000000.03"));
        Assert.Equal(
            [
                "2026-03-06 2026-03-27 1235400.00",
                "2026-03-28 2026-11-27 741240.00",
                "2026-11-28 2027-03-05 494160.00",
                "2027-03-06 2027-03-27 1235400.00",
                "2027-03-28 2027-11-27 741240.00",
                "2027-11-28 2028-03-05 494160.00",
            ],
            history.Account.Schedule.Take(6).Select(p => $"{p.From:uuuu-MM-dd} {p.To:uuuu-MM-dd} {p.Gross}")
        );
        Assert.Equal(["500000.02", "300000.01", "200000.00"], history.Account.Schedule.Skip(6).Select(p => p.Gross.ToString()));
        Refused(history, Renewal("2028-12-06", "2029-03-05", "1000000.00"), "$.type");
    }

    [Fact]
    public void A_renewed_period_has_the_gates_the_due_date_and_the_fees_of_its_place_in_the_term()
    {
        var history = new History("yangfangdian-2026").Decided("contract", Renewal("2027-03-06", "2028-03-05", "2470800.00"));
        Assert.Equal(history.Statement(3).Gates.Select(g => g.Kind), history.Statement(6).Gates.Select(g => g.Kind));
        Assert.Equal((History.Date("2027-03-26"), true), (history.Statement(4).DueOn!.Value, history.Statement(4).DueProvisional));
        Assert.Equal("instalment-6", history.Statement(6).Fees.Single().Line);
    }

    [Fact]
    [Clauses("gaomidian-2025", "9.1")]
    [Clauses("anding-2023", "9.1")]
    [Clauses("jiuxianqiao-2025", "9.1")]
    public void A_contract_that_only_says_it_may_be_renewed_sets_no_bounds()
    {
        foreach (
            var (contract, from, to) in new[]
            {
                ("gaomidian-2025", "2026-10-28", "2027-10-27"),
                ("anding-2023", "2024-12-26", "2025-12-25"),
                ("jiuxianqiao-2025", "2026-04-03", "2027-04-02"),
            }
        )
        {
            var history = new History(contract).Decided("contract", Renewal(from, to, "4400000.00", passed: false));
            Assert.Equal(Cny.Parse("4400000.00"), history.Account.Schedule.Where(p => p.From >= History.Date(from)).Sum(p => p.Gross));
        }

        Refused(new History("yongdinglu-2026"), Renewal("2027-05-01", "2028-04-30", "1.00"), "$.type");
    }

    [Fact]
    public void Shares_of_the_price_are_shares_of_the_term_in_which_they_arise()
    {
        var history = new History("gaomidian-2025")
            .Decided("contract", Renewal("2026-10-28", "2027-10-27", "4000000.00"))
            .Decided("claim/old", new LiquidatedDamagesClaimed("6.2"), time: "2026-10-27T23:59:59+08:00")
            .Decided("claim/new", new LiquidatedDamagesClaimed("6.2"), time: "2026-10-28T00:00:00+08:00");
        Assert.Equal(["6.2:old 1294560.00 2026-10-27", "6.2:new 1200000.00 2026-10-28"], history.Finds("2026-11-30", "6.2"));
        Assert.Equal((4, 5), (history.Account.Deductions["6.2:old"].Period, history.Account.Deductions["6.2:new"].Period));
    }

    [Fact]
    public void A_renewed_contract_that_ends_early_has_earned_its_first_term_in_whole()
    {
        var history = new History("yangfangdian-2026")
            .Decided("contract", Renewal("2027-03-06", "2028-03-05", "2470800.00"))
            .Decided("contract", new ContractTerminated(History.Date("2027-03-06"), "9.4", TerminationCause.PolicyChange));
        var s = Settlement.Build(history.Account);
        Assert.Equal("2477550.82", s.Earned.ToString());
        Assert.Equal(["1235400.00", "741240.00", "494160.00", "6750.82", "0.00", "0.00"], s.Periods.Select(p => p.Gross.ToString()));
    }

    private static void Refused(History history, EventData data, string path) =>
        Assert.Contains(history.Decide("contract", data), f => f.Path == path);

    private static ContractAmended Amended(string effectiveFrom, string? from = null, string? to = null, string? terms = null) =>
        new(
            History.Date(effectiveFrom),
            "notice 1",
            from is null ? null : History.Date(from),
            to is null ? null : History.Date(to),
            terms is null ? null : JsonElement.Parse(terms)
        );

    private static ContractRenewed Renewal(string from, string to, string price, bool passed = true, string? budget = "3000000.00") =>
        new(History.Date(from), History.Date(to), Cny.Parse(price), passed, budget is null ? null : Cny.Parse(budget));

    private static string ZeroCosts(string amount) =>
        $$"""{"clauses":[{"number":"4.6.1","title":"Zero-score case","titleZh":"零分工单","class":"computed","rules":[{"block":"zero_score_case","amount":"{{amount}}"}]}]}""";

    private static CaseScored Zero(int year, int month) => new(new YearMonth(year, month), 0, true, false, Satisfaction.Dissatisfied);

    private static string ChinaDate(string time) => Domain.Time.ChinaTime.DateOf(History.At(time)).ToString("uuuu-MM-dd", null);
}
