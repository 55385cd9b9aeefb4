using System.CommandLine;
using System.Diagnostics;
using Ledger.Domain.Simulation;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Marten;

namespace Ledger.Benchmarks;

/// <summary><c>lag</c>: how long after its acknowledgement an event is in the projections, while events keep coming.</summary>
internal static class LagBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const int Batch = 20;

    public static Command Create()
    {
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 2_000, Description = "Events a second" };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 20, Description = "How long" };
        var command = new Command("lag", "The lag of the live projections under a steady rate of events") { rate, seconds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(rate), parsed.GetValue(seconds)));
        return command;
    }

    private static async Task<int> RunAsync(int rate, int seconds)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        var terms = Bench.Terms(Contract);
        await bench.RegisterAsync(terms);
        var events = ServiceYear.Of(terms, 20251028, Bench.CasesPerMonth).Take(rate * seconds / Batch * Batch).ToList();
        using var daemon = await bench.Get<IDocumentStore>().BuildProjectionDaemonAsync();
        await daemon.StartAllAsync();

        var acknowledged = new System.Collections.Concurrent.ConcurrentQueue<(long Position, long At)>();
        var lags = Task.Run(() => WatchAsync(bench, acknowledged, events.Count / Batch));
        var start = Stopwatch.GetTimestamp();
        foreach (var (number, batch) in events.Chunk(Batch).Index())
        {
            var due = TimeSpan.FromSeconds((double)number * Batch / rate) - Stopwatch.GetElapsedTime(start);
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
            var results = await bench.Get<FactWriter>().RecordAsync(batch, CancellationToken.None);
            acknowledged.Enqueue((((AppendResult.Recorded)results[^1]).Position, Stopwatch.GetTimestamp()));
        }

        var taken = Stopwatch.GetElapsedTime(start);
        var sorted = await lags;
        sorted.Sort();
        await daemon.StopAllAsync();

        var p99 = sorted[sorted.Count * 99 / 100];
        Console.WriteLine($"{events.Count:N0} events in batches of {Batch}, {Bench.Show(events.Count / taken.TotalSeconds, 0)} a second");
        Console.WriteLine();
        Console.WriteLine("| what | p50 | p99 | most | reach |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        Console.WriteLine($"| live projection lag | {Bench.Show(sorted[sorted.Count / 2], 0)} ms | {Bench.Show(p99, 0)} ms | {Bench.Show(sorted[^1], 0)} ms | p99 ≤ 100 ms |");
        return p99 <= 100 ? 0 : 1;
    }

    private static async Task<List<double>> WatchAsync(Bench bench, System.Collections.Concurrent.ConcurrentQueue<(long Position, long At)> acknowledged, int batches)
    {
        var lags = new List<double>();
        await using var connection = await bench.Database.OpenConnectionAsync();
        while (lags.Count < batches)
        {
            var reached = await ProjectionProgress.AtAsync(connection, AccountProjection.Shard, CancellationToken.None);
            while (acknowledged.TryPeek(out var next) && next.Position <= reached && acknowledged.TryDequeue(out _))
            {
                lags.Add(Stopwatch.GetElapsedTime(next.At).TotalMilliseconds);
            }

            await Task.Delay(1);
        }

        return lags;
    }
}
