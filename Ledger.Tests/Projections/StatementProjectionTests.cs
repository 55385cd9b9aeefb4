using Ledger.Api.Operations;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Simulation;
using Ledger.EventStore;
using Ledger.Projections.Statements;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Projections;

/// <summary>The statement by projection and the statement by folding the contract's events are one statement.</summary>
public sealed class StatementProjectionTests
{
    [Fact]
    public async Task They_agree_for_every_period_at_the_head_and_at_fifty_random_positions_of_a_simulated_year()
    {
        await using var database = await TestDatabase.CreateAsync(new SetClock("2026-11-20T00:00:00Z"));
        var ledger = database.Ledger;
        await Ledgers.RegisterAllAsync(ledger);
        var year = new DemoYear(Terms.Of("gaomidian-2025"));
        await year.RunAsync(ledger, _ => { }, default);
        await DecideAsync(ledger);

        var head = (await ledger.Log.Reader.HeadAsync(default)).Position;
        Assert.True(head > 100_000, $"the demo year holds only {head} events");
        AssertSame(await ledger.Read.LiveAsync("gaomidian-2025", default), await ledger.Read.AsOfAsync("gaomidian-2025", head, default));

        // A projection that starts anew and stops at each position in turn, beside the live one.
        await database.ExecuteAsync("update projections.checkpoints set position = 0; delete from projections.accounts; delete from projections.period_statements");
        var dice = new Dice(4711);
        foreach (var position in Enumerable.Range(0, 50).Select(i => i % 5 == 0 ? head - dice.Between(0, 60) : dice.Between(2, head)).Order())
        {
            await ledger.Statements.CatchUpAsync(default, position);
            AssertSame(await ledger.Read.ProjectedAsync("gaomidian-2025", default), await ledger.Read.AsOfAsync("gaomidian-2025", position, default));
        }
    }

    [Fact]
    public async Task Two_processes_that_catch_up_at_once_count_each_event_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Ledgers.RegisterAllAsync(database.Ledger);
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await AssessContract.RunAsync(database.Ledger, "gaomidian-2025", History.At("2026-02-10T23:59:59+08:00"), default);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new StatementProjection(database.Ledger.Database, database.Ledger.Log.Reader).CatchUpAsync(default)));
        Assert.Equal("16000.00", (await database.Ledger.Read.LiveAsync("gaomidian-2025", default))[0].Totals.Proposed.ToString());
    }

    [Fact]
    public async Task A_moment_outside_the_log_and_an_unknown_contract_are_told_apart()
    {
        await using var database = await TestDatabase.CreateAsync();
        var read = database.Ledger.Read;
        Assert.Equal(ErrorCode.ContractUnknown, (await Assert.ThrowsAsync<LedgerException>(() => read.LiveAsync("gaomidian-2025", default))).Code);
        Assert.Equal(ErrorCode.MomentUnknown, (await Assert.ThrowsAsync<LedgerException>(() => read.AsOfAsync("gaomidian-2025", 1, default))).Code);
        await Ledgers.RegisterAllAsync(database.Ledger);
        Assert.Equal(ErrorCode.ContractUnknown, (await Assert.ThrowsAsync<LedgerException>(() => read.AsOfAsync("gaomidian-2025", 0, default))).Code);
        Assert.Equal(4, (await read.AsOfAsync("gaomidian-2025", 2, default)).Count);
    }

    /// <summary>Some decisions on top, so that statements hold every kind of figure.</summary>
    private static async Task DecideAsync(Api.Hosting.LedgerRuntime ledger)
    {
        var first = (await ledger.Read.LiveAsync("gaomidian-2025", default))[0].Deductions.Select(d => d.Id).Take(3).ToList();
        var at = Instant.FromUtc(2026, 11, 15, 1, 0);
        NewEvent Decision(string subject, EventData data, string actor) => new("gaomidian-2025", subject, $"{subject}:{data.GetType().Name}", "test", at, actor, data);
        var report = await Ledgers.ImportAsync(ledger,
        [
            Decision($"deduction/{first[0]}", new DeductionConfirmed(), "officer-1"),
            Decision($"deduction/{first[1]}", new DeductionConfirmed(), "officer-1"),
            Decision($"deduction/{first[2]}", new DeductionWaived("goodwill"), "officer-1"),
            Decision("period/1", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1"),
            Decision("period/1", new PeriodAccepted(), "officer-1"),
            Decision("period/1", new StatementIssued(), "finance-1"),
            Decision($"deduction/{first[0]}", new DeductionDisputed("not ours"), "vendor-1"),
            Decision($"deduction/{first[0]}", new DisputeDecided(DisputeOutcome.Overturned, "indeed"), "officer-2"),
        ]);
        Assert.Empty(report.Errors);
        Assert.Equal(9, report.Recorded);
        var next = (await ledger.Read.LiveAsync("gaomidian-2025", default))[1];
        Assert.True(next.Totals.Adjustments > Cny.Zero);
    }

    private static void AssertSame<T>(T projected, T folded) => Assert.Equal(
        System.Text.Encoding.UTF8.GetString(LedgerJson.Write(folded)), System.Text.Encoding.UTF8.GetString(LedgerJson.Write(projected)));
}
