using System.CommandLine;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>evidence</c>: what tiles and checkpoints cost appends, published while they run as the service publishes them, and what a
/// proof costs in a log of a million events.
/// </summary>
internal static class EvidenceBenchmark
{
    private const int Batch = 10_000;
    private const int BatchesARound = 8;
    private const int Proofs = 2_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static int batches;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 6,
            Description = "Interleaved rounds of each; the median counts",
        };
        var command = new Command(
            "evidence",
            "Appends with and without checkpoints and tiles published beside them; the time of a proof at a million events"
        )
        {
            rounds,
        };
        command.SetAction(parsed => RunAsync(parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        Console.WriteLine(
            $"{BatchesARound} batches of {Batch:N0} events a round, {rounds} interleaved rounds after one to warm up; a checkpoint "
                + $"and its tiles every {Pause.TotalMilliseconds:0} ms where the log moved"
        );
        Bench.Head("without", "with");
        await bench.Get<CheckpointPublisher>().PublishAsync(CancellationToken.None);
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var publishing in round % 2 == 0 ? (bool[])[false, true] : [true, false])
            {
                var events = Batches();
                var took = publishing
                    ? await PublishingAsync(bench, () => Bench.TimeAsync(() => AppendAsync(bench, events)))
                    : await Bench.TimeAsync(() => AppendAsync(bench, events));

                // What was left undone is not the next one's to do.
                await bench.Get<CheckpointPublisher>().PublishAsync(CancellationToken.None);
                if (round > 0)
                {
                    (publishing ? with : without).Add(took);
                }
            }
        }

        const double count = Batch * BatchesARound * 1000.0;
        var met = Bench.Row(
            "append, checkpoints and tiles beside it",
            count / Bench.Median(without),
            count / Bench.Median(with),
            "events/s",
            0.95,
            atLeast: true
        );
        while ((await bench.Get<LogReader>().HeadAsync(CancellationToken.None)).Position < 1_000_000)
        {
            await AppendAsync(bench, Batches());
        }

        return await ProveAsync(bench) && met ? 0 : 1;
    }

    private static async Task<bool> ProveAsync(Bench bench)
    {
        await using (var vacuum = bench.Database.CreateCommand("vacuum analyze"))
        {
            await vacuum.ExecuteNonQueryAsync(); // As PostgreSQL does by itself within minutes.
        }

        var published = await bench.Get<CheckpointPublisher>().PublishAsync(CancellationToken.None);
        var prover = bench.Get<LogProver>();
        var dice = new Domain.Simulation.Dice(1);
        var (inclusion, consistency) = (new List<double>(), new List<double>());
        for (var i = 0; i < Proofs; i++)
        {
            var at = 1 + (long)dice.Between(0, (int)published.Checkpoint.Size - 1);
            inclusion.Add(await OnceAsync(() => prover.InclusionAsync(at, published, CancellationToken.None)));
            consistency.Add(
                await OnceAsync(() => prover.ConsistencyAsync(at, published.Checkpoint.Size, published, CancellationToken.None))
            );
        }

        Console.WriteLine();
        Console.WriteLine($"proofs in a log of {published.Checkpoint.Size:N0} events, {Proofs:N0} of each at random positions:");
        var met = true;
        foreach (var (name, times) in new[] { ("inclusion", inclusion), ("consistency", consistency) })
        {
            times.Sort();
            Console.WriteLine(
                $"  {name}: p50 {Bench.Show(times[Proofs / 2], 2)} ms, p99 {Bench.Show(times[Proofs * 99 / 100], 2)} ms (reach: under 2 ms)"
            );
            met &= times[Proofs / 2] < 2;
        }

        return met;
    }

    private static async Task<double> OnceAsync(Func<Task> proof)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await proof();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<double> PublishingAsync(Bench bench, Func<Task<double>> work)
    {
        var working = work();
        while (!working.IsCompleted)
        {
            await bench.Get<CheckpointPublisher>().PublishAsync(CancellationToken.None);
            await Task.WhenAny(working, Task.Delay(Pause));
        }

        return await working;
    }

    private static List<List<PendingEvent>> Batches() =>
        [
            .. Enumerable
                .Range(0, BatchesARound)
                .Select(_ => AppendBenchmark.Events($"e{batches++:000000}", Batch).ConvertAll(PendingEvent.Of)),
        ];

    private static async Task AppendAsync(Bench bench, List<List<PendingEvent>> batches)
    {
        foreach (var batch in batches)
        {
            await AppendBenchmark.CopyAsync(bench, batch);
        }
    }
}
