using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using Ledger.Domain.Simulation;
using Ledger.Projections.Accounts;
using Ledger.Projections.Payables;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using Marten;

namespace Ledger.Benchmarks;

/// <summary><c>lag</c>: how long after its acknowledgement an event is in each of the projections, while events keep coming.</summary>
internal static class LagBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const int Batch = 20;

    private static readonly string[] Shards = [AccountProjection.Shard, StandingProjection.Shard, CycleProjection.Shard];

    public static Command Create()
    {
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 2_000, Description = "Events a second" };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 30, Description = "How long" };
        var warm = new Option<int>("--warm-up")
        {
            DefaultValueFactory = _ => 15,
            Description = "How many seconds before: until the runtime has compiled what is hot",
        };
        var command = new Command("lag", "The lag of the live projections under a steady rate of events") { rate, seconds, warm };
        command.SetAction(parsed => RunAsync(parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(warm)));
        return command;
    }

    private static async Task<int> RunAsync(int rate, int seconds, int warm)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        var terms = Bench.Terms(Contract);
        await bench.RegisterAsync(terms);
        var events = ServiceYear.Of(terms, 20251028, Bench.CasesPerMonth).Take(rate * (warm + seconds) / Batch * Batch).ToList();
        using var daemon = await bench.Get<IDocumentStore>().BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();

        var acknowledged = new ConcurrentDictionary<int, (long Position, long At)>();
        var watches = Shards.Select(shard => Task.Run(() => WatchAsync(bench, shard, acknowledged, events.Count / Batch))).ToList();
        var start = Stopwatch.GetTimestamp();
        foreach (var (number, batch) in events.Chunk(Batch).Index())
        {
            var due = TimeSpan.FromSeconds((double)number * Batch / rate) - Stopwatch.GetElapsedTime(start);
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
            var results = await bench.Get<FactWriter>().RecordAsync(batch, CancellationToken.None);
            acknowledged[number] = (((AppendResult.Recorded)results[^1]).Position, Stopwatch.GetTimestamp());
        }

        var taken = Stopwatch.GetElapsedTime(start);
        Console.WriteLine($"{events.Count:N0} events in batches of {Batch}, {Bench.Show(events.Count / taken.TotalSeconds, 0)} a second");
        Console.WriteLine();
        Console.WriteLine("| projection | p50 | p99 | most | reach |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        var met = true;
        foreach (var (shard, watch) in Shards.Zip(watches))
        {
            var lags = await watch;
            Show($"{shard}, first {warm} s", [.. lags.Take(rate * warm / Batch)], "");
            met &= Show(shard, [.. lags.Skip(rate * warm / Batch)], "p99 ≤ 100 ms") <= 100;
        }

        await daemon.StopAllAsync();
        return met ? 0 : 1;
    }

    private static double Show(string what, double[] lags, string reach)
    {
        Array.Sort(lags);
        var p99 = lags.Length == 0 ? 0 : lags[lags.Length * 99 / 100];
        Console.WriteLine(
            $"| {what} | {Bench.Show(lags.Length == 0 ? 0 : lags[lags.Length / 2], 0)} ms | {Bench.Show(p99, 0)} ms | "
                + $"{Bench.Show(lags.LastOrDefault(), 0)} ms | {reach} |"
        );
        return p99;
    }

    private static async Task<List<double>> WatchAsync(
        Bench bench,
        string shard,
        ConcurrentDictionary<int, (long Position, long At)> acknowledged,
        int batches
    )
    {
        var lags = new List<double>();
        await using var connection = await bench.Database.OpenConnectionAsync();
        while (lags.Count < batches)
        {
            var reached = await ProjectionProgress.AtAsync(connection, shard, CancellationToken.None);
            while (acknowledged.TryGetValue(lags.Count, out var next) && next.Position <= reached)
            {
                lags.Add(Stopwatch.GetElapsedTime(next.At).TotalMilliseconds);
            }

            await Task.Delay(1);
        }

        return lags;
    }
}
