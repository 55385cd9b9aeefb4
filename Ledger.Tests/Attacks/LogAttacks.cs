using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
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
    [InlineData("update ledger.mt_events set data = '{\"pretty\":true}' where seq_id = 7", 7, Crude)]
    [InlineData("update ledger.mt_events set data = data || '{\"more\":\"x\"}' where seq_id = 7", 7, Crude)]
    public async Task Attack_01_edit_data(string sql, long position, string problem) => await AssertNamedAsync(sql, position, problem);

    [Fact]
    public async Task Attack_01_edit_data_and_make_every_hash_right_again() =>
        await AssertRewriteNamedAsync(
            events => events.Select(e => e.Position == 7 ? e with { Data = """{"reason":"x"}"""u8.ToArray() } : e),
            Rewritten
        );

    [Theory]
    [InlineData(
        "update ledger.mt_events set headers = jsonb_set(headers, '{time}', '\"2020-01-01T00:00:00Z\"') where seq_id = 8",
        8,
        Crude
    )]
    [InlineData("update ledger.mt_events set timestamp = timestamp - interval '1 second' where seq_id = 8", 8, "recorded before")]
    [InlineData("update ledger.mt_events set headers = jsonb_set(headers, '{actor}', '\"someone-else\"') where seq_id = 9", 9, Crude)]
    public async Task Attack_02_edit_a_time_or_an_actor(string sql, long position, string problem) =>
        await AssertNamedAsync(sql, position, problem);

    /// <summary>Every column is in the leaf or follows from it; what is left is what stands beside the events.</summary>
    [Theory]
    [InlineData("update ledger.mt_events set mt_dotnet_type = 'Somebody.Else, Elsewhere' where seq_id = 4", 4, "mt_dotnet_type")]
    [InlineData("update ledger.mt_events set is_archived = true where seq_id = 4", 4, "archived")]
    [InlineData("update ledger.mt_events set bdata = '\\x00' where seq_id = 4", 4, "binary")]
    [InlineData("update ledger.mt_events set headers = headers || '{\"more\":\"x\"}' where seq_id = 4", 4, "none of the ledger's")]
    [InlineData(
        "update ledger.mt_events set headers = jsonb_set(headers, '{time}', to_jsonb(replace(headers ->> 'time', 'Z', '+00:00'))) "
            + "where seq_id = 4",
        4,
        "not written as the ledger"
    )]
    [InlineData("update ledger.mt_events set causation_id = '' where seq_id = 4", 4, "an empty text")]
    [InlineData("update ledger.mt_streams set version = version + 1 where id = 'gaomidian-2025'", null, "the row was changed")]
    [InlineData("update ledger.mt_streams set is_archived = true where id = 'gaomidian-2025'", null, "the row was changed")]
    public async Task Attack_03_edit_a_column_outside_the_leaf(string sql, int? position, string problem) =>
        await AssertNamedAsync(sql, position, problem);

    [Fact]
    public async Task Attack_04_swap_two_rows()
    {
        await AssertNamedAsync(
            "update ledger.mt_events set seq_id = -7 where seq_id = 7; update ledger.mt_events set seq_id = 7 where seq_id = 9; "
                + "update ledger.mt_events set seq_id = 9 where seq_id = -7",
            7,
            ""
        );
        await AssertRewriteNamedAsync(events => [.. events.Take(6), events[8], events[7], events[6], .. events.Skip(9)], Rewritten);
    }

    [Fact]
    public async Task Attack_05_delete_a_middle_row()
    {
        await AssertNamedAsync("delete from ledger.mt_events where seq_id = 7", 7, "missing");
        await AssertRewriteNamedAsync(events => events.Where(e => e.Position != 7), "events are missing", "are not those");
    }

    [Fact]
    public async Task Attack_06_delete_the_tail()
    {
        await using var database = await ReadyAsync();
        var size = (await database.Ledger.Log.HeadAsync(default)).Position;
        await Insider.RewriteAsync(database, events => events.Take(events.Count - 1));
        await AssertNamedAsync(database, size, $"the log ends at {size - 1}, and the signed checkpoint");

        // The service notices by itself: the signer remembers.
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            Insider.Publisher(database, new OnlySigner(database)).PublishAsync(default)
        );
        Assert.Equal(ErrorCode.CheckpointRefused, refused.Code);
        await AssertNamedAsync(
            "delete from ledger.mt_events where seq_id = (select max(seq_id) from ledger.mt_events)",
            null,
            "beyond the log's end"
        );
    }

    [Fact]
    public async Task Attack_07_insert_a_back_dated_row() =>
        await AssertRewriteNamedAsync(events => [.. events.Take(6), events[6] with { EventId = "inserted" }, .. events.Skip(6)], Rewritten);

    [Fact]
    public async Task Attack_18_the_clock_is_set_back_and_forward()
    {
        var clock = new SetClock("2026-03-01T00:00:00Z");
        await using var database = await TestDatabase.CreateAsync(clock);
        foreach (
            var (time, id) in new[]
            {
                ("2026-03-02T00:00:00Z", "a"),
                ("2020-01-01T00:00:00Z", "b"),
                ("2031-01-01T00:00:00Z", "c"),
                ("2026-03-03T00:00:00Z", "d"),
            }
        )
        {
            clock.Now = History.At(time);
            await database.Ledger.Facts.RecordAsync(Fact.Of("case/1", id), default);
        }

        var recorded = new List<Instant>();
        await foreach (var e in database.Ledger.Log.ReadAsync(0, 9))
        {
            recorded.Add(Instant.FromUnixTimeTicks(e.RecordedAt * 10));
        }

        Assert.Equal(
            ["2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z"],
            recorded.Select(r => r.ToString())
        );
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    /// <summary>An index that says it covers every row and lacks one: readers by it do not see that row, the table is whole.</summary>
    [Theory]
    [InlineData(
        "mt_events_tenant_id_seq_id",
        "create index damaged on ledger.mt_events (tenant_id, seq_id) where seq_id <> 7",
        "mt_events_tenant_id_seq_id shows"
    )]
    [InlineData(
        "pk_mt_events_stream_and_version",
        "create unique index damaged on ledger.mt_events (tenant_id, stream_id, version) where seq_id <> 7",
        "pk_mt_events_stream_and_version shows"
    )]
    [InlineData(
        "idx_mt_events_event_id",
        "create unique index damaged on ledger.mt_events (id) where seq_id <> 7",
        "idx_mt_events_event_id shows"
    )]
    [InlineData("pkey_mt_events_seq_id", "create unique index damaged on ledger.mt_events (seq_id) where seq_id <> 7", null)]
    public async Task Attack_26_a_corrupted_index_hides_rows(string index, string damaged, string? problem)
    {
        await using var database = await ReadyAsync();
        var drop = problem is null ? $"alter table ledger.mt_events drop constraint {index}" : $"drop index ledger.{index}";
        await database.ExecuteAsync(
            $"{drop}; {damaged}; set allow_system_table_mods = on; update pg_index set indpred = null where indexrelid = "
                + $"'ledger.damaged'::regclass; alter index ledger.damaged rename to {index}"
        );
        var verified = await database.Ledger.VerifyAsync();

        // The log is walked by position: a primary key that hides a row shows as a hole, or the table is read itself.
        Assert.True(
            problem is null ? verified.Ok || verified.Position == 7 : verified.Problem?.Contains(problem, StringComparison.Ordinal) == true,
            verified.ToString()
        );
    }

    [Theory]
    [InlineData(
        "update ledger.mt_doc_contract_account set data = jsonb_set(data, '{settlement,refunded}', '\"1.00\"') where id = 'gaomidian-2025'",
        "gaomidian-2025"
    )]
    [InlineData("delete from ledger.mt_doc_contract_account where id = 'gaomidian-2025'", "gaomidian-2025")]
    [InlineData("update ledger.mt_doc_contract_account set tenant_id = 'nobody' where id = 'gaomidian-2025'", "nobody")]
    [InlineData(
        "update ledger.mt_doc_contract_account set data = jsonb_set(data, '{terms,total}', '\"1.00\"') where id = 'anding-2023'",
        "anding-2023"
    )]
    public async Task Attack_27_edit_a_projection(string sql, string contract)
    {
        await using var database = await ReadyAsync();
        await database.Ledger.Models.RebuildAsync(default);
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
        await database.TamperAsync(sql);
        Assert.Contains(contract, (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);
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
        var verified = await database.Ledger.VerifyAsync();
        Assert.False(verified.Ok);
        Assert.Contains(problem, verified.Problem, StringComparison.Ordinal);
        Assert.True(position is null || verified.Position == position, verified.ToString());
    }

    /// <summary>Without a checkpoint such a log would verify; with one it is told, from the first position that it may concern.</summary>
    private static async Task AssertRewriteNamedAsync(
        Func<IReadOnlyList<StoredEvent>, IEnumerable<StoredEvent>> change,
        params string[] problems
    )
    {
        await using var database = await BundleTests.LedgerAsync();
        await Insider.RewriteAsync(database, change);
        Assert.True((await Fact.VerifyAsync(database)).Ok);

        await using var published = await ReadyAsync();
        await Insider.RewriteAsync(published, change);
        var verified = await published.Ledger.VerifyAsync();
        Assert.False(verified.Ok);
        Assert.Contains(problems, p => verified.Problem!.Contains(p, StringComparison.Ordinal));
        Assert.InRange(verified.Position!.Value, 1, 100);
    }

    /// <summary>The signer of a ledger, asked again by a service that was started anew.</summary>
    private sealed class OnlySigner(TestDatabase database) : ISigner
    {
        public Task<CheckpointPolicy> PolicyAsync(CancellationToken cancel) => database.Ledger.Checkpoints.PolicyAsync(cancel);

        public Task<SignAnswer> SignAsync(SignRequest request, CancellationToken cancel) =>
            throw new InvalidOperationException("not asked: the checkpoint file already tells");
    }
}
