using System.CommandLine;
using System.Diagnostics;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>append</c>: single facts and concurrent senders, each beside the same events written by plain Npgsql and by plain Marten in
/// the same run, in interleaved rounds.
/// </summary>
internal static class AppendBenchmark
{
    private const int EventsPerStream = 8;
    private const int Senders = 64;
    private const int Singles = 2_000;
    private const int FactsEach = 150;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 5,
            Description = "Interleaved rounds of each; the median counts",
        };
        var command = new Command("append", "Single facts, and 64 concurrent senders, beside plain Npgsql and plain Marten") { rounds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        await using var plain = PlainMarten.Open(bench.Connection);
        Console.WriteLine($"about {EventsPerStream} events a stream; {rounds} interleaved rounds after one to warm up");
        Bench.HeadOfThree();
        await new RawLog(bench.Database).CreateAsync();
        return await SingleAsync(bench, plain, rounds) & await ConcurrentAsync(bench, plain, rounds) ? 0 : 1;
    }

    private static async Task<bool> SingleAsync(Bench bench, DocumentStore plain, int rounds)
    {
        var times = new List<double>[] { [], [], [], [], [], [] };
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var insert = await RawLog.PrepareInsertAsync(connection);
        for (var round = 0; round <= rounds; round++)
        {
            var events = Events($"s-{round}", Singles);
            var pending = events.ConvertAll(PendingEvent.Of);
            var raw = await LatenciesAsync(i => RawLog.InsertAsync(insert, pending[i]));
            var marten = await LatenciesAsync(i => PlainMarten.AppendAsync(plain, events[i]));
            var ours = await LatenciesAsync(async i =>
                Recorded(await bench.Get<FactWriter>().RecordAsync(events[i], CancellationToken.None))
            );
            foreach (var (way, latencies) in new[] { raw, marten, ours }.Index())
            {
                times[2 * way].Add(latencies[Singles / 2]);
                times[(2 * way) + 1].Add(latencies[Singles * 99 / 100]);
            }
        }

        var median = times.Select(t => Bench.Median(t.Skip(1))).ToList();
        return Bench.RowOfThree("one fact, one commit, p50", median[0], median[2], median[4], "µs", 1.2, atLeast: false)
            & Bench.RowOfThree("one fact, one commit, p99", median[1], median[3], median[5], "µs", 1.5, atLeast: false);
    }

    private static async Task<bool> ConcurrentAsync(Bench bench, DocumentStore plain, int rounds)
    {
        var (raw, marten, ours) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var events = Enumerable.Range(0, Senders).Select(s => Events($"c-{round}-{s}", FactsEach)).ToList();
            raw.Add(await RawAsync(bench, [.. events.Select(mine => mine.ConvertAll(PendingEvent.Of))]));
            marten.Add(await Bench.TimeAsync(() => EachAsync(events, e => PlainMarten.AppendAsync(plain, e))));
            ours.Add(
                await Bench.TimeAsync(() =>
                    EachAsync(events, async e => Recorded(await bench.Get<FactWriter>().RecordAsync(e, CancellationToken.None)))
                )
            );
        }

        double Rate(List<double> times) => Senders * FactsEach * 1000.0 / Bench.Median(times.Skip(1));
        return Bench.RowOfThree($"{Senders} senders of single facts", Rate(raw), Rate(marten), Rate(ours), "events/s", 6, atLeast: true);
    }

    private static async Task<double> RawAsync(Bench bench, List<List<PendingEvent>> events)
    {
        var connections = new List<(NpgsqlConnection Connection, NpgsqlCommand Insert)>();
        foreach (var _ in events)
        {
            var connection = await bench.Database.OpenConnectionAsync();
            connections.Add((connection, await RawLog.PrepareInsertAsync(connection)));
        }

        var time = await Bench.TimeAsync(() =>
            Task.WhenAll(
                connections.Select(
                    (c, s) =>
                        Task.Run(async () =>
                        {
                            foreach (var e in events[s])
                            {
                                await RawLog.InsertAsync(c.Insert, e);
                            }
                        })
                )
            )
        );
        foreach (var (connection, insert) in connections)
        {
            await insert.DisposeAsync();
            await connection.DisposeAsync();
        }

        return time;
    }

    private static Task EachAsync(List<List<NewEvent>> events, Func<NewEvent, Task> append) =>
        Task.WhenAll(
            events.Select(mine =>
                Task.Run(async () =>
                {
                    foreach (var e in mine)
                    {
                        await append(e);
                    }
                })
            )
        );

    private static async Task<List<double>> LatenciesAsync(Func<int, Task> one)
    {
        GC.Collect();
        var times = new List<double>(Singles);
        for (var i = 0; i < Singles; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await one(i);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        times.Sort();
        return times;
    }

    private static void Recorded(AppendResult result) =>
        _ = result is AppendResult.Recorded ? 0 : throw new InvalidOperationException("an event was not recorded");

    /// <summary>Facts as a hotline makes them: streams of some events each, one after the other.</summary>
    public static List<NewEvent> Events(string run, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new NewEvent(
                    "gaomidian-2025",
                    $"case/{run}-{i / EventsPerStream:0000000}",
                    $"{run}-{i:0000000}",
                    "platform-12345",
                    Instant.FromUnixTimeTicks(17_620_000_000_000_000 + (i * 10)),
                    "seat-17",
                    new CaseReplied($"unit-{i % 20:00}", 5, $"to be visited before noon, keys at the gate {i:0000000}")
                )),
        ];

    /// <summary>Records a batch in one transaction, as an import does.</summary>
    public static async Task CopyAsync(Bench bench, IReadOnlyList<PendingEvent> events)
    {
        await using var log = await LogTransaction.BeginAsync(bench.Get<NpgsqlDataSource>(), bench.Get<IClock>(), CancellationToken.None);
        await log.LoadStreamsAsync(events.Select(e => (e.Event.Contract, e.Stream)), CancellationToken.None);
        await log.WriteAsync([.. events.Select(log.Place)], CancellationToken.None);
        await log.CommitAsync(CancellationToken.None);
    }
}
