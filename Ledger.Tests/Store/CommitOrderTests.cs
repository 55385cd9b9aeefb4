using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using Marten;
using NodaTime;

namespace Ledger.Tests.Store;

/// <summary>One order without gaps, with Marten's own sessions: whoever opens them, and whatever becomes of their saves.</summary>
public sealed class CommitOrderTests
{
    /// <summary>A time for each commit: half of the writers have a clock that is behind.</summary>
    [Fact]
    public async Task Forty_writers_over_five_contracts_with_a_tenth_rolled_back_leave_dense_positions_and_times_that_never_decrease()
    {
        const int writers = 40;
        const int each = 20;
        await using var database = await TestDatabase.CreateAsync();
        await using var late = await TestDatabase.OpenAsync(database.ConnectionString, new SetClock("2020-01-01T00:00:00Z"));
        var seen = new System.Collections.Concurrent.ConcurrentBag<(long Position, string Id)>();
        await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(w =>
                    Task.Run(async () =>
                    {
                        var store = w % 2 == 0 ? database.Ledger.Store : late.Store;
                        for (var i = 0; i < each; i++)
                        {
                            await using var session = store.LightweightSession($"contract-{w % 5}");
                            var recorded = session.Record(Fact.Of($"case/{w}", $"{w}-{i}") with { Contract = $"contract-{w % 5}" });
                            if (i % 10 == 3)
                            {
                                // Fails after the events were written: another statement of the same unit of work is wrong.
                                session.QueueSqlCommand("select 1 / 0");
                                await Assert.ThrowsAnyAsync<Exception>(() => session.SaveChangesAsync());
                                continue;
                            }

                            await session.SaveChangesAsync();
                            seen.Add((recorded.Sequence, $"{w}-{i}"));
                        }
                    })
                )
        );

        const int events = writers * each * 9 / 10;
        Assert.Equal(Enumerable.Range(1, events).Select(p => (long)p), seen.Select(s => s.Position).Order());
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from ledger.mt_events where type = 'tombstone'"));
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from ledger.mt_streams where id = 'mt_tombstone'"));
        Assert.Equal(
            0,
            await database.ScalarAsync<long>(
                "select count(*) from (select timestamp < lag(timestamp) over (order by seq_id) as back from ledger.mt_events) t where back"
            )
        );
        await Fact.AssertWholeAsync(database, events);
    }

    /// <summary>Positions in the order of commits: a reader that has seen one has seen all before it, also while others write.</summary>
    [Fact]
    public async Task A_reader_never_sees_a_position_without_all_those_before_it()
    {
        await using var database = await TestDatabase.CreateAsync();
        var writing = Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(w =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 40; i++)
                        {
                            await using var session = database.Ledger.Store.LightweightSession(Fact.Contract);
                            session.Record(Fact.Of($"case/{w}", $"{w}-{i}"));
                            await session.SaveChangesAsync();
                        }
                    })
                )
        );
        while (!writing.IsCompleted)
        {
            Assert.True(await database.ScalarAsync<bool>("select count(*) = coalesce(max(seq_id), 0) from ledger.mt_events"));
        }

        await writing;
        await Fact.AssertWholeAsync(database, 320);
    }

    [Fact]
    public async Task Recorded_times_never_decrease_when_the_clock_is_set_back_and_a_time_finds_its_position()
    {
        var clock = new SetClock("2026-01-02T00:00:00Z");
        await using var database = await TestDatabase.CreateAsync(clock);
        await database.Ledger.Facts.RecordAsync(Fact.Of("case/s", "e-1"), default);
        clock.Now -= Duration.FromDays(400);
        await database.Ledger.Facts.RecordAsync(Fact.Of("case/s", "e-2"), default);
        clock.Now += Duration.FromDays(500);
        await database.Ledger.Facts.RecordAsync(Fact.Of("case/s", "e-3"), default);
        Assert.Equal(2, await database.ScalarAsync<long>("select count(distinct timestamp) from ledger.mt_events"));
        foreach (
            var (time, position) in new[]
            {
                ("2026-01-01T23:59:59.999999Z", 0),
                ("2026-01-02T00:00:00Z", 2),
                ("2026-03-01T00:00:00Z", 2),
                ("2027-01-01T00:00:00Z", 3),
            }
        )
        {
            Assert.Equal(position, await database.Ledger.Log.PositionAtAsync(History.At(time), default));
        }

        await Fact.AssertWholeAsync(database, 3);
    }

    [Fact]
    public async Task A_unit_of_work_that_appends_to_a_case_and_to_the_account_is_whole_or_absent()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        async Task SaveAsync(string id, long accountVersion)
        {
            await using var session = database.Ledger.Store.LightweightSession("gaomidian-2025");
            session.Record(Fact.Of("case/1", $"case-{id}") with { Contract = "gaomidian-2025" });
            session.Record(Account($"account-{id}"), accountVersion);
            await session.SaveChangesAsync();
        }

        await SaveAsync("1", 1);
        await Assert.ThrowsAnyAsync<Exception>(() => SaveAsync("2", 1));
        Assert.Equal(
            "6,7",
            await database.ScalarAsync<string>(
                "select string_agg(seq_id::text, ',' order by seq_id) from ledger.mt_events where seq_id > 5"
            )
        );
        await SaveAsync("3", 2);
        await Fact.AssertWholeAsync(database, 9);
    }

    [Fact]
    public async Task A_session_of_one_contract_can_neither_read_nor_append_anothers()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var session = database.Ledger.Store.LightweightSession("anding-2023");
        Assert.Empty(await session.Events.FetchStreamAsync("gaomidian-2025"));
        Assert.Null(await session.Events.FetchLatest<Domain.Contracts.ContractAccount>("gaomidian-2025"));
        Assert.All(await session.Events.QueryAllRawEvents().ToListAsync(), e => Assert.Equal("anding-2023", e.TenantId));

        // What is appended through it is its own contract's, whatever the event says; verification then names the event.
        session.Events.Append("gaomidian-2025", EventMapping.ToMarten(Account("stray")));
        await session.SaveChangesAsync();
        Assert.Equal("anding-2023", await database.ScalarAsync<string>("select tenant_id from ledger.mt_events where seq_id = 6"));
        Assert.Equal(6, (await Fact.VerifyAsync(database)).Position);
    }

    private static NewEvent Account(string id) =>
        new("gaomidian-2025", "contract", id, "src", Instant.FromUtc(2025, 11, 1, 0, 0), "principal", new FundingArrived());
}
