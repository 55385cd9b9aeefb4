using Ledger.Projections.Evidence;
using Ledger.Tests.Support;

namespace Ledger.Tests.Evidence;

/// <summary>Walking the whole log: what was changed is named by the first position that is wrong.</summary>
public sealed class VerificationTests
{
    [Fact]
    public async Task The_empty_log_verifies_with_the_empty_root()
    {
        await using var database = await TestDatabase.CreateAsync();
        var result = await Fact.VerifyAsync(database);
        Assert.Equal(
            (true, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (result.Ok, result.Events, result.Root)
        );
    }

    [Theory]
    [InlineData("update ledger.mt_events set data = '{\"unit\":\"v\"}' where seq_id = 3", 3)]
    [InlineData("update ledger.mt_events set data = data || '{\"more\":1}' where seq_id = 3", 3)]
    [InlineData("update ledger.mt_events set headers = jsonb_set(headers, '{actor}', '\"x\"') where seq_id = 1", 1)]
    [InlineData(
        "update ledger.mt_events set headers = jsonb_set(headers, '{time}', '\"2023-11-14T22:13:20.000001Z\"') where seq_id = 5",
        5
    )]
    [InlineData("update ledger.mt_events set headers = jsonb_set(headers, '{time}', '\"2023-11-15T06:13:20+08:00\"') where seq_id = 5", 5)]
    [InlineData("update ledger.mt_events set headers = headers || '{\"more\":\"x\"}' where seq_id = 2", 2)]
    [InlineData("update ledger.mt_events set headers = headers || '{\"timeprecision\":\"date\"}' where seq_id = 2", 2)]
    [InlineData("update ledger.mt_events set headers = headers || '{\"timeprecision\":\"day\"}' where seq_id = 2", 2)]
    [InlineData("update ledger.mt_events set headers = headers - 'source' where seq_id = 2", 2)]
    [InlineData("update ledger.mt_events set timestamp = timestamp + interval '1 microsecond' where seq_id = 6", 6)]
    [InlineData("update ledger.mt_events set causation_id = '' where seq_id = 2", 2)]
    [InlineData("update ledger.mt_events set correlation_id = 'x' where seq_id = 2", 2)]
    [InlineData("update ledger.mt_events set mt_dotnet_type = 'Somebody.Else, Elsewhere' where seq_id = 4", 4)]
    [InlineData("update ledger.mt_events set mt_dotnet_type = null where seq_id = 4", 4)]
    [InlineData("update ledger.mt_events set is_archived = true where seq_id = 4", 4)]
    [InlineData("update ledger.mt_events set bdata = '\\x00' where seq_id = 4", 4)]
    [InlineData("update ledger.mt_events set type = 'case_closed' where seq_id = 4", 4)]
    [InlineData("update ledger.mt_events set id = gen_random_uuid() where seq_id = 4", 4)]
    [InlineData("delete from ledger.mt_events where seq_id = 3", 3)]
    [InlineData("delete from ledger.mt_events where seq_id = 6", 6)]
    [InlineData("update ledger.mt_streams set version = 7 where id = 'case/1'", null)]
    [InlineData("update ledger.mt_streams set is_archived = true where id = 'case/1'", null)]
    [InlineData("delete from ledger.mt_streams where id = 'case/1'", null)]
    [InlineData("insert into ledger.mt_streams (tenant_id, id, version, is_archived) values ('c', 'case/9', 1, false)", null)]
    public async Task The_first_position_that_is_wrong_is_named(string tampering, int? position)
    {
        await using var database = await TestDatabase.CreateAsync();
        await Fact.CopyAsync(database, Fact.Many(6, cases: 2));
        await new TileStore(database.Ledger.Database).CatchUpAsync(default);
        await database.TamperAsync(tampering);
        var result = await Fact.VerifyAsync(database);
        Assert.Equal((false, (long?)position), (result.Ok, result.Position));
        Assert.NotNull(result.Problem);
    }

    /// <summary>Until a tile covers it, an event is committed and no more: what is promised begins a second later.</summary>
    [Fact]
    public async Task What_no_tile_covers_yet_can_still_be_changed_unseen()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Fact.CopyAsync(database, Fact.Many(6, cases: 2));
        await database.TamperAsync("update ledger.mt_events set data = '{\"unit\":\"v\"}' where seq_id = 3");
        Assert.True((await Fact.VerifyAsync(database)).Ok);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("update ledger.tiles set hashes = overlay(hashes placing '\\x00000000' from 33) where level = 0 and index = 1", 258)]
    [InlineData("update ledger.tiles set hashes = overlay(hashes placing '\\x00000000' from 1) where level = 1 and index = 0", 256)]
    [InlineData("delete from ledger.tiles where level = 0 and index = 1", 257)]
    [InlineData("update ledger.tiles set hashes = substring(hashes from 1 for 64) where level = 0 and index = 1", 513)]
    [InlineData("update ledger.tiles set hashes = hashes || sha256('x') where level = 0 and index = 3", 901)]
    [InlineData("insert into ledger.tiles select 0, 4, hashes from ledger.tiles where level = 0 and index = 0", 901)]
    [InlineData("insert into ledger.tiles select 2, 0, hashes from ledger.tiles where level = 0 and index = 0", 901)]
    public async Task Every_tile_is_compared(string? tampering, int? position)
    {
        await using var database = await TestDatabase.CreateAsync();
        await Fact.CopyAsync(database, Fact.Many(900, cases: 7));
        Assert.Equal(900, await new TileStore(database.Ledger.Database).CatchUpAsync(default));
        if (tampering is not null)
        {
            await database.TamperAsync(tampering);
        }

        var result = await Fact.VerifyAsync(database);
        Assert.Equal((position is null, position), (result.Ok, (int?)result.Position));
    }

    /// <summary>66,000 leaves fill a tile of the second level.</summary>
    [Fact]
    public async Task The_root_at_any_position_is_the_one_that_the_log_had_there_however_far_behind_the_tiles_are()
    {
        await using var database = await TestDatabase.CreateAsync();
        var tree = new MerkleTree();
        var expected = new Dictionary<long, byte[]> { [0] = MerkleTree.EmptyRoot };
        for (var batch = 0; batch < 4; batch++)
        {
            await Fact.CopyAsync(database, Fact.Many(16_500, cases: 7, prefix: $"{batch}"));
            await foreach (var e in database.Ledger.Log.ReadAsync(tree.Size, long.MaxValue))
            {
                tree.Add(Leaf.Hash(e));
                if (e.Position % 9_001 == 0 || e.Position is < 3 or 255 or 256 or 257 or 511 or 512 or 65_535 or 65_536 or 65_537)
                {
                    expected[e.Position] = tree.Root();
                }
            }

            foreach (var (position, root) in expected.Where(e => e.Key > (batch * 16_500) - 600))
            {
                Assert.Equal(root, await LogRoot.AtAsync(database.Ledger.Database, position, default));
            }

            await new TileStore(database.Ledger.Database).CatchUpAsync(default);
            foreach (var (position, root) in expected)
            {
                Assert.Equal(root, await LogRoot.AtAsync(database.Ledger.Database, position, default));
            }
        }

        Assert.Equal(
            "258|2|1",
            await database.ScalarAsync<string>(
                "select string_agg(n::text, '|' order by level) from (select level, count(*) n from ledger.tiles group by level) t"
            )
        );
        Assert.True((await Fact.VerifyAsync(database)).Ok);
        foreach (var behind in new[] { "level = 2", "level >= 1", "level >= 1 or index > 100", "true" })
        {
            await database.TamperAsync($"delete from ledger.tiles where {behind}");
            foreach (var position in new[] { 66_000, 65_537, 65_536, 511 })
            {
                Assert.Equal(
                    expected.GetValueOrDefault(position) ?? tree.Root(),
                    await LogRoot.AtAsync(database.Ledger.Database, position, default)
                );
            }
        }
    }

    /// <summary>Verification remembers the last streams only; of the others it reads the end again.</summary>
    [Theory]
    [InlineData(null, null)]
    [InlineData("update ledger.mt_events set version = 3 where seq_id = 45001", 45_001)]
    public async Task Streams_by_the_ten_thousand_are_followed(string? tampering, int? position)
    {
        await using var database = await TestDatabase.CreateAsync();
        await Fact.CopyAsync(database, Fact.Many(45_000, cases: 45_000));
        await Fact.CopyAsync(database, Fact.Many(500, cases: 500, prefix: "f"));
        if (tampering is not null)
        {
            await database.TamperAsync(tampering);
        }

        var result = await Fact.VerifyAsync(database);
        Assert.Equal((position is null, position), (result.Ok, (int?)result.Position));
        Assert.True(position is not null || result.Streams == 45_000);
    }

    [Fact]
    public async Task Rows_swapped_are_found()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Fact.CopyAsync(database, Fact.Many(6, cases: 6));
        await new TileStore(database.Ledger.Database).CatchUpAsync(default);
        await database.TamperAsync(
            "update ledger.mt_events set seq_id = -2 where seq_id = 2; update ledger.mt_events set seq_id = 2 where seq_id = 4; "
                + "update ledger.mt_events set seq_id = 4 where seq_id = -2"
        );
        Assert.Equal(2, (await Fact.VerifyAsync(database)).Position);
    }

    /// <summary>Two services bring the tiles up at once, beside appends.</summary>
    [Fact]
    public async Task Tiles_written_by_several_at_once_are_those_of_the_log()
    {
        await using var database = await TestDatabase.CreateAsync();
        var appending = Task.Run(async () =>
        {
            for (var batch = 0; batch < 12; batch++)
            {
                await Fact.CopyAsync(database, Fact.Many(101, cases: 7, prefix: $"{batch}"));
            }
        });
        await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (!appending.IsCompleted)
                        {
                            await new TileStore(database.Ledger.Database).CatchUpAsync(default);
                        }
                    })
                )
        );
        await appending;
        Assert.Equal(1_212, await new TileStore(database.Ledger.Database).CatchUpAsync(default));
        await Fact.AssertWholeAsync(database, 1_212);
    }
}
