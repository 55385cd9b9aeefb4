using Ledger.Api.Operations;
using Ledger.EventStore;
using Ledger.EventStore.Checkpoints;
using Ledger.Tests.Bundles;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Attacks;

/// <summary>
/// Attacks on the log's tables by somebody with every right on the database (docs/attacks.md). The crude ones are named by
/// their position; the careful ones, who make every hash right again, by the signed checkpoint that was kept outside.
/// </summary>
public sealed class LogAttacks
{
    private const string Crude = "does not hash to its leaf";
    private const string Rewritten = "the log was rewritten";

    [Theory]
    [InlineData("update ledger.events set data = '{\"pretty\":true}' where position = 7", 7, Crude)]
    [InlineData("update ledger.events set data = (data::text || ' ')::json where position = 7", 7, Crude)]
    public async Task Attack_01_edit_data(string sql, long position, string problem) => await AssertNamedAsync(sql, position, problem);

    [Fact]
    public async Task Attack_01_edit_data_and_make_every_hash_right_again() =>
        await AssertRewriteNamedAsync(events => events.Select(e => e.Position == 7 ? e with { Data = """{"reason":"x"}"""u8.ToArray() } : e), Rewritten);

    [Theory]
    [InlineData("update ledger.events set occurred_at = occurred_at - interval '1 hour' where position = 8", 8, Crude)]
    [InlineData("update ledger.events set recorded_at = recorded_at - interval '1 second' where position = 8", 8, "recorded before")]
    [InlineData("update ledger.events set actor = 'someone-else' where position = 9", 9, Crude)]
    public async Task Attack_02_edit_a_time_or_an_actor(string sql, long position, string problem) => await AssertNamedAsync(sql, position, problem);

    /// <summary>Every column is in the leaf; what is left is what stands beside the events, and two ways of writing nothing.</summary>
    [Theory]
    [InlineData("update ledger.head set recorded_at = recorded_at + interval '1 second'", null, "the head's recorded time")]
    [InlineData("update ledger.head set frontier = overlay(frontier placing '\\x00' from 3)", null, "the frontier in the head")]
    [InlineData("update ledger.events set causation = '' where position = 4", 4, "an empty text")]
    [InlineData("update ledger.events set leaf_hash = sha256('x') where position = 4", 4, Crude)]
    [InlineData("update ledger.events set occurred_at = '20000-01-01' where position = 4", 4, "cannot be read")]
    [InlineData("delete from ledger.head", null, "the head row is missing")]
    public async Task Attack_03_edit_a_column_outside_the_leaf(string sql, int? position, string problem) => await AssertNamedAsync(sql, position, problem);

    [Fact]
    public async Task Attack_04_swap_two_rows()
    {
        await AssertNamedAsync("update ledger.events set position = -7 where position = 7; update ledger.events set position = 7 where position = 9; update ledger.events set position = 9 where position = -7", 7, "");
        await AssertRewriteNamedAsync(events => [.. events.Take(6), events[8], events[7], events[6], .. events.Skip(9)], Rewritten);
    }

    [Fact]
    public async Task Attack_05_delete_a_middle_row()
    {
        await AssertNamedAsync("delete from ledger.events where position = 7", 7, "missing");
        await AssertRewriteNamedAsync(events => events.Where(e => e.Position != 7), "events are missing", "are not those");
    }

    [Fact]
    public async Task Attack_06_delete_the_tail()
    {
        await using var database = await ReadyAsync();
        var size = (await database.Ledger.Log.Reader.HeadAsync(default)).Position;
        await Insider.RewriteAsync(database, events => events.Take(events.Count - 1));
        await AssertNamedAsync(database, size, $"the log ends at {size - 1}, and the signed checkpoint");

        // The service notices by itself: the signer remembers.
        var refused = await Assert.ThrowsAsync<LedgerException>(() => Insider.Publisher(database, new OnlySigner(database)).PublishAsync(default));
        Assert.Equal(ErrorCode.CheckpointRefused, refused.Code);
        await AssertNamedAsync("delete from ledger.events where position = (select max(position) from ledger.events)", null, "the last event is");
    }

    [Fact]
    public async Task Attack_07_insert_a_back_dated_row() =>
        await AssertRewriteNamedAsync(events => [.. events.Take(6), events[6] with { EventId = "inserted", Stream = events[6].Contract + "/complaint/inserted" }, .. events.Skip(6)], Rewritten);

    [Fact]
    public async Task Attack_18_the_clock_is_set_back_and_forward()
    {
        var clock = new SetClock("2026-03-01T00:00:00Z");
        await using var database = await TestDatabase.CreateAsync(clock);
        foreach (var (time, id) in new[] { ("2026-03-02T00:00:00Z", "a"), ("2020-01-01T00:00:00Z", "b"), ("2031-01-01T00:00:00Z", "c"), ("2026-03-03T00:00:00Z", "d") })
        {
            clock.Now = History.At(time);
            await database.Ledger.Log.AppendAsync([new AppendEvent("c", "c/case/1", "case_signed", id, "src", 0, "a", null, null, "{}"u8.ToArray())], default);
        }

        var recorded = new List<Instant>();
        await foreach (var e in database.Ledger.Log.Reader.ReadAsync(0, 9))
        {
            recorded.Add(Instant.FromUnixTimeTicks(e.Event.RecordedAt * 10));
        }

        Assert.Equal(["2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z"], recorded.Select(r => r.ToString()));
        Assert.True((await VerifyLedger.RunAsync(database.Ledger, null, default)).Ok);
    }

    /// <summary>An index that says it covers every row and lacks one: readers by it do not see that row, the table is whole.</summary>
    [Theory]
    [InlineData("events_contract_position_idx", "create index damaged on ledger.events (contract, position) where position <> 7", "events_contract_position_idx shows")]
    [InlineData("events_stream_version_key", "create unique index damaged on ledger.events (stream, version) where position <> 7", "events_stream_version_key shows")]
    [InlineData("events_pkey", "create unique index damaged on ledger.events (position) where position <> 7", null)]
    public async Task Attack_26_a_corrupted_index_hides_rows(string index, string damaged, string? problem)
    {
        await using var database = await ReadyAsync();
        var drop = index == "events_contract_position_idx" ? $"drop index ledger.{index}" : $"alter table ledger.events drop constraint {index}";
        await database.ExecuteAsync($"{drop}; {damaged}; set allow_system_table_mods = on; update pg_index set indpred = null where indexrelid = 'ledger.damaged'::regclass; alter index ledger.damaged rename to {index}");
        var verified = await VerifyLedger.RunAsync(database.Ledger, null, default);

        // The log is walked by position: a primary key that hides a row shows as a hole, or the table is read itself.
        Assert.True(problem is null ? verified.Ok || verified.Position == 7 : verified.Problem?.Contains(problem, StringComparison.Ordinal) == true, verified.ToString());
    }

    [Theory]
    [InlineData("update projections.period_statements set statement = jsonb_set(statement::jsonb, '{netPayable}', '\"1.00\"')::json where contract = 'gaomidian-2025' and period = 1", "gaomidian-2025")]
    [InlineData("delete from projections.period_statements where contract = 'gaomidian-2025' and period = 4", "gaomidian-2025")]
    [InlineData("update projections.accounts set account = jsonb_set(account::jsonb, '{terms,total}', '\"1.00\"')::json where contract = 'anding-2023'", "anding-2023")]
    public async Task Attack_27_edit_a_projection(string sql, string contract)
    {
        await using var database = await ReadyAsync();
        await database.Ledger.Statements.CatchUpAsync(default);
        await database.TamperAsync(sql);
        Assert.Contains(contract, (await VerifyLedger.RunAsync(database.Ledger, null, default)).Problem, StringComparison.Ordinal);
    }

    private static async Task<TestDatabase> ReadyAsync()
    {
        var database = await BundleTests.LedgerAsync();
        await database.Ledger.Checkpoints.PublishAsync(default);
        return database;
    }

    private static async Task AssertNamedAsync(string sql, long? position, string problem)
    {
        await using var database = await ReadyAsync();
        await database.TamperAsync(sql);
        await AssertNamedAsync(database, position, problem);
    }

    private static async Task AssertNamedAsync(TestDatabase database, long? position, string problem)
    {
        var verified = await VerifyLedger.RunAsync(database.Ledger, null, default);
        Assert.False(verified.Ok);
        Assert.Contains(problem, verified.Problem, StringComparison.Ordinal);
        Assert.True(position is null || verified.Position == position, verified.ToString());
    }

    /// <summary>Without a checkpoint such a log would verify; with one it is told, from the first position that it may concern.</summary>
    private static async Task AssertRewriteNamedAsync(Func<IReadOnlyList<StoredEvent>, IEnumerable<StoredEvent>> change, params string[] problems)
    {
        await using var database = await BundleTests.LedgerAsync();
        await Insider.RewriteAsync(database, change);
        Assert.True((await new EventStore.Verifying.LogVerifier(database.Ledger.Database).VerifyAsync(EventStore.Verifying.RetainedCheckpoints.None, null, default)).Ok);

        await using var published = await ReadyAsync();
        await Insider.RewriteAsync(published, change);
        var verified = await VerifyLedger.RunAsync(published.Ledger, null, default);
        Assert.False(verified.Ok);
        Assert.Contains(problems, p => verified.Problem!.Contains(p, StringComparison.Ordinal));
        Assert.InRange(verified.Position!.Value, 1, 100);
    }

    /// <summary>The signer of a ledger, asked again by a service that was started anew.</summary>
    private sealed class OnlySigner(TestDatabase database) : ISigner
    {
        public Task<CheckpointPolicy> PolicyAsync(CancellationToken cancel) => database.Ledger.Checkpoints.PolicyAsync(cancel);

        public Task<SignAnswer> SignAsync(SignRequest request, CancellationToken cancel) => throw new InvalidOperationException("not asked: the checkpoint file already tells");
    }
}
