using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Money;
using Ledger.Domain.Rates;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rates;

/// <summary>Rankings of a cycle: ties are ties, ranks are those of a competition, the cycle bounds what counts.</summary>
public sealed class CycleRankingsTests
{
    private static readonly YearMonth Cycle = new(2025, 11);

    [Fact]
    public void Units_are_ranked_by_their_composite_with_ties_and_those_without_cases_behind()
    {
        var history = new History("gaomidian-2025");
        Handled(history, "1", "b", resolved: true);
        Handled(history, "2", "a", resolved: true);
        Handled(history, "3", "c", resolved: false);
        Handled(history, "4", "d", resolved: false);
        history.Add("2025-12-03T10:00:00+08:00", "case/4", new ExclusionDecided(true));
        Assert.Equal(
            ["1 a 1 100.0000", "1 b 1 100.0000", "3 c 1 50.0000", "4 d 0 "],
            Of(history).Units.Select(u => $"{u.Rank} {u.Unit} {u.Counted} {u.Composite}")
        );
    }

    [Fact]
    public void Who_moved_is_told_with_the_events_and_with_those_that_moved_him()
    {
        var history = new History("gaomidian-2025");
        Handled(history, "1", "a", resolved: true);
        Handled(history, "2", "b", resolved: false);
        Handled(history, "3", "c", resolved: false);
        var before = BookOf(history);
        history.Add(
            "2025-12-03T10:00:00+08:00",
            "case/1",
            new CaseScored(Cycle, 40, true, false, Satisfaction.Dissatisfied),
            "city",
            "corrected"
        );
        history.Add(
            "2025-12-03T11:00:00+08:00",
            "case/2",
            new CaseScored(Cycle, 100, true, true, Satisfaction.Satisfied),
            "city",
            "raised"
        );
        var moves = BookOf(history).MovesSince(before, Cycle).Where(m => m.Ranking == "units").ToList();
        Assert.Equal("b", moves[0].Name);
        Assert.Equal((2, 1), (moves[0].RankBefore, moves[0].RankAfter));
        Assert.Equal(["raised"], moves[0].Events);
        Assert.Equal(["corrected"], moves.Single(m => m.Name == "a").Events);
        Assert.Empty(BookOf(history).MovesSince(BookOf(history), Cycle));
    }

    [Fact]
    public void One_who_is_only_overtaken_has_no_event_of_his_own()
    {
        var history = new History("gaomidian-2025");
        Handled(history, "1", "a", resolved: true);
        Handled(history, "2", "b", resolved: false);
        history.Add(
            "2025-12-02T10:00:00+08:00",
            "case/1",
            new CaseScored(Cycle, 90, true, true, Satisfaction.MostlySatisfied),
            "city",
            "a-scored"
        );
        var before = BookOf(history);
        history.Add(
            "2025-12-03T11:00:00+08:00",
            "case/2",
            new CaseScored(Cycle, 100, true, true, Satisfaction.Satisfied),
            "city",
            "raised"
        );
        var overtaken = BookOf(history).MovesSince(before, Cycle).Single(m => m is { Ranking: "units", Name: "a" });
        Assert.Equal((1, 2), (overtaken.RankBefore, overtaken.RankAfter));
        Assert.Empty(overtaken.Events);
        Assert.Equal(["b (gaomidian-2025)"], overtaken.MovedBy);
    }

    [Fact]
    public void Every_position_opens_into_its_events_and_every_case_says_why_it_counts()
    {
        var history = new History("gaomidian-2025");
        Handled(history, "1", "a", resolved: true);
        Handled(history, "2", "a", resolved: false);
        history.Add("2025-12-03T10:00:00+08:00", "case/2", new ExclusionDecided(true), id: "excluded");
        var book = BookOf(history);
        var position = book.Evidence(Cycle).Single(e => e is { Ranking: "units", Name: "a" });
        Assert.Equal(
            ["case_dispatched", "case_scored", "case_dispatched", "case_scored", "exclusion_decided"],
            position.Events.Select(e => e.Type.Alias)
        );
        var rates = book.Rates("gaomidian-2025", Cycle)!;
        Assert.Equal((2, 1), (rates.Scored, rates.Counted));
        Assert.Equal(
            ["True counted: scored in the cycle", "False left out: an exclusion was granted"],
            rates.Cases.Select(c => $"{c.Counted} {c.Why}")
        );
    }

    [Fact]
    public void A_seat_is_ranked_by_the_limits_that_it_kept_of_those_it_stopped_in_the_cycle()
    {
        var history = new History("gaomidian-2025");
        Signed(history, "1", "2025-11-30T23:59:00+08:00", minutes: 30, "seat-1");
        Signed(history, "2", "2025-11-10T09:00:00+08:00", minutes: 31, "seat-1");
        Signed(history, "3", "2025-11-11T09:00:00+08:00", minutes: 10, "seat-2");
        Signed(history, "4", "2025-12-01T00:00:00+08:00", minutes: 31, "seat-2");
        Assert.Equal(
            ["1 seat-2 1/1 1.0000", "2 seat-1 1/2 0.5000"],
            Of(history).Seats.Select(s => $"{s.Rank} {s.Seat} {s.Kept}/{s.Of} {s.Share}")
        );
    }

    [Fact]
    public void A_vendor_is_ranked_by_effective_deductions_per_ten_thousand_yuan_of_the_cycles_fee()
    {
        var deducted = new History("gaomidian-2025")
            .Decided("claim/in", new LossClaimed("4.4", Cny.Parse("1000.00"), "x"), time: "2025-11-30T23:59:59+08:00")
            .Decided("claim/out", new LossClaimed("4.4", Cny.Parse("1000.00"), "x"), time: "2025-12-01T00:00:00+08:00")
            .Decided("claim/proposed", new LossClaimed("4.4", Cny.Parse("1000.00"), "x"), time: "2025-11-15T00:00:00+08:00");
        deducted.Assess("2025-12-31");
        deducted.Decided("deduction/4.4:in", new DeductionConfirmed()).Decided("deduction/4.4:out", new DeductionConfirmed());

        // Thirty of 365 days of 4,315,200.00 and of 1,924,530.00.
        var other = new History("jiuxianqiao-2025");
        other.Assess("2025-11-10");
        Assert.Equal(
            ["1 158180.55 0.00 0.0000 2025-11-10", "2 354673.97 1000.00 28.1949 2025-11-30"],
            Of(deducted, other, new History("anding-2023"))
                .Vendors.Select(v => $"{v.Rank} {v.Fee} {v.Deductions} {v.PerTenThousand} {v.AssessedUntil:uuuu-MM-dd}")
        );
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("2025-10-31", false)]
    [InlineData("2025-11-01", true)]
    public void A_vendor_of_whose_contracts_nothing_was_assessed_in_the_cycle_is_not_ranked_and_named(string? assessed, bool ranked)
    {
        var history = new History("jiuxianqiao-2025");
        if (assessed is not null)
        {
            history.Assess(assessed);
        }

        var rankings = Of(history);
        Assert.Equal(ranked ? 1 : 0, rankings.Vendors.Count);
        Assert.Equal(ranked ? [] : ["jiuxianqiao-2025"], rankings.NotAssessed.Select(n => n.Contract));
    }

    [Fact]
    public void Codes_that_two_contracts_share_are_two_units_and_two_seats()
    {
        var (one, other) = (new History("gaomidian-2025"), new History(Terms.Of("gaomidian-2025") with { Id = "second-2025" }));
        foreach (var (history, resolved, minutes) in new[] { (one, true, 10), (other, false, 31) })
        {
            Handled(history, "1", "unit-1", resolved);
            Signed(history, "2", "2025-11-10T09:00:00+08:00", minutes, "seat-1");
        }

        var rankings = Of(one, other);
        Assert.Equal(
            ["1 unit-1 gaomidian-2025 1", "2 unit-1 second-2025 1"],
            rankings.Units.Select(u => $"{u.Rank} {u.Unit} {u.Contract} {u.Counted}")
        );
        Assert.Equal(
            ["1 seat-1 gaomidian-2025 1/1", "2 seat-1 second-2025 0/1"],
            rankings.Seats.Select(s => $"{s.Rank} {s.Seat} {s.Contract} {s.Kept}/{s.Of}")
        );
        var positions = new CycleBook(99, [(one.Account, FactsOf(one)), (other.Account, FactsOf(other))]).Evidence(Cycle);
        Assert.Equal(
            ["gaomidian-2025 case_dispatched case_scored", "second-2025 case_dispatched case_scored"],
            positions.Where(p => p.Name == "unit-1").Select(p => $"{p.Contract} {string.Join(' ', p.Events.Select(e => e.Type.Alias))}")
        );
        Assert.All(positions.Where(p => p.Contract is not null), p => Assert.All(p.Events, e => Assert.Equal(p.Contract, e.Contract)));
    }

    [Theory]
    [InlineData(1, 2, null, null, "1 anding-2023|2 gaomidian-2025")]
    [InlineData(2, 2, null, null, "1 anding-2023|1 gaomidian-2025")]
    [InlineData(null, null, "90.1", "90.2", "1 gaomidian-2025|2 anding-2023")]
    [InlineData(1, null, "90.1", null, "1 anding-2023|2 gaomidian-2025")]
    public void Contracts_stand_by_the_citys_published_rating(
        int? firstRank,
        int? secondRank,
        string? firstScore,
        string? secondScore,
        string ranks
    )
    {
        var first = Rated("anding-2023", Tier.Excellent, firstScore, firstRank);
        var second = Rated("gaomidian-2025", Tier.Good, secondScore, secondRank);
        Assert.Equal(
            ranks,
            string.Join('|', Of(second, first, new History("yongdinglu-2026")).Contracts.Select(c => $"{c.Rank} {c.Contract}"))
        );
    }

    [Fact]
    public async Task A_ranking_is_replayed_at_any_position()
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        var history = new History("gaomidian-2025");
        Handled(history, "1", "a", resolved: false);
        Handled(history, "2", "b", resolved: true);
        await Ledgers.ImportAsync(
            database.Ledger,
            history.Events.Skip(1).Select(e => new NewEvent(e.Contract, e.Subject, e.Id, e.Source, e.OccurredAt, e.Actor, e.Data))
        );
        var before = (await database.Ledger.Log.HeadAsync(default)).Position;
        await Ledgers.ImportAsync(
            database.Ledger,
            [
                new NewEvent("gaomidian-2025", "case/1", "later", "test", History.At("2025-12-09T10:00:00+08:00"), "city", Score(true)),
                new NewEvent("gaomidian-2025", "case/2", "later-2", "test", History.At("2025-12-09T10:00:00+08:00"), "city", Score(false)),
            ]
        );
        async Task<string> Units(long position) =>
            string.Join(' ', (await database.Ledger.Rankings.RankingsAsync(Cycle, position, default)).Units.Select(u => u.Unit));
        Assert.Equal(("b a", "a b"), (await Units(before), await Units(before + 2)));
    }

    private static History Rated(string contract, Tier tier, string? score, int? rank) =>
        new History(contract).Add(
            "2025-12-05T09:00:00+08:00",
            "rating/2025-11",
            new MonthlyRatingPublished(
                Cycle,
                tier,
                score is null ? null : decimal.Parse(score, System.Globalization.CultureInfo.InvariantCulture),
                rank
            )
        );

    private static void Handled(History history, string number, string unit, bool resolved) =>
        history
            .Add("2025-11-03T09:00:00+08:00", $"case/{number}", new CaseDispatched(unit))
            .Add("2025-12-02T09:00:00+08:00", $"case/{number}", Score(resolved));

    private static CaseScored Score(bool resolved) => new(Cycle, 80, true, resolved, Satisfaction.Satisfied);

    private static void Signed(History history, string number, string received, int minutes, string seat) =>
        history
            .Add(received, $"case/{number}", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine))
            .Add(
                (History.At(received) + Duration.FromMinutes(minutes)).ToString("uuuu-MM-dd'T'HH:mm:ss'Z'", null),
                $"case/{number}",
                new CaseSigned(),
                seat
            );

    private static CycleRankings Of(params History[] histories) =>
        CycleRankings.Of([.. histories.Select(h => (h.Account, FactsOf(h)))], Cycle);

    private static ContractFacts FactsOf(History history)
    {
        var facts = new ContractFacts();
        history.Events.ToList().ForEach(facts.Add);
        return facts;
    }

    private static CycleBook BookOf(History history)
    {
        var facts = new ContractFacts();
        foreach (var e in history.Events)
        {
            facts.Add(e);
        }

        return new CycleBook(history.Events.Count, [(history.Account, facts)]);
    }
}
