using System.Text;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;
using Ledger.Domain.Simulation;
using Ledger.Domain.Terms;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rankings;

/// <summary>Rankings from the projection of cycles are those that the whole log yields, however far the projection has come.</summary>
public sealed class CycleProjectionTests
{
    private const string Contract = "gaomidian-2025";

    private static readonly YearMonth[] Cycles = [.. Enumerable.Range(0, 6).Select(i => new YearMonth(2025, 11).PlusMonths(i))];

    [Fact]
    public async Task Whether_it_never_ran_is_behind_or_at_the_end_every_cycle_ranks_as_the_whole_log_does()
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        var ledger = database.Ledger;
        var year = ServiceYear.Of(Terms.Of(Contract), 7, 60);
        var half = year.Count / 2;
        await Ledgers.ImportAsync(ledger, year.Take(half));
        await ledger.AssessAsync(Contract, History.At("2026-04-30T23:59:59+08:00"));
        await AssertSameAsync(database, progress: 0);

        await ledger.Models.CatchUpAsync(default);
        var reached = (await ledger.Log.HeadAsync(default)).Position;
        await AssertSameAsync(database, reached);

        await Ledgers.ImportAsync(ledger, year.Skip(half));
        await AssertSameAsync(database, reached);

        await ledger.Models.CatchUpAsync(default);
        var head = (await ledger.Log.HeadAsync(default)).Position;
        await AssertSameAsync(database, head);

        // Thrown away and made anew, it is the same; so it is in pages that break wherever they do.
        var rows = await RowsAsync(database);
        await ledger.Models.RebuildAsync(default);
        Assert.Equal(rows, await RowsAsync(database));
        await AssertSameAsync(database, head);
    }

    [Fact]
    public async Task A_scheme_whose_cycles_begin_on_the_19th_counts_other_days_of_the_same_cases()
    {
        await using var database = await YearAsync(casesPerMonth: 40);
        var ledger = database.Ledger;
        var before = await SameAsync(database, Cycles[1]);
        var scheme = new ScoringSchemeAdopted("from the 19th", Cycles[1], CycleKind.From19th, 0.1m, 0.5m, 0.4m, 0.9m);
        var adopted = new NewEvent(Contract, "scheme/1", "scheme-1", "test", History.At("2026-11-19T00:00:00+08:00"), "city", scheme);
        var report = await Ledgers.ImportAsync(ledger, [adopted]);
        Assert.Equal((1, ""), (report.Recorded, string.Join(';', report.Errors.SelectMany(e => e.Faults))));
        Assert.NotEqual(before, await SameAsync(database, Cycles[1]));
        await ledger.Models.CatchUpAsync(default);
        await SameAsync(database, Cycles[1]);
        await SameAsync(database, Cycles[0]);
    }

    [Fact]
    public async Task A_late_record_an_exclusion_and_changed_limits_move_what_was_counted_before()
    {
        await using var database = await YearAsync(casesPerMonth: 40);
        var ledger = database.Ledger;
        var before = await SameAsync(database, Cycles[1]);
        var scored = await database.ScalarAsync<string>(
            "select stream_id from ledger.case_scores where cycle = '2025-12' and unit is not null and counted order by 1 limit 1"
        );

        NewEvent[] late =
        [
            new(
                Contract,
                scored,
                "late-1",
                "test",
                History.At("2025-11-01T00:10:00+08:00"),
                "desk",
                new CaseDispatched("a-unit-that-was-first")
            ),
            new(Contract, scored, "late-2", "test", History.At("2026-01-10T00:00:00+08:00"), "city", new ExclusionDecided(true)),
        ];
        Assert.Equal(2, (await Ledgers.ImportAsync(ledger, late)).Recorded);
        var moved = await SameAsync(database, Cycles[1]);
        Assert.NotEqual(before, moved);
        await ledger.Models.CatchUpAsync(default);
        Assert.Equal(moved, await SameAsync(database, Cycles[1]));

        // Limits of a minute: hardly any was kept, though no case moved.
        var clauses = Terms
            .Of(Contract)
            .Clauses.Where(c => c.Rules?.Any(r => r is CaseLimits) == true)
            .Select(c => c with { Rules = [.. c.Rules!.Select(Shortened)] });
        var change = System.Text.Json.JsonElement.Parse($$"""{"clauses":{{Text(clauses)}}}""");
        var amended = new NewEvent(
            Contract,
            "contract",
            "amend-1",
            "test",
            History.At("2026-11-19T00:00:00+08:00"),
            "principal",
            new ContractAmended(new LocalDate(2025, 10, 28), "supplement 1", Terms: change)
        );
        var report = await Ledgers.ImportAsync(ledger, [amended]);
        Assert.Equal((1, ""), (report.Recorded, string.Join(';', report.Errors.SelectMany(e => e.Faults))));
        var shortened = await SameAsync(database, Cycles[1]);
        Assert.NotEqual(moved, shortened);
        await ledger.Models.CatchUpAsync(default);
        Assert.Equal(shortened, await SameAsync(database, Cycles[1]));
    }

    [Fact]
    public async Task Verify_names_the_case_whose_figures_are_not_what_its_events_yield()
    {
        await using var database = await YearAsync(casesPerMonth: 10);
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
        var subject = await database.ScalarAsync<string>("select min(stream_id) from ledger.case_scores where responded");
        await database.ExecuteAsync($"update ledger.case_scores set responded = false where stream_id = '{subject}'");
        Assert.Contains(subject, (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);
        await database.Ledger.Models.RebuildAsync(default);
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    private static async Task<TestDatabase> YearAsync(int casesPerMonth)
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        await Ledgers.ImportAsync(database.Ledger, ServiceYear.Of(Terms.Of(Contract), 7, casesPerMonth));
        await database.Ledger.Models.CatchUpAsync(default);
        return database;
    }

    private static async Task AssertSameAsync(TestDatabase database, long progress)
    {
        await using (var connection = await database.Ledger.Database.OpenConnectionAsync())
        {
            Assert.Equal(progress, await ProjectionProgress.AtAsync(connection, CycleProjection.Shard, default));
        }

        foreach (var cycle in Cycles)
        {
            await SameAsync(database, cycle);
        }
    }

    /// <summary>The rankings now, which are those at the log's end and those of all cases.</summary>
    private static async Task<string> SameAsync(TestDatabase database, YearMonth cycle)
    {
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var now = Text(await database.Ledger.Rankings.RankingsAsync(cycle, null, default));
        Assert.Equal(Text((await database.Ledger.Rankings.BookAsync(head, default)).Rankings(cycle)), now);
        Assert.Equal(Text(await database.Ledger.Rankings.RankingsAsync(cycle, head, default)), now);
        return now;
    }

    private static string Text<T>(T value) => Encoding.UTF8.GetString(LedgerJson.Write(value));

    private static RuleBlock Shortened(RuleBlock rule) =>
        rule is CaseLimits limits
            ? limits with
            {
                Limits = [.. limits.Limits.Select(l => l.Minutes is null ? l : l with { Minutes = 1 })],
            }
            : rule;

    private static async Task<string> RowsAsync(TestDatabase database) =>
        await database.ScalarAsync<string>(
            """
            select concat(
                (select md5(string_agg(t::text, '|' order by t::text)) from ledger.case_scores t),
                (select md5(string_agg(t::text, '|' order by t::text)) from ledger.case_clocks t),
                (select md5(string_agg(t::text, '|' order by t::text)) from ledger.case_months t))
            """
        );
}
