using Ledger.Projections.Evidence;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Tests.Store;

/// <summary>What the database itself refuses, whoever asks.</summary>
public sealed class LogGuardTests
{
    [Theory]
    [InlineData("update ledger.mt_events set data = '{}'")]
    [InlineData("delete from ledger.mt_events")]
    [InlineData("truncate ledger.mt_events cascade")]
    [InlineData("delete from ledger.mt_streams")]
    [InlineData("delete from ledger.tiles")]
    [InlineData("truncate ledger.tiles")]
    public async Task What_is_recorded_refuses_to_be_changed(string sql)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Facts.RecordAsync(Fact.Of("case/s", "e-1"), default);
        await new TileStore(database.Ledger.Database).CatchUpAsync(default);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql));
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update ledger.tiles set hashes = overlay(hashes placing '\\x00' from 9)")]
    [InlineData("update ledger.tiles set hashes = ''")]
    [InlineData("update ledger.tiles set index = 7")]
    public async Task A_tile_only_grows(string sql)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Facts.RecordAsync(Fact.Of("case/s", "e-1"), default);
        await new TileStore(database.Ledger.Database).CatchUpAsync(default);
        Assert.Contains(
            "only grows",
            (await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync(sql))).MessageText,
            StringComparison.Ordinal
        );
        await database.ExecuteAsync("update ledger.tiles set hashes = hashes || sha256('x')");
    }

    [Fact]
    public async Task An_append_without_the_logs_lock_is_refused_by_SQL_and_by_Marten()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.Facts.RecordAsync(Fact.Of("case/s", "e-1"), default);
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            database.ExecuteAsync(
                """
                insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, headers, is_archived)
                values (2, gen_random_uuid(), 'case/s', 2, '{}', 'case_signed', now(), 'c', '{}', false)
                """
            )
        );
        Assert.Contains("holds the log's lock", refused.MessageText, StringComparison.Ordinal);

        // A store that lacks the listener.
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        using var store = DocumentStore.For(options =>
        {
            LedgerStore.Configure(options, source, SystemClock.Instance);
            options.Listeners.Clear();
        });
        await using var session = store.LightweightSession(Fact.Contract);
        session.Record(Fact.Of("case/s", "e-2"));
        Assert.Contains(
            "holds the log's lock",
            (await Assert.ThrowsAnyAsync<Exception>(() => session.SaveChangesAsync())).Message,
            StringComparison.Ordinal
        );

        await database.Ledger.Facts.RecordAsync(Fact.Of("case/s", "e-3"), default);
        await Fact.AssertWholeAsync(database, 2);
    }

    [Fact]
    public async Task Martens_schema_assertion_holds_and_misses_what_is_taken_away()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await using var owner = NpgsqlDataSource.Create(database.ConnectionString);
        Assert.Equal("", await LedgerSchema.DifferenceAsync(owner, default) ?? "");
        foreach (
            var sql in new[]
            {
                "drop trigger mt_events_guard_append on ledger.mt_events",
                "alter table ledger.mt_events disable trigger mt_events_refuse_update_delete",
                $"drop index ledger.{LogGuard.ContractIndex}",
                "alter table ledger.tiles add column more int",
                "drop table personal.fields",
            }
        )
        {
            await database.ExecuteAsync(sql);
            Assert.NotNull(await LedgerSchema.DifferenceAsync(owner, default));
            await database.ExecuteAsync("alter table ledger.tiles drop column if exists more");
            await LedgerSchema.ApplyAsync(owner, default);
            Assert.Equal("", await LedgerSchema.DifferenceAsync(owner, default) ?? "");
        }
    }
}
