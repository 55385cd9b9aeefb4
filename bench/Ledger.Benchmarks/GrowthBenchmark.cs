using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Projections.Evidence.Verification;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>growth</c>: append, rebuild and verification on a small and on a large log, and the peak memory of the commands that
/// read or write a whole one.
/// </summary>
internal static class GrowthBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const int BatchesOf10K = 10;

    private sealed record Figures(
        long Events,
        double Append,
        double Rebuild,
        double Verify,
        double RawAppend,
        double RawRead,
        long Import,
        long RebuildMemory,
        long VerifyMemory,
        long ExportMemory
    );

    public static Command Create()
    {
        var years = new Option<int>("--contract-years")
        {
            DefaultValueFactory = _ => 86,
            Description = "Contract-years of about 122,000 events of the large log; the small one has one",
        };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "Rounds of each; the median counts" };
        var command = new Command("growth", "A large log beside a small one: rates and peak memory") { years, rounds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(years), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int years, int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();

        // What is appended by itself is of a contract of its own, which no file registers.
        await bench.RegisterAsync(Bench.Terms(Contract));
        var small = await MeasureAsync(bench, 0, 1, rounds);
        Show("small", small);
        var large = await MeasureAsync(bench, 1, years - 1, rounds);
        Show("large", large);
        Bench.Head($"at {small.Events:N0} events", $"at {large.Events:N0} events");
        _ = Bench.Row("raw COPY of the same batches", small.RawAppend, large.RawAppend, "events/s", 0, atLeast: true);
        _ = Bench.Row("raw read and SHA-256", small.RawRead, large.RawRead, "events/s", 0, atLeast: true);
        return
            Bench.Row("append, 10,000 events a batch", small.Append, large.Append, "events/s", 0.85, atLeast: true)
            & Bench.Row("rebuild of all projections", small.Rebuild, large.Rebuild, "events/s", 0.85, atLeast: true)
            & Bench.Row("verify (leaves, tree, streams)", small.Verify, large.Verify, "events/s", 0.85, atLeast: true)
            & Bench.Row("peak memory of import", small.Import / 1e6, large.Import / 1e6, "MB", 1.3, atLeast: false)
            & Bench.Row("peak memory of rebuild", small.RebuildMemory / 1e6, large.RebuildMemory / 1e6, "MB", 1.3, atLeast: false)
            & Bench.Row("peak memory of verify", small.VerifyMemory / 1e6, large.VerifyMemory / 1e6, "MB", 1.3, atLeast: false)
            & Bench.Row("peak memory of export", small.ExportMemory / 1e6, large.ExportMemory / 1e6, "MB", 1.3, atLeast: false)
            ? 0
            : 1;
    }

    private static async Task<Figures> MeasureAsync(Bench bench, int first, int years, int rounds)
    {
        var import = await bench.CommandAsync("import", await bench.WriteYearsAsync(Contract, Enumerable.Range(first, years)));
        await using (var vacuum = bench.Database.CreateCommand("vacuum analyze"))
        {
            vacuum.CommandTimeout = 0;
            await vacuum.ExecuteNonQueryAsync();
        }

        var events = (await bench.Get<LogReader>().HeadAsync(CancellationToken.None)).Position;
        var rebuild = await RoundsAsync(rounds, () => bench.Get<ReadModels>().RebuildAsync(CancellationToken.None));
        var verify = await RoundsAsync(
            rounds,
            async () =>
            {
                var verified = await new LogVerifier(bench.Get<NpgsqlDataSource>()).VerifyAsync(
                    RetainedCheckpoints.None,
                    null,
                    CancellationToken.None
                );
                _ = verified.Ok ? 0 : throw new InvalidOperationException(verified.ToString());
            }
        );
        var rebuildMemory = await bench.CommandAsync("rebuild");
        var verifyMemory = await bench.CommandAsync("verify");
        var exportMemory = await bench.CommandAsync("export", $"{Contract}-{first:000}", "--out", bench.PathOf("bundle.ndjson"));

        var rawRead = await RoundsAsync(rounds, () => ReadBenchmark.HashAsync(bench));

        var raw = new RawLog(bench.Database);
        await raw.CreateAsync();
        await raw.FillAsync();
        var (append, rawAppend) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var batches = Enumerable
                .Range(0, BatchesOf10K)
                .Select(b => AppendBenchmark.Events($"g{first}-{round}-{b}", 10_000).ConvertAll(PendingEvent.Of))
                .ToList();
            rawAppend.Add(
                await Bench.TimeAsync(async () =>
                {
                    foreach (var batch in batches)
                    {
                        await raw.CopyAsync(batch);
                    }
                })
            );
            append.Add(
                await Bench.TimeAsync(async () =>
                {
                    foreach (var batch in batches)
                    {
                        await AppendBenchmark.CopyAsync(bench, batch);
                    }
                })
            );
        }

        return new Figures(
            events,
            Rate(append),
            events * 1000 / rebuild,
            events * 1000 / verify,
            Rate(rawAppend),
            events * 1000 / rawRead,
            import,
            rebuildMemory,
            verifyMemory,
            exportMemory
        );

        static double Rate(List<double> times) => BatchesOf10K * 10_000_000 / Bench.Median(times.Skip(1));
    }

    private static async Task<double> RoundsAsync(int rounds, Func<Task> work)
    {
        var times = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            times.Add(await Bench.TimeAsync(work));
        }

        return Bench.Median(times.Skip(1));
    }

    private static void Show(string log, Figures figures) => Console.WriteLine($"{log}: {figures}");
}
