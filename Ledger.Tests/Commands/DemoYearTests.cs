using Ledger.Api.Operations;
using Ledger.Domain.Differences;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Tests.Support;

namespace Ledger.Tests.Commands;

/// <summary>The demo's year has a history: what its people decided stands between the facts, however often it was cut off.</summary>
public sealed class DemoYearTests
{
    private const string Contract = "gaomidian-2025";

    [Fact]
    public async Task Its_first_period_is_paid_the_second_is_payable_the_third_waits_for_an_invoice_and_the_last_for_decisions()
    {
        await using var database = await RunAsync(cutOffAfter: []);
        var statements = await database.Ledger.Read.AllAsync(Contract, null, default);
        Assert.Equal([PeriodStatus.Paid, PeriodStatus.Payable, PeriodStatus.Issued, PeriodStatus.Open], statements.Select(s => s.Status));
        Assert.Equal(statements[0].NetPayable, statements[0].Paid);
        Assert.Equal([0, 0, 0], statements.Take(3).Select(s => s.Totals.Proposed.Fen));
        Assert.True(statements[3].Totals.Proposed.IsPositive);
        Assert.True(statements[3].Totals.Disputed.IsPositive);
        Assert.True(statements.All(s => s.ActorsRegistered));

        // Each month is on record as soon as it is over: a date is a moment of the year.
        var march = await database.Ledger.Log.PositionAtAsync(History.At("2026-03-31T23:59:59+08:00"), default);
        var last = await database.Ledger.Log.ReadAsync(march - 1, march).SingleAsync();
        Assert.StartsWith(
            "2026-03-2",
            Ledger.Domain.Time.ChinaTime.Text(Ledger.Domain.Json.Instants.FromMicroseconds(last.RecordedAt)),
            StringComparison.Ordinal
        );

        // At the moments before each, it stood otherwise.
        var runs = await database.Ledger.Log.ReadAsync(0, long.MaxValue).Where(e => e.Type == "assessment_run").ToListAsync();
        var first = await database.Ledger.Read.OneAsync(Contract, 1, runs[2].Position, default);
        Assert.Equal((PeriodStatus.Open, 0), (first.Status, first.Paid.Fen));
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task Each_step_of_its_history_says_what_the_statements_of_its_position_say()
    {
        await using var database = await RunAsync(cutOffAfter: []);
        var steps = await database.Ledger.History.UpToAsync(Contract, null, default);

        // The same from what is kept as from the events.
        await database.Ledger.Models.CatchUpAsync(default);
        var kept = await database.Ledger.History.UpToAsync(Contract, null, default);
        Assert.Equal(Json(steps), Json(kept));
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from ledger.mt_doc_contract_steps where id = 'gaomidian-2025'"));
        Assert.Equal("contract_registered", steps[0].Type);
        Assert.Equal(12, steps.Count(s => s is { Type: "assessment_run", AsOf: not null }));
        Assert.Contains(steps, s => s is { Type: "payment_made", Actor: "finance-02", Subject: "period/1" });
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.True(pair.First.Position < pair.Second.First));
        foreach (var s in steps)
        {
            var then = await database.Ledger.Read.AllAsync(Contract, s.Position, default);
            Assert.Equal(
                (then.Sum(t => t.NetPayable), then.Sum(t => t.Totals.Proposed), then.Sum(t => t.Totals.Disputed), then.Sum(t => t.Paid)),
                (s.NetPayable, s.Proposed, s.Disputed, s.Paid)
            );
            Assert.Equal(then.Select(t => new PeriodThen(t.Period, t.Status, t.NetPayable)), s.Periods);
        }

        // Up to a position it is the same history, cut there.
        var half = steps[steps.Count / 2];
        Assert.Equal(steps.Count / 2, (await database.Ledger.History.UpToAsync(Contract, half.Position, default)).Count - 1);
        await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.History.UpToAsync("nobody", null, default));
    }

    [Fact]
    public async Task A_demo_that_was_cut_off_before_or_after_an_assessment_ends_with_the_same_log()
    {
        await using var whole = await RunAsync(cutOffAfter: []);
        await using var cut = await RunAsync(cutOffAfter: [1, 2, 7]);
        Assert.Equal(await SaidAsync(whole), await SaidAsync(cut));
    }

    /// <summary>Runs it, after as many runs that end when a month was imported and is not assessed yet; and once more at the end.</summary>
    private static async Task<TestDatabase> RunAsync(IEnumerable<int> cutOffAfter)
    {
        var clock = new DemoYear(Terms.Of(Contract)).Clock(new SetClock("2026-11-20T00:00:00Z"), _ => { });
        var database = await TestDatabase.RegisteredAsync(clock);
        foreach (var months in cutOffAfter.Append(int.MaxValue).Append(int.MaxValue))
        {
            var (ledger, done) = (database.Ledger, 0);
            var year = new DemoYear(Terms.Of(Contract), casesPerMonth: 120);
            void Progress(long events)
            {
                if (++done == months)
                {
                    throw new OperationCanceledException();
                }
            }

            try
            {
                await year.RunAsync(await ledger.BusAsync(), ledger.Importer, ledger.Accounts, clock, Progress, default);
            }
            catch (OperationCanceledException) when (months < int.MaxValue) { }
        }

        return database;
    }

    private static string Json(IReadOnlyList<HistoryStep> steps) => System.Text.Encoding.UTF8.GetString(LedgerJson.Write(steps));

    private static async Task<List<string>> SaidAsync(TestDatabase database) =>
        await database.Ledger.Log.ReadAsync(0, long.MaxValue).Select(e => $"{e.Type} {e.Subject} {e.Actor}").ToListAsync();
}
