using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>append</c>: batches, single events and concurrent appenders, each beside the same events written by plain Npgsql in the
/// same run, in interleaved rounds.
/// </summary>
internal static class AppendBenchmark
{
    private const int EventsPerStream = 8;
    private const int Appenders = 64;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "Interleaved rounds of each; the median counts" };
        var only = new Option<string?>("--only") { Description = "bulk, single or concurrent" };
        var command = new Command("append", "Appending beside plain Npgsql: batches by COPY, one event a commit, 64 concurrent appenders") { rounds, only };
        command.SetAction(parsed => RunAsync(parsed.GetValue(rounds), parsed.GetValue(only)));
        return command;
    }

    private static async Task<int> RunAsync(int rounds, string? only)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        Console.WriteLine($"event: {Events("x", 1)[0].Data.Length} bytes of data, about {EventsPerStream} events a stream; {rounds} interleaved rounds after one to warm up");
        Bench.Head();
        var raw = new RawLog(bench.Database);
        await raw.CreateAsync();
        var met = true;
        if (only is null or "bulk")
        {
            met &= await BulkAsync(bench, raw, rounds, 10_000, 10, 0.80);
            met &= await BulkAsync(bench, raw, rounds, 1_000, 50, 0.65);
        }

        if (only is null or "single")
        {
            met &= await SingleAsync(bench, rounds);
        }

        if (only is null or "concurrent")
        {
            met &= await ConcurrentAsync(bench, rounds);
        }

        return met ? 0 : 1;
    }

    private static async Task<bool> BulkAsync(Bench bench, RawLog raw, int rounds, int size, int batches, double least)
    {
        var (ours, plain) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var batch = Enumerable.Range(0, batches).Select(b => Events($"b{size}-{round}-{b}", size)).ToList();
            var stored = batch.Select(Stored).ToList();
            var copy = await Bench.TimeAsync(async () =>
            {
                foreach (var events in stored)
                {
                    await raw.CopyAsync(events);
                }
            });
            var append = await Bench.TimeAsync(async () =>
            {
                foreach (var events in batch)
                {
                    var results = await bench.Ledger.Log.AppendAsync(events, CancellationToken.None);
                    if (results.Any(r => r is not AppendResult.Recorded))
                    {
                        throw new InvalidOperationException("an event was not recorded");
                    }
                }
            });
            if (round > 0)
            {
                ours.Add(append);
                plain.Add(copy);
            }
        }

        var count = (double)size * batches * 1000;
        return Bench.Row($"append, {size:N0} events a batch", count / Bench.Median(plain), count / Bench.Median(ours), "events/s", least, atLeast: true);
    }

    private static async Task<bool> SingleAsync(Bench bench, int rounds)
    {
        const int count = 2_000;
        var (ours50, ours99, raw50, raw99) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var insert = await RawLog.PrepareInsertAsync(connection);
        for (var round = 0; round <= rounds; round++)
        {
            var events = Events($"s-{round}", count);
            var stored = Stored(events);
            var plain = await LatenciesAsync(count, i => RawLog.InsertAsync(insert, stored[i]));
            var append = await LatenciesAsync(count, async i =>
            {
                var results = await bench.Ledger.Log.AppendAsync([events[i] with { ExpectedVersion = stored[i].Version - 1 }], CancellationToken.None);
                if (results is not [AppendResult.Recorded])
                {
                    throw new InvalidOperationException("an event was not recorded");
                }
            });
            if (round > 0)
            {
                ours50.Add(append[count / 2]);
                ours99.Add(append[count * 99 / 100]);
                raw50.Add(plain[count / 2]);
                raw99.Add(plain[count * 99 / 100]);
            }
        }

        return Bench.Row("one event, one commit, p50", Bench.Median(raw50), Bench.Median(ours50), "µs", 1.6, atLeast: false)
            & Bench.Row("one event, one commit, p99", Bench.Median(raw99), Bench.Median(ours99), "µs", 2.5, atLeast: false);
    }

    private static async Task<bool> ConcurrentAsync(Bench bench, int rounds)
    {
        const int each = 300;
        var (ours, plain) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var events = Enumerable.Range(0, Appenders).Select(a => Events($"c-{round}-{a}", each)).ToList();
            var stored = events.Select(Stored).ToList();
            var connections = new List<(NpgsqlConnection Connection, NpgsqlCommand Insert)>();
            for (var a = 0; a < Appenders; a++)
            {
                var connection = await bench.Database.OpenConnectionAsync();
                connections.Add((connection, await RawLog.PrepareInsertAsync(connection)));
            }

            var inserts = await Bench.TimeAsync(() => Task.WhenAll(connections.Select((c, a) => Task.Run(async () =>
            {
                foreach (var e in stored[a])
                {
                    await RawLog.InsertAsync(c.Insert, e);
                }
            }))));
            foreach (var (connection, insert) in connections)
            {
                await insert.DisposeAsync();
                await connection.DisposeAsync();
            }

            var appends = await Bench.TimeAsync(() => Task.WhenAll(events.Select(mine => Task.Run(async () =>
            {
                foreach (var e in mine)
                {
                    _ = await bench.Ledger.Log.AppendAsync([e], CancellationToken.None) is [AppendResult.Recorded] ? 0 : throw new InvalidOperationException("an event was not recorded");
                }
            }))));
            if (round > 0)
            {
                ours.Add(appends);
                plain.Add(inserts);
            }
        }

        var count = (double)Appenders * each * 1000;
        return Bench.Row($"{Appenders} concurrent appenders", count / Bench.Median(plain), count / Bench.Median(ours), "events/s", 3, atLeast: true);
    }

    private static async Task<List<double>> LatenciesAsync(int count, Func<int, Task> one)
    {
        GC.Collect();
        var times = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await one(i);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        times.Sort();
        return times;
    }

    /// <summary>Events as a hotline makes them: streams of some events each, one after the other.</summary>
    public static List<AppendEvent> Events(string run, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new AppendEvent(
            "gaomidian-2025", $"gaomidian-2025/case/{run}-{i / EventsPerStream:0000000}", "case_dispatched", $"{run}-{i:0000000}", "platform-12345",
            1_762_000_000_000_000 + i, "seat-17", null, null,
            Encoding.UTF8.GetBytes($$"""{"unit":"unit-{{i % 20:00}}","dueAt":"2025-11-20T09:30:00+08:00","note":"to be visited before noon, keys at the gate {{i:0000000}}"}""")))];

    /// <summary>As the raw table holds them, after whatever it holds already.</summary>
    public static List<StoredEvent> Stored(List<AppendEvent> events) =>
        [.. events.Select((e, i) => new StoredEvent(
            Interlocked.Increment(ref position), e.Contract, e.Stream, (i % EventsPerStream) + 1, e.Type, e.EventId, e.Source, e.OccurredAt, e.OccurredAt, e.Actor, null, null, e.Data))];

    private static long position = 1_000_000_000;
}
