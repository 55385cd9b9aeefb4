using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Rates;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rates;

/// <summary>The three rates, their schemes and cycles.</summary>
public sealed class ThreeRatesTests
{
    private static readonly YearMonth Cycle = new(2025, 11);

    [Fact]
    public void The_three_rates_count_what_the_city_scored_and_the_composite_weighs_them()
    {
        var rates = RatesOf(
            Scored("1", true, true, Satisfaction.Satisfied),
            Scored("2", true, false, Satisfaction.MostlySatisfied),
            Scored("3", false, false, Satisfaction.Dissatisfied)
        );
        Assert.Equal(
            (3, "0.6667", "0.3333", "0.6333"),
            (rates.Counted, rates.Response.ToString(), rates.Resolution.ToString(), rates.Satisfaction.ToString())
        );

        // 100 × (0.10 × 2/3 + 0.50 × 1/3 + 0.40 × 1.9/3)
        Assert.Equal("48.6667", rates.Composite.ToString());
    }

    [Fact]
    public void A_rate_over_nothing_is_not_applicable()
    {
        var none = RatesOf();
        Assert.Equal((0, null, null), (none.Counted, none.Response, none.Composite));
        Assert.Null(RatesOf(Scored("1", true, true, Satisfaction.Satisfied), ("1", new ExclusionDecided(true))).Resolution);
    }

    [Fact]
    public void Each_row_says_whether_it_counts_and_why()
    {
        var rows = ThreeRates.RowsOf(
            Facts(
                Scored("1", true, true, Satisfaction.Satisfied),
                Scored("2", true, true, Satisfaction.Satisfied),
                ("2", new ExclusionDecided(true)),
                ("3", new CaseClosed())
            ),
            Cycle
        );
        Assert.Equal(
            ["case/1 True counted: scored in the cycle", "case/2 False left out: an exclusion was granted"],
            rows.Select(r => $"{r.Subject} {r.Counted} {r.Why}")
        );
        Assert.Equal(2, rows[1].Evidence.Count);
    }

    [Fact]
    public void Only_the_latest_scoring_of_the_cycle_itself_counts()
    {
        var rates = RatesOf(
            Scored("1", false, false, Satisfaction.Dissatisfied),
            Scored("1", true, true, Satisfaction.Satisfied),
            ("1", new CaseScored(new YearMonth(2025, 12), 0, false, false, Satisfaction.Dissatisfied))
        );
        Assert.Equal((1, "1.0000"), (rates.Counted, rates.Resolution.ToString()));
    }

    [Theory]
    [InlineData(2025, 10, "illustrative")]
    [InlineData(2025, 11, "second")]
    [InlineData(2025, 12, "second")]
    [InlineData(2026, 1, "third")]
    public void A_scheme_holds_from_its_cycle_on_and_of_one_cycle_the_last_recorded(int year, int month, string scheme) =>
        Assert.Equal(
            scheme,
            ScoringScheme
                .InForce([Adopted("third", 2026, 1), Adopted("first", 2025, 11), Adopted("second", 2025, 11)], new YearMonth(year, month))
                .Name
        );

    [Theory]
    [InlineData(CycleKind.CalendarMonth, "2025-11-30", "2025-11", "2025-11-01", "2025-11-30")]
    [InlineData(CycleKind.From19th, "2025-11-18", "2025-11", "2025-10-19", "2025-11-18")]
    [InlineData(CycleKind.From19th, "2025-11-19", "2025-12", "2025-11-19", "2025-12-18")]
    [InlineData(CycleKind.From19th, "2025-12-31", "2026-01", "2025-12-19", "2026-01-18")]
    [InlineData(CycleKind.From19th, "2024-02-29", "2024-03", "2024-02-19", "2024-03-18")]
    public void A_date_belongs_to_its_calendar_month_or_from_the_nineteenth_on_to_the_next(
        CycleKind kind,
        string date,
        string cycle,
        string from,
        string to
    )
    {
        var scheme = ScoringScheme.Illustrative with { Cycle = kind };
        var found = scheme.CycleOf(History.Date(date));
        Assert.Equal(cycle, $"{found.Year:0000}-{found.Month:00}");
        Assert.Equal((History.Date(from), History.Date(to)), scheme.DaysOf(found));
    }

    [Fact]
    public void Ratios_are_exact_whatever_is_added_and_compared() =>
        Prop.ForAll<int, PositiveInt, PositiveInt>(
                (n, d, e) =>
                {
                    var (a, b) = (Ratio.Of(n, d.Get), Ratio.Of(1, e.Get));
                    return (a + b).CompareTo(a) > 0
                        && Ratio.Of(n, d.Get) == Ratio.Of((long)n * e.Get, (long)d.Get * e.Get)
                        && (a * b).CompareTo(Ratio.Of(n, (long)d.Get * e.Get)) == 0;
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 20_000, "0.0001")]
    [InlineData(1, 20_001, "0.0000")]
    [InlineData(-1, 20_000, "-0.0001")]
    [InlineData(-1, 20_001, "0.0000")]
    [InlineData(2, 3, "0.6667")]
    [InlineData(100, 1, "100.0000")]
    public void Rates_are_written_with_four_places_rounded_half_up(int numerator, int denominator, string text) =>
        Assert.Equal(text, Ratio.Of(numerator, denominator).ToString());

    private static ThreeRates RatesOf(params (string Case, EventData Data)[] events) =>
        ThreeRates.Of(ThreeRates.RowsOf(Facts(events), Cycle), ScoringScheme.Illustrative);

    private static ContractFacts Facts(params (string Case, EventData Data)[] events)
    {
        var history = new History("gaomidian-2025");
        var facts = new ContractFacts();
        foreach (var (index, (number, data)) in events.Index())
        {
            history.Add($"2025-12-02T10:00:{index:00}+08:00", $"case/{number}", data);
        }

        history.Events.ToList().ForEach(facts.Add);
        return facts;
    }

    private static (string Case, EventData Data) Scored(string number, bool responded, bool resolved, Satisfaction satisfaction) =>
        (number, new CaseScored(Cycle, 80, responded, resolved, satisfaction));

    private static ScoringSchemeAdopted Adopted(string name, int year, int month) =>
        new(name, new YearMonth(year, month), CycleKind.CalendarMonth, 0.2m, 0.4m, 0.4m, 0.8m);
}
