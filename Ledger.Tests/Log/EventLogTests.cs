using Ledger.EventStore;
using Ledger.EventStore.Hashing;
using Ledger.EventStore.Proofs;
using Ledger.EventStore.Verifying;
using Ledger.Tests.Support;
using NodaTime;
using Npgsql;

namespace Ledger.Tests.Log;

/// <summary>The log on the real database: order, idempotency, versions, concurrency, refusal of change.</summary>
public sealed class EventLogTests
{
    [Fact]
    public async Task Sixty_four_appenders_to_sixty_four_streams_leave_no_gap()
    {
        await using var database = await TestDatabase.CreateAsync();
        const int each = 25;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(a => Task.Run(async () =>
        {
            for (var i = 1; i <= each; i++)
            {
                var result = Assert.Single(await database.Ledger.Log.AppendAsync([Event($"s{a}", $"{a}-{i}", expected: i - 1)], default));
                Assert.Equal(i, Assert.IsType<AppendResult.Recorded>(result).Version);
            }
        })));

        await AssertGapFreeAsync(database, 64 * each);
    }

    [Fact]
    public async Task Sixty_four_appenders_to_one_stream_win_one_version_each_and_every_refusal_is_told()
    {
        await using var database = await TestDatabase.CreateAsync();
        var outcomes = new System.Collections.Concurrent.ConcurrentBag<AppendResult>();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(a => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                outcomes.Add(Assert.Single(await database.Ledger.Log.AppendAsync([Event("one", $"{a}-{i}", expected: i)], default)));
            }
        })));

        Assert.Equal(640, outcomes.Count);
        var recorded = outcomes.OfType<AppendResult.Recorded>().ToList();
        Assert.Equal(10, recorded.Count);
        Assert.Equal(630, outcomes.OfType<AppendResult.VersionConflict>().Count());
        Assert.Equal(Enumerable.Range(1, 10).Select(v => (long)v), recorded.Select(r => r.Version).Order());
        await AssertGapFreeAsync(database, 10);
    }

    [Fact]
    public async Task Two_writers_on_one_log_share_its_order()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var other = new EventStore.Appending.EventLog(database.Ledger.Database, () => 1_800_000_000_000_000);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            (i % 2 == 0 ? database.Ledger.Log : other).AppendAsync([Event($"s{i % 7}", $"e{i}")], default)));
        await AssertGapFreeAsync(database, 200);
    }

    [Fact]
    public async Task The_same_event_again_is_its_first_receipt_and_another_body_is_a_conflict()
    {
        await using var database = await TestDatabase.CreateAsync();
        var log = database.Ledger.Log;
        var e = Event("s", "e-1");
        Assert.Equal(new AppendResult.Recorded(1, 1), Assert.Single(await log.AppendAsync([e], default)));
        Assert.Equal(new AppendResult.Duplicate(1, 1), Assert.Single(await log.AppendAsync([e with { ExpectedVersion = 7 }], default)));
        foreach (var changed in new[]
        {
            e with { Data = "{\"a\":2}"u8.ToArray() }, e with { OccurredAt = e.OccurredAt + 1 }, e with { Actor = "b" }, e with { Type = "t2" },
            e with { Stream = "c/other" }, e with { Correlation = "x" }, e with { Causation = "x" }, e with { Source = "other" }, e with { Contract = "d", Stream = "d/s" },
        })
        {
            Assert.Equal(new AppendResult.IdConflict(1), Assert.Single(await log.AppendAsync([changed], default)));
        }

        Assert.Equal(new AppendResult.Recorded(2, 1), Assert.Single(await log.AppendAsync([e with { Contract = "d", Stream = "d/s", Source = "other" }], default)));
        await AssertGapFreeAsync(database, 2);
    }

    [Fact]
    public async Task An_append_is_recorded_whole_or_not_at_all()
    {
        await using var database = await TestDatabase.CreateAsync();
        var log = database.Ledger.Log;
        await log.AppendAsync([Event("s", "taken")], default);
        var refused = await log.AppendAsync([Event("s", "new-1"), Event("s", "taken") with { Actor = "b" }, Event("s", "new-2")], default);
        Assert.Equal([new AppendResult.NotRecorded(), new AppendResult.IdConflict(1), new AppendResult.NotRecorded()], refused);
        var twice = await log.AppendAsync([Event("s", "x"), Event("s", "x")], default);
        Assert.Equal([new AppendResult.Recorded(2, 2), new AppendResult.Duplicate(2, 2)], twice);
        var chained = await log.AppendAsync([Event("s", "y", 2), Event("s", "z", 3)], default);
        Assert.All(chained, r => Assert.IsType<AppendResult.Recorded>(r));
        await AssertGapFreeAsync(database, 4);
    }

    [Fact]
    public async Task Small_and_large_appends_are_stored_alike()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Log.AppendAsync([.. Enumerable.Range(0, 199).Select(i => Event($"a{i % 5}", $"small-{i}"))], default);
        await database.Ledger.Log.AppendAsync([.. Enumerable.Range(0, 200).Select(i => Event($"a{i % 5}", $"large-{i}"))], default);
        Assert.Equal(1, await database.ScalarAsync<long>("select count(distinct data::text) from ledger.events"));
        await AssertGapFreeAsync(database, 399);
    }

    [Fact]
    public async Task The_stored_bytes_are_those_that_were_appended()
    {
        await using var database = await TestDatabase.CreateAsync();
        var data = System.Text.Encoding.UTF8.GetBytes("""{"b":1.50,"a":"噪音\n😀","b2":{ "x" : [1 , 2]}}""");
        await database.Ledger.Log.AppendAsync([Event("s", "e-1") with { Data = data }], default);
        await foreach (var e in database.Ledger.Log.Reader.ReadAsync(0, 1))
        {
            Assert.Equal(data, e.Event.Data.ToArray());
        }
    }

    [Fact]
    public async Task Recorded_times_never_decrease_when_the_clock_is_set_back()
    {
        var clock = new SetClock("2026-01-02T00:00:00Z");
        await using var database = await TestDatabase.CreateAsync(clock);
        await database.Ledger.Log.AppendAsync([Event("s", "e-1")], default);
        clock.Now -= Duration.FromDays(400);
        await database.Ledger.Log.AppendAsync([Event("s", "e-2")], default);
        clock.Now += Duration.FromDays(500);
        await database.Ledger.Log.AppendAsync([Event("s", "e-3")], default);
        Assert.Equal(2, await database.ScalarAsync<long>("select count(distinct recorded_at) from ledger.events"));
        Assert.Equal(2, await database.Ledger.Log.Reader.PositionAtAsync(1_767_312_000_000_000, default));
        await AssertGapFreeAsync(database, 3);
    }

    [Theory]
    [InlineData("update ledger.events set actor = 'x'")]
    [InlineData("delete from ledger.events")]
    [InlineData("truncate ledger.events")]
    public async Task Recorded_events_refuse_to_be_changed(string sql)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Log.AppendAsync([Event("s", "e-1")], default);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql));
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u007fb")]
    public async Task A_control_character_in_the_envelope_is_refused(string id)
    {
        await using var database = await TestDatabase.CreateAsync();
        await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Log.AppendAsync([Event("s", id)], default));
    }

    [Fact]
    public async Task An_append_that_the_database_refuses_does_not_fail_its_neighbours()
    {
        await using var database = await TestDatabase.CreateAsync();
        var appends = Enumerable.Range(0, 50).Select(i => database.Ledger.Log.AppendAsync(
            [Event($"s{i}", $"e-{i}") with { Data = i == 25 ? "{broken"u8.ToArray() : "{}"u8.ToArray() }], default)).ToList();
        for (var i = 0; i < appends.Count; i++)
        {
            if (i == 25)
            {
                await Assert.ThrowsAsync<LedgerException>(() => appends[i]);
            }
            else
            {
                Assert.IsType<AppendResult.Recorded>(Assert.Single(await appends[i]));
            }
        }

        await AssertGapFreeAsync(database, 49);
    }

    [Fact]
    public async Task The_empty_log_verifies_with_the_empty_root()
    {
        await using var database = await TestDatabase.CreateAsync();
        var result = await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
        Assert.Equal((true, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), (result.Ok, result.Events, result.Root));
    }

    [Theory]
    [InlineData("update ledger.events set data = '{\"a\":2}' where position = 3", 3)]
    [InlineData("update ledger.events set actor = 'x' where position = 1", 1)]
    [InlineData("update ledger.events set occurred_at = occurred_at + interval '1 microsecond' where position = 5", 5)]
    [InlineData("update ledger.events set leaf_hash = sha256('x') where position = 2", 2)]
    [InlineData("update ledger.events set causation = '' where position = 2", 2)]
    [InlineData("delete from ledger.events where position = 3", 3)]
    [InlineData("delete from ledger.events where position = 6", 6)]
    [InlineData("update ledger.head set root = sha256('x')", 6)]
    [InlineData("update ledger.head set position = 5", 6)]
    public async Task Verification_names_the_first_position_that_is_wrong(string tampering, int position)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Log.AppendAsync([.. Enumerable.Range(0, 6).Select(i => Event($"s{i % 2}", $"e-{i}"))], default);
        await database.TamperAsync(tampering);
        var result = await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
        Assert.Equal((false, (long?)position), (result.Ok, result.Position));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("update ledger.tiles set hashes = overlay(hashes placing '\\x00' from 9) where level = 0 and index = 1", 512)]
    [InlineData("update ledger.tiles set root = sha256('x') where level = 0 and index = 0", 256)]
    [InlineData("delete from ledger.tiles where level = 0 and index = 1", 512)]
    [InlineData("insert into ledger.tiles select 0, 3, root, hashes from ledger.tiles where index = 0", 900)]
    [InlineData("insert into ledger.tiles select 1, 0, root, hashes from ledger.tiles where index = 0", 900)]
    public async Task Verification_compares_every_tile(string? tampering, int? position)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Log.AppendAsync([.. Enumerable.Range(0, 900).Select(i => Event($"s{i % 7}", $"e-{i}"))], default);
        Assert.Equal(768, await new TileStore(database.Ledger.Database).CatchUpAsync(default));
        if (tampering is not null)
        {
            await database.TamperAsync(tampering);
        }

        var result = await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
        Assert.Equal((position is null, position), (result.Ok, (int?)result.Position));
    }

    /// <summary>66,000 leaves fill a tile of the second level; a log that is read at past positions writes its tiles as it goes.</summary>
    [Fact]
    public async Task The_root_at_any_position_is_the_one_that_the_log_had_there()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (log, tree) = (database.Ledger.Log, new MerkleTree());
        var expected = new Dictionary<long, byte[]> { [0] = MerkleTree.EmptyRoot };
        for (var batch = 0; batch < 8; batch++)
        {
            await log.AppendAsync([.. Enumerable.Range(0, 8_250).Select(i => Event($"s{i % 7}", $"{batch}-{i}"))], default);
            await foreach (var (e, leaf) in log.Reader.ReadAsync(tree.Size, long.MaxValue))
            {
                tree.Add(leaf);
                if (e.Position % 3_001 == 0 || e.Position is < 3 or 255 or 256 or 257 or 511 or 512 or 65_535 or 65_536 or 65_537)
                {
                    expected[e.Position] = tree.Root();
                }
            }

            foreach (var (position, root) in expected)
            {
                Assert.Equal(root, (await log.Reader.HeadAtAsync(position, default)).Root);
            }
        }

        Assert.Equal($"{66_000 / 256}|1", await database.ScalarAsync<string>("select string_agg(n::text, '|' order by level) from (select level, count(*) n from ledger.tiles group by level) t"));
        Assert.True((await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default)).Ok);
        await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("delete from ledger.tiles"));

        // Tiles that are behind, on any level, cost time and no more.
        foreach (var behind in new[] { "level = 1", "level = 0 and index > 100", "true" })
        {
            await database.TamperAsync($"delete from ledger.tiles where {behind}");
            await using var connection = await database.Ledger.Database.OpenConnectionAsync();
            foreach (var position in new[] { 66_000, 65_537, 65_536, 511 })
            {
                Assert.Equal(expected.GetValueOrDefault(position) ?? tree.Root(), await MerkleProof.RootAsync(position, TileStore.Reader(connection, default)));
            }
        }
    }

    /// <summary>Verification remembers the last streams only; of the others it reads the end again.</summary>
    [Theory]
    [InlineData(null, null)]
    [InlineData("update ledger.events set leaf_hash = sha256('x') where position = 7", 7)]
    [InlineData("update ledger.events set version = 3 where position = 45001", 45_001)]
    public async Task Streams_by_the_ten_thousand_are_followed(string? tampering, int? position)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Log.AppendAsync([.. Enumerable.Range(0, 45_000).Select(i => Event($"s{i}", $"e-{i}"))], default);
        await database.Ledger.Log.AppendAsync([.. Enumerable.Range(0, 500).Select(i => Event($"s{i}", $"f-{i}"))], default);
        if (tampering is not null)
        {
            await database.TamperAsync(tampering);
        }

        var result = await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
        Assert.Equal((position is null, position), (result.Ok, (int?)result.Position));
        Assert.True(position is not null || result.Streams == 45_000);
    }

    [Fact]
    public async Task Rows_swapped_or_inserted_are_found()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Log.AppendAsync([.. Enumerable.Range(0, 6).Select(i => Event($"s{i}", $"e-{i}"))], default);
        await database.TamperAsync("update ledger.events set position = -2 where position = 2; update ledger.events set position = 2 where position = 4; update ledger.events set position = 4 where position = -2");
        Assert.Equal(2, (await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default)).Position);
    }

    [Fact]
    public async Task Marten_sees_the_log_in_its_own_layout_and_cannot_write_to_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Log.AppendAsync([Event("case/1", "e-1"), Event("case/1", "e-2")], default);
        Assert.Equal("2|c/case/1|2|t|1|*DEFAULT*|f", await database.ScalarAsync<string>(
            "select concat_ws('|', seq_id, stream_id, version, type, data ->> 'a', tenant_id, is_archived) from marten.mt_events where seq_id = 2"));
        Assert.Equal("c/case/1|case|2", await database.ScalarAsync<string>("select concat_ws('|', id, type, version) from marten.mt_streams"));
        Assert.Equal(2, await database.ScalarAsync<long>("select last_value from marten.mt_events_sequence"));
        await database.ExecuteAsync("select marten.mt_mark_event_progression('p', 2)");
        await database.ExecuteAsync("select marten.mt_mark_event_progression('p', 3)");
        Assert.Equal(3, await database.ScalarAsync<long>("select last_seq_id from marten.mt_event_progression"));
        await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("update marten.mt_events set type = 'x'"));
        await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("delete from marten.mt_streams"));
    }

    private static async Task AssertGapFreeAsync(TestDatabase database, long events)
    {
        Assert.Equal($"{events}|1|{events}", await database.ScalarAsync<string>("select concat_ws('|', count(*), min(position), max(position)) from ledger.events"));
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from (select stream from ledger.events group by stream having max(version) <> count(*) or min(version) <> 1) x"));
        var result = await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
        Assert.True(result.Ok, result.Problem);
        Assert.Equal(events, result.Events);
    }

    private static AppendEvent Event(string stream, string id, long? expected = null) => new(
        "c", $"c/{stream}", "t", id, "src", 1_700_000_000_000_000, "actor", null, null, "{\"a\":1}"u8.ToArray(), expected);
}
