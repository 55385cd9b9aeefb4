using System.CommandLine;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>import</c>: files of NDJSON imported by the command line, a process of its own for each, beside a raw COPY of the events
/// that they hold.
/// </summary>
internal static class ImportBenchmark
{
    private const string Contract = "gaomidian-2025";

    public static Command Create()
    {
        var years = new Option<int>("--contract-years") { DefaultValueFactory = _ => 8, Description = "Contract-years of about 120,000 events a file" };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "Interleaved rounds of each; the median counts" };
        var command = new Command("import", "An import of NDJSON through the command line beside raw COPY of its events") { years, rounds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(years), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int years, int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        var raw = new RawLog(bench.Database);
        await raw.CreateAsync();
        var (imports, copies, events, bytes) = (new List<double>(), new List<double>(), 0L, 0L);
        for (var round = 0; round <= rounds; round++)
        {
            var file = await bench.WriteYearsAsync(Contract, Enumerable.Range(round * years, years));
            var before = (await bench.Ledger.Log.Reader.HeadAsync(CancellationToken.None)).Position;
            var import = await Bench.TimeAsync(() => bench.CommandAsync("import", file));
            var stored = await RawLog.OfAsync(bench.Ledger, before, long.MaxValue);
            var copy = await Bench.TimeAsync(() => raw.CopyAsync(stored));
            (events, bytes) = (stored.Count, new FileInfo(file).Length);
            if (round > 0)
            {
                imports.Add(import);
                copies.Add(copy);
            }
        }

        Console.WriteLine($"{events:N0} lines a file, {bytes / events} bytes a line; {rounds} interleaved rounds after one to warm up");
        Bench.Head();
        return Bench.Row("import of NDJSON through the command line", events / Bench.Median(copies) * 1000, events / Bench.Median(imports) * 1000, "events/s", 0.5, atLeast: true) ? 0 : 1;
    }
}
