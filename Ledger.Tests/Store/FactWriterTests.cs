using System.Diagnostics;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Time;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using NodaTime;
using Npgsql;

namespace Ledger.Tests.Store;

/// <summary>Facts that come one by one from many senders, on the real database: order, idempotency, versions, concurrency.</summary>
public sealed class FactWriterTests
{
    [Fact]
    public async Task Sixty_four_senders_to_sixty_four_streams_leave_no_gap()
    {
        await using var database = await TestDatabase.CreateAsync();
        const int each = 25;
        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(a =>
                    Task.Run(async () =>
                    {
                        for (var i = 1; i <= each; i++)
                        {
                            var result = await database.Ledger.Facts.RecordAsync(Fact.Of($"case/{a}", $"{a}-{i}"), default);
                            Assert.Equal(i, Assert.IsType<AppendResult.Recorded>(result).Version);
                        }
                    })
                )
        );

        await Fact.AssertWholeAsync(database, 64 * each);
    }

    [Fact]
    public async Task Sixteen_senders_to_one_stream_win_one_version_each_and_every_refusal_is_told()
    {
        await using var database = await TestDatabase.CreateAsync();
        var outcomes = new System.Collections.Concurrent.ConcurrentBag<AppendResult>();
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(a =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 10; i++)
                        {
                            outcomes.Add(await database.Ledger.Facts.RecordAsync(Fact.Of("case/one", $"{a}-{i}", expected: i), default));
                        }
                    })
                )
        );

        Assert.Equal(160, outcomes.Count);
        var recorded = outcomes.OfType<AppendResult.Recorded>().ToList();
        Assert.Equal(10, recorded.Count);
        Assert.Equal(150, outcomes.OfType<AppendResult.VersionConflict>().Count());
        Assert.Equal(Enumerable.Range(1, 10).Select(v => (long)v), recorded.Select(r => r.Version).Order());
        await Fact.AssertWholeAsync(database, 10);
    }

    [Fact]
    public async Task Who_follows_is_woken_at_once_by_a_lone_fact_and_a_few_times_a_second_by_many()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var follower = new NpgsqlConnection(database.ConnectionString);
        await follower.OpenAsync();
        await using (var listen = new NpgsqlCommand("listen mt_events_appended", follower))
        {
            await listen.ExecuteNonQueryAsync();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(300));
        await database.Ledger.Facts.RecordAsync(Fact.Of("case/a", "alone"), default);
        Assert.True(await follower.WaitAsync(TimeSpan.FromMilliseconds(200)), "a lone fact woke nobody");

        var (woken, since) = (0, Stopwatch.StartNew());
        follower.Notification += (_, _) => woken++;
        for (var i = 0; i < 100; i++)
        {
            await database.Ledger.Facts.RecordAsync(Fact.Of("case/a", $"many-{i}"), default);
        }

        var quarters = (int)(since.ElapsedMilliseconds / 250);
        while (await follower.WaitAsync(TimeSpan.FromMilliseconds(500))) { }

        Assert.InRange(woken, 1, quarters + 1);
        await using var last = new NpgsqlCommand("select count(*) from ledger.mt_events", follower);
        Assert.Equal(101L, await last.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Two_writers_on_one_log_share_its_order()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var other = new FactWriter(database.Ledger.Database, database.Ledger.Clock);
        await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(i => (i % 2 == 0 ? database.Ledger.Facts : other).RecordAsync(Fact.Of($"case/{i % 7}", $"e{i}"), default))
        );
        await Fact.AssertWholeAsync(database, 200);
    }

    [Fact]
    public async Task The_same_fact_again_is_its_first_receipt_and_another_body_is_a_conflict()
    {
        await using var database = await TestDatabase.CreateAsync();
        var facts = database.Ledger.Facts;
        var e = Fact.Of("case/s", "e-1");
        Assert.Equal(new AppendResult.Recorded(1, 1), await facts.RecordAsync(e, default));
        Assert.Equal(new AppendResult.Duplicate(1, 1), await facts.RecordAsync(e with { ExpectedVersion = 7 }, default));
        foreach (
            var (path, changed) in new[]
            {
                ("$.data.unit", e with { Data = new CaseDispatched("v") }),
                ("$.data.approvedBy", e with { Data = new CaseDispatched("u", "mayor") }),
                ("$.time", e with { OccurredAt = e.OccurredAt + Duration.FromMilliseconds(1) }),
                ("$.timeprecision", e with { Precision = TimePrecision.Date }),
                ("$.actor", e with { Actor = "b" }),
                ("$.type", e with { Data = new CaseSigned() }),
                ("$.subject", e with { Subject = "case/other" }),
                ("$.correlationid", e with { CorrelationId = "x" }),
                ("$.causationid", e with { CausationId = "x" }),
                ("$.source", e with { Source = "other" }),
            }
        )
        {
            var conflict = Assert.IsType<AppendResult.IdConflict>(await facts.RecordAsync(changed, default));
            Assert.Equal((1, path), (conflict.Position, conflict.Difference.Path));
        }

        // An id belongs to its contract: another one may have the same.
        Assert.Equal(new AppendResult.Recorded(2, 1), await facts.RecordAsync(e with { Contract = "d" }, default));
        await Fact.AssertWholeAsync(database, 2);
    }

    [Fact]
    public async Task Facts_that_come_together_are_recorded_whole_or_not_at_all()
    {
        await using var database = await TestDatabase.CreateAsync();
        var facts = database.Ledger.Facts;
        await facts.RecordAsync(Fact.Of("case/s", "taken"), default);
        var refused = await facts.RecordAsync(
            [Fact.Of("case/s", "new-1"), Fact.Of("case/s", "taken") with { Actor = "b" }, Fact.Of("case/s", "new-2")],
            default
        );
        Assert.Equal(1, Assert.IsType<AppendResult.IdConflict>(Assert.Single(refused)).Position);
        var twice = await facts.RecordAsync([Fact.Of("case/s", "x"), Fact.Of("case/s", "x")], default);
        Assert.Equal([new AppendResult.Recorded(2, 2), new AppendResult.Duplicate(2, 2)], twice);
        var chained = await facts.RecordAsync([Fact.Of("case/s", "y", 2), Fact.Of("case/s", "z")], default);
        Assert.All(chained, r => Assert.IsType<AppendResult.Recorded>(r));
        await Fact.AssertWholeAsync(database, 4);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u007fb")]
    public async Task A_control_character_in_the_envelope_is_refused(string id)
    {
        await using var database = await TestDatabase.CreateAsync();
        Assert.Equal(
            ErrorCode.Refused,
            (await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Facts.RecordAsync(Fact.Of("case/s", id), default))).Code
        );
    }

    [Fact]
    public async Task A_fact_that_the_database_refuses_does_not_fail_its_neighbours()
    {
        await using var database = await TestDatabase.CreateAsync();
        var sent = Enumerable
            .Range(0, 50)
            .Select(i => database.Ledger.Facts.RecordAsync(Fact.Of($"case/{i}", $"e-{i}", unit: i == 25 ? "a\0b" : "u"), default))
            .ToList();
        for (var i = 0; i < sent.Count; i++)
        {
            if (i == 25)
            {
                await Assert.ThrowsAsync<LedgerException>(() => sent[i]);
            }
            else
            {
                Assert.IsType<AppendResult.Recorded>(await sent[i]);
            }
        }

        await Fact.AssertWholeAsync(database, 49);
    }
}
