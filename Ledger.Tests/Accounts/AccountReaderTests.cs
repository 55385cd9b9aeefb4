using Ledger.Api.Operations;
using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Simulation;
using Ledger.Projections.Accounts;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Accounts;

/// <summary>
/// The account by its snapshot and the account by folding the contract's stream are one account, and so are their statements.
/// </summary>
public sealed class AccountReaderTests
{
    [Fact]
    public async Task Statements_now_and_at_fifty_random_positions_of_a_simulated_year_are_one_however_far_the_snapshot_is()
    {
        var year = new DemoYear(Terms.Of("gaomidian-2025"), casesPerMonth: 200);
        var clock = year.Clock(new SetClock("2026-11-20T00:00:00Z"), _ => { });
        await using var database = await TestDatabase.RegisteredAsync(clock);
        var ledger = database.Ledger;
        await year.RunAsync(await ledger.BusAsync(), ledger.Importer, ledger.Accounts, clock, _ => { }, default);

        // Without a snapshot, with one that is behind, with one at the end.
        await AssertNowIsThenAsync(database);
        await ledger.Models.RebuildAsync(default);
        await DecideAsync(ledger);
        await AssertNowIsThenAsync(database);
        Assert.Equal(5, (await ledger.Models.RebuildAsync(default)).Contracts);
        await AssertNowIsThenAsync(database);
        Assert.Equal((5, null), await new AccountVerifier(ledger.Database).VerifyAsync(default));

        // A fold that was stopped at each position in turn, against one from the start.
        var dice = new Dice(4711);
        var head = (await ledger.Log.HeadAsync(default)).Position;
        ContractAccount? account = null;
        var reached = 0L;
        foreach (
            var position in Enumerable.Range(0, 50).Select(i => i % 5 == 0 ? head - dice.Between(0, 60) : dice.Between(2, head)).Order()
        )
        {
            await foreach (var e in ledger.Log.ReadAsync(reached, position, "gaomidian-2025", EventCatalogue.MassFacts))
            {
                account = AccountReader.Evolve(account, e);
            }

            reached = position;
            AssertSame(account, (await ledger.Accounts.AtAsync("gaomidian-2025", position, default)).Account);
        }
    }

    [Fact]
    public async Task A_moment_outside_the_log_and_an_unknown_contract_are_told_apart()
    {
        await using var database = await TestDatabase.CreateAsync();
        var read = database.Ledger.Read;
        Assert.Equal(
            ErrorCode.ContractUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => read.AllAsync("gaomidian-2025", null, default))).Code
        );
        Assert.Equal(
            ErrorCode.MomentUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => read.AllAsync("gaomidian-2025", 1, default))).Code
        );
        await Ledgers.RegisterAllAsync(database.Ledger);
        Assert.Equal(
            ErrorCode.ContractUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => read.AllAsync("gaomidian-2025", 0, default))).Code
        );
        Assert.Equal(
            ErrorCode.ContractUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => read.AllAsync("_ledger", null, default))).Code
        );
        Assert.Equal(4, (await read.AllAsync("gaomidian-2025", 2, default)).Count);
        Assert.Equal(
            ErrorCode.PeriodUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => read.OneAsync("gaomidian-2025", 5, null, default))).Code
        );
    }

    [Fact]
    public async Task An_account_that_was_read_before_is_forgotten_when_the_log_is_another()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        var ledger = database.Ledger;
        await Ledgers.ImportSampleAsync(ledger, "gaomidian-first-quarter");
        await ledger.AssessAsync("gaomidian-2025", History.At("2026-02-10T23:59:59+08:00"));
        async Task AssertProposedAsync(string amount) =>
            Assert.Equal(amount, (await ledger.Read.OneAsync("gaomidian-2025", 1, null, default)).Totals.Proposed.ToString());
        await AssertProposedAsync("16000.00");

        // Beneath the service the log was replaced by one with as many events, the last of them another.
        const string Last = "(select seq_id from ledger.mt_events where stream_id = 'gaomidian-2025' order by version desc limit 1)";
        await database.TamperAsync(
            "delete from ledger.mt_doc_contract_account; update ledger.mt_events set id = gen_random_uuid(), data = regexp_replace("
                + "data::text, '\"amount\": *\"[^\"]*\"', '\"amount\":\"1.00\"')::json where stream_id = 'gaomidian-2025' and version > 1"
        );
        await AssertProposedAsync("6.00");

        // By one that is shorter.
        await database.TamperAsync($"delete from ledger.mt_events where seq_id = {Last}");
        await AssertProposedAsync("6.00");
        Assert.Null((await ledger.Accounts.AtAsync("gaomidian-2025", null, default)).Account.LastRun);
    }

    /// <summary>Two officers at once: the second is decided anew on what the first left, and neither is lost.</summary>
    [Fact]
    public async Task Two_registrations_of_one_contract_are_one_and_two_assessments_at_once_both_stand()
    {
        await using var database = await TestDatabase.CreateAsync();
        var registrations = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => database.Ledger.RegisterAsync("gaomidian-2025")));
        Assert.Equal(1, registrations.Count(r => r.Recorded));
        Assert.All(registrations, r => Assert.Equal(1, r.Position));
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        var runs = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => database.Ledger.AssessAsync("gaomidian-2025", History.At("2026-02-10T23:59:59+08:00")))
        );
        Assert.Equal(4, runs.Select(r => r.Position).Distinct().Count());
        Assert.Equal(1, runs.Count(r => r.Proposed > 0));
        Assert.Equal("16000.00", (await database.Ledger.Read.OneAsync("gaomidian-2025", 1, null, default)).Totals.Proposed.ToString());
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    private static async Task AssertNowIsThenAsync(TestDatabase database)
    {
        var ledger = database.Ledger;
        var head = (await ledger.Log.HeadAsync(default)).Position;
        AssertSame(
            await ledger.Read.AllAsync("gaomidian-2025", head, default),
            await ledger.Read.AllAsync("gaomidian-2025", null, default)
        );
        AssertSame(
            await ledger.Read.SettlementAsync("gaomidian-2025", head, default),
            await ledger.Read.SettlementAsync("gaomidian-2025", null, default)
        );
        AssertSame(
            await ledger.Read.DeductionsAsync("gaomidian-2025", head, default),
            await ledger.Read.DeductionsAsync("gaomidian-2025", null, default)
        );

        // What Marten makes of the same snapshot and stream.
        await using var session = ledger.Store.LightweightSession("gaomidian-2025");
        AssertSame(
            await session.Events.FetchLatest<ContractAccount>("gaomidian-2025"),
            (await ledger.Accounts.AtAsync("gaomidian-2025", null, default)).Account
        );
    }

    /// <summary>Some decisions on top, so that statements hold every kind of figure.</summary>
    private static async Task DecideAsync(TestLedger ledger)
    {
        var open = (await ledger.Read.OneAsync("gaomidian-2025", 4, null, default)).Deductions.Where(d =>
            d.Status == DeductionStatus.Proposed
        );
        var issued = (await ledger.Read.DeductionsAsync("gaomidian-2025", null, default)).First(d =>
            d is { Period: <= 3, Status: DeductionStatus.Confirmed }
        );
        var first = open.Select(d => d.Id).Take(3).ToList();
        var at = Instant.FromUtc(2026, 11, 15, 1, 0);
        NewEvent Decision(string subject, EventData data, string actor) =>
            new("gaomidian-2025", subject, $"{subject}:{data.GetType().Name}", "test", at, actor, data);
        var report = await Ledgers.ImportAsync(
            ledger,
            [
                Decision($"deduction/{first[0]}", new DeductionConfirmed(), "officer-03"),
                Decision($"deduction/{first[1]}", new DeductionConfirmed(), "officer-03"),
                Decision($"deduction/{first[2]}", new DeductionWaived("goodwill"), "officer-03"),
                Decision($"deduction/{issued.Id}", new DeductionDisputed("not ours"), "vendor-01"),
                Decision($"deduction/{issued.Id}", new DisputeDecided(DisputeOutcome.Overturned, "indeed"), "officer-07"),
                Decision("period/4", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-01"),
                Decision("period/4", new PeriodAccepted(), "officer-02"),
                Decision("period/4", new StatementIssued(), "finance-01"),
            ]
        );
        Assert.Equal([], report.Errors.SelectMany(e => e.Faults));
        Assert.Equal(9, report.Recorded);
        Assert.True((await ledger.Read.OneAsync("gaomidian-2025", 4, null, default)).Totals.Adjustments > Cny.Zero);
    }

    private static void AssertSame<T>(T one, T other) =>
        Assert.Equal(
            System.Text.Encoding.UTF8.GetString(LedgerJson.Write(other)),
            System.Text.Encoding.UTF8.GetString(LedgerJson.Write(one))
        );
}
