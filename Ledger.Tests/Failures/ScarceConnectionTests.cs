using System.Net;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using Npgsql;

namespace Ledger.Tests.Failures;

/// <summary>A pool with no connection left, and a reader that takes its time with one.</summary>
public sealed class ScarceConnectionTests
{
    [Fact]
    public async Task Without_a_free_connection_callers_are_told_and_with_one_everything_goes_on()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        var scarce = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 6, Timeout = 1 }.ConnectionString;
        await using var ledger = await TestDatabase.OpenAsync(scarce);
        await using var service = await RunningService.StartAsync(ledger);
        await service.WaitAsync("/health", (response, _) => response.IsSuccessStatusCode);

        var held = new List<NpgsqlConnection>();
        try
        {
            // The daemon keeps two of its own; the rest is taken as it becomes free.
            for (var refusals = 0; refusals < 3; )
            {
                try
                {
                    held.Add(await ledger.Database.OpenConnectionAsync());
                }
                catch (NpgsqlException)
                {
                    refusals++;
                }
            }

            using var refused = await service.Http.GetAsync(new Uri("/api/contracts/gaomidian-2025/statements/1", UriKind.Relative));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("urn:ledger:error:database-unreachable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            var told = await Assert.ThrowsAsync<LedgerException>(() => ledger.Facts.RecordAsync(Event(0), default));
            Assert.Equal(ErrorCode.DatabaseUnreachable, told.Code);
        }
        finally
        {
            held.ForEach(c => c.Dispose());
        }

        Assert.Equal(new AppendResult.Recorded(6, 1), await ledger.Facts.RecordAsync(Event(0), default));
        await service.WaitAsync(
            "/health",
            (response, text) => response.IsSuccessStatusCode && !text.Contains("stopped", StringComparison.Ordinal)
        );
        using var answered = await service.Http.GetAsync(new Uri("/api/contracts/gaomidian-2025/statements/1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task A_slow_reader_holds_nobody_up_and_reads_the_log_as_it_was_when_it_began()
    {
        const int before = 20_000;
        await using var database = await TestDatabase.CreateAsync();
        var log = database.Ledger.Log;
        await Fact.CopyAsync(database, Enumerable.Range(0, before).Select(Event));
        await using var reader = log.ReadAsync(0, long.MaxValue).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());

        // Far more than the buffers between hold is unread: the database waits for this reader, nobody else does.
        for (var i = 0; i < 200; i++)
        {
            Assert.IsType<AppendResult.Recorded>(await database.Ledger.Facts.RecordAsync(Event(before + i), default));
        }

        Assert.Equal(before + 200, (await log.HeadAsync(default)).Position);
        var read = 1L;
        while (await reader.MoveNextAsync())
        {
            Assert.Equal(++read, reader.Current.Position);
        }

        Assert.Equal(before, read);
    }

    private static NewEvent Event(int i) => Fact.Of($"case/{i % 1_000}", $"e-{i}", unit: new string('x', 300));
}
