using Ledger.Domain.Terms;
using Ledger.Tests.Support;

namespace Ledger.Tests.Contracts;

/// <summary>The terms files beside what is printed in the signed contracts: their clause numbers, amounts and dates.</summary>
public sealed class TermsTests
{
    public static TheoryData<string> Contracts => Terms.All;

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_numbered_clause_is_listed_once_and_in_printed_order(string contract) =>
        Assert.Equal(Printed(contract)[0], Terms.Of(contract).Clauses.Select(c => c.Number));

    [Clauses("gaomidian-2025", "3.1")]
    [Clauses("anding-2023", "3.1")]
    [Clauses("jiuxianqiao-2025", "3.1")]
    [Clauses("yangfangdian-2026", "3.1")]
    [Clauses("yongdinglu-2026", "4")]
    [Theory]
    [MemberData(nameof(Contracts))]
    public void The_total_and_every_period_fee_are_printed_amounts(string contract)
    {
        var terms = Terms.Of(contract);
        var printed = Printed(contract)[1];
        Assert.Contains(terms.Total.ToString(), printed);
        var fees = terms.Payment switch
        {
            InstalmentSchedule s => s.Instalments.Select(i => i.Amount),
            ServiceMonthSchedule { Fees.Count: > 1 } s => s.Fees.Select(f => f.Monthly),
            ServiceMonthSchedule s => [s.MonthlyTotal * s.Months],
            _ => [],
        };
        Assert.All(fees, fee => Assert.Contains(fee.ToString(), printed));
    }

    [Clauses("gaomidian-2025", "1.2")]
    [Clauses("anding-2023", "1.2", "10.2")]
    [Clauses("jiuxianqiao-2025", "1.2", "10.2")]
    [Clauses("yangfangdian-2026", "2.1")]
    [Clauses("yongdinglu-2026", "3", "12.1")]
    [Theory]
    [MemberData(nameof(Contracts))]
    public void The_term_and_the_signing_date_are_printed_dates(string contract)
    {
        var terms = Terms.Of(contract);
        var printed = Printed(contract)[2];
        Assert.Contains(terms.From.ToString("uuuu-MM-dd", null), printed);
        Assert.Contains(terms.To.ToString("uuuu-MM-dd", null), printed);
        Assert.True(terms.SignedOn is null || printed.Contains(terms.SignedOn.Value.ToString("uuuu-MM-dd", null)));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Reading_and_writing_terms_gives_them_back(string contract)
    {
        var terms = Terms.Of(contract);
        var again = TermsReader.Read(Domain.Json.LedgerJson.Write(terms), out _)!;
        Assert.Equal(Domain.Json.LedgerJson.Write(terms), Domain.Json.LedgerJson.Write(again));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void The_default_of_every_reading_is_what_the_terms_hold(string contract)
    {
        var terms = Terms.Of(contract);
        Assert.All(terms.Readings, r => Assert.Equal(r.Default, r.InForce(terms)));
        Assert.All(terms.Readings, r => Assert.All(r.Choices, c => Assert.Equal(c.Choice, r.InForce(r.Apply(terms, c.Choice)!))));
    }

    [Fact]
    public void Registration_findings_name_what_stands_out()
    {
        Assert.Equal(["signed_after_service_ended"], Terms.Of("anding-2023").RegistrationFindings().Select(f => f.Rule));
        Assert.Equal(["signing_date_missing"], Terms.Of("jiuxianqiao-2025").RegistrationFindings().Select(f => f.Rule));
        Assert.Equal(
            "article 7 is missing: the articles jump from 6 to 8",
            Assert.Single(Terms.Of("yongdinglu-2026").RegistrationFindings()).Text
        );
        Assert.Empty(Terms.Of("gaomidian-2025").RegistrationFindings());
        Assert.Empty(Terms.Of("yangfangdian-2026").RegistrationFindings());
    }

    [Clauses("gaomidian-2025", "3.1")]
    [Clauses("anding-2023", "3.2")]
    [Clauses("jiuxianqiao-2025", "3.2.1", "3.2.2")]
    [Clauses("yangfangdian-2026", "3.2")]
    [Clauses("yongdinglu-2026", "5.1", "5.2", "5.3")]
    [Theory]
    [InlineData(
        "anding-2023",
        "2023-12-26 2024-03-25 536580.00|2024-03-26 2024-06-25 536580.00|2024-06-26 2024-09-25 536580.00|2024-09-26 2024-12-25 536580.00"
    )]
    [InlineData(
        "gaomidian-2025",
        "2025-10-28 2026-01-27 1078800.00|2026-01-28 2026-04-27 1078800.00|2026-04-28 2026-07-27 1078800.00|2026-07-28 2026-10-27 "
            + "1078800.00"
    )]
    [InlineData("jiuxianqiao-2025", "2025-04-03 2025-04-03 1347171.00|2025-04-04 2026-04-02 577359.00")]
    [InlineData("yangfangdian-2026", "2026-03-06 2026-03-27 1235400.00|2026-03-28 2026-11-27 741240.00|2026-11-28 2027-03-05 494160.00")]
    [InlineData("yongdinglu-2026", "2026-05-01 2026-05-08 1163820.00|2026-05-09 2026-09-30 698292.00|2026-10-01 2027-04-30 465528.00")]
    public void The_payment_periods_are_these(string contract, string expected)
    {
        var terms = Terms.Of(contract);
        Assert.Equal(
            expected.Split('|'),
            terms.Payment.Periods(terms.From, terms.To).Select(p => $"{p.From:uuuu-MM-dd} {p.To:uuuu-MM-dd} {p.Gross}")
        );
    }

    [Clauses("yangfangdian-2026", "3.2")]
    [Clauses("yongdinglu-2026", "5.1", "5.2", "5.3")]
    [Theory]
    [InlineData("yangfangdian-2026", 1, "2026-03-27")]
    [InlineData("yangfangdian-2026", 2, "2026-11-27")]
    [InlineData("yangfangdian-2026", 3, null)]
    [InlineData("yongdinglu-2026", 1, "2026-05-08")]
    [InlineData("yongdinglu-2026", 2, "2026-09-30")]
    [InlineData("yongdinglu-2026", 3, "2027-05-31")]
    [InlineData("jiuxianqiao-2025", 1, null)]
    [InlineData("gaomidian-2025", 1, null)]
    public void Due_dates_known_from_the_terms_alone_are_these(string contract, int period, string? due) =>
        Assert.Equal(due, new History(contract).Statement(period).DueOn?.ToString("uuuu-MM-dd", null));

    [Theory]
    [InlineData("\"total\": \"4315200.00\"", "\"total\": \"4315200.01\"", "$.payment")]
    [InlineData("\"total\": \"4315200.00\"", "\"total\": 4315200", "$.total")]
    [InlineData("\"block\": \"zero_score_case\"", "\"block\": \"zero_case\"", ".block")]
    [InlineData(
        "\"block\": \"zero_score_case\", \"amount\": \"5000.00\"",
        "\"block\": \"zero_score_case\", \"amount\": \"0.00\"",
        ".amount"
    )]
    [InlineData("\"choice\": \"once\"", "\"choice\": \"twice\"", "$.readings[0].choices[1].choice")]
    [InlineData("\"number\": \"1.1\"", "\"number\": \"1.2\"", "$.clauses[1].number")]
    [InlineData("\"to\": \"2026-10-27\"", "\"to\": \"2025-10-27\"", "$.to")]
    [InlineData("\"titleZh\": \"0分工单扣款\"", "\"titelZh\": \"0分工单扣款\"", ".titelZh")]
    public void Wrong_terms_are_refused_with_the_path_of_what_is_wrong(string good, string bad, string path)
    {
        var text = System.Text.Encoding.UTF8.GetString(Terms.File("gaomidian-2025"));
        Assert.Contains(good, text, StringComparison.Ordinal);
        Assert.Null(
            TermsReader.Read(System.Text.Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal)), out var faults)
        );
        Assert.Contains(faults, f => f.Path.EndsWith(path, StringComparison.Ordinal));
    }

    [Fact]
    public void The_published_schema_is_that_of_the_code() => Golden.Equal("contracts/terms.schema.json", TermsSchema.Generate());

    private static string[][] Printed(string contract) =>
        [
            .. System
                .IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contracts", "printed", contract + ".txt"))
                .ReplaceLineEndings("\n")
                .Split("\n\n")
                .Select(part => part.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
        ];

    [Fact]
    public void A_name_that_stands_twice_in_a_file_is_told_so()
    {
        Assert.Null(TermsReader.Read("""{"id":"a","id":"b"}"""u8, out var faults));
        Assert.Contains("$.id: the property stands twice", faults.Select(f => f.ToString()));
    }
}
