using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Failures;

/// <summary>kill -9 of PostgreSQL while events are appended, under a service that has to bring it back.</summary>
public sealed class DatabaseKilledTests
{
    private const int Appenders = 8;
    private const int Kills = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_service_brings_it_back_what_was_acknowledged_is_there_and_callers_were_told_an_error()
    {
        using var command = new Command();
        var (service, http) = await command.ServeAsync();
        using (service)
        using (http)
        {
            await using var ledger = await TestLedger.OpenAsync(new LedgerSettings(command.DataDirectory, null), SystemClock.Instance);
            var acknowledged = new ConcurrentDictionary<string, long>();
            var (errors, stop) = (0, false);
            var appenders = Enumerable
                .Range(0, Appenders)
                .Select(a =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; !Volatile.Read(ref stop); i++)
                        {
                            // As a caller must: the same event until it is acknowledged.
                            for (var done = false; !done; )
                            {
                                try
                                {
                                    var receipt = await ledger.Facts.RecordAsync(Event(a, i), default);
                                    acknowledged[$"{a}-{i}"] = receipt is AppendResult.Recorded r
                                        ? r.Position
                                        : Assert.IsType<AppendResult.Duplicate>(receipt).Position;
                                    done = true;
                                }
                                catch (LedgerException e)
                                {
                                    Assert.Equal(ErrorCode.DatabaseUnreachable, e.Code);
                                    Interlocked.Increment(ref errors);
                                    await Task.Delay(20);
                                }
                            }
                        }
                    })
                )
                .ToList();

            for (var kill = 0; kill < Kills; kill++)
            {
                await WaitAsync(() => acknowledged.Count > 200 * (kill + 1), "no events were acknowledged");
                var (before, errorsBefore) = (acknowledged.Count, Volatile.Read(ref errors));
                using var postmaster = Process.GetProcessById(
                    int.Parse((await File.ReadAllLinesAsync(Path.Combine(command.DataDirectory, "cluster", "postmaster.pid")))[0])
                );
                postmaster.Kill();
                await WaitAsync(() => Volatile.Read(ref errors) > errorsBefore, "no caller was told");
                await WaitAsync(() => acknowledged.Count > before + 200, "the database did not come back");
            }

            Volatile.Write(ref stop, true);
            await Task.WhenAll(appenders);
            await WaitAsync(
                async () => (await http.GetAsync(new Uri("/health", UriKind.Relative))).StatusCode == HttpStatusCode.OK,
                "the service is not well again"
            );
            await using (var read = ledger.Database.CreateCommand("select headers ->> 'id', seq_id from ledger.mt_events"))
            await using (var reader = await read.ExecuteReaderAsync())
            {
                var stored = new Dictionary<string, long>();
                while (await reader.ReadAsync())
                {
                    stored.Add(reader.GetString(0), reader.GetInt64(1));
                }

                Assert.Equal(acknowledged.Count, stored.Count);
                Assert.All(acknowledged, a => Assert.Equal(a.Value, stored[a.Key]));
            }

            Assert.True((await command.JsonAsync("verify")).GetProperty("ok").GetBoolean());
            service.Kill();
            await service.WaitForExitAsync();
        }
    }

    private static async Task WaitAsync(Func<bool> until, string otherwise) => await WaitAsync(() => Task.FromResult(until()), otherwise);

    private static async Task WaitAsync(Func<Task<bool>> until, string otherwise)
    {
        for (var patience = Stopwatch.StartNew(); !await until(); await Task.Delay(20))
        {
            Assert.True(patience.Elapsed < Patience, otherwise);
        }
    }

    private static NewEvent Event(int appender, int i) => Fact.Of($"case/{appender}", $"{appender}-{i}");
}
