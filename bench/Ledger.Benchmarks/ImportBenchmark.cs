using System.CommandLine;
using Ledger.Projections.Store;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>import</c>: files of NDJSON imported by the command line, a process of its own for each, beside a plain Marten program that
/// only parses and appends the same file, and beside raw COPY of the events that it holds.
/// </summary>
internal static class ImportBenchmark
{
    private const string Contract = "gaomidian-2025";

    public static Command Create()
    {
        var years = new Option<int>("--contract-years")
        {
            DefaultValueFactory = _ => 1,
            Description = "Contract-years of about 122,000 events a file",
        };
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 5,
            Description = "Interleaved rounds of each; the median counts",
        };
        var command = new Command("import", "An import of NDJSON through the command line beside plain Marten and raw COPY")
        {
            years,
            rounds,
        };
        command.SetAction(parsed => RunAsync(parsed.GetValue(years), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int years, int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        var raw = new RawLog(bench.Database);
        await raw.CreateAsync();
        var (copies, plain, imports, events, bytes) = (new List<double>(), new List<double>(), new List<double>(), 0L, 0L);
        for (var round = 0; round <= rounds; round++)
        {
            var file = await bench.WriteYearsAsync(Contract, Enumerable.Range(round * years, years));
            var pending = (await File.ReadAllLinesAsync(file))
                .Select(l => PendingEvent.Of(Domain.Events.EventReader.Read(System.Text.Encoding.UTF8.GetBytes(l), null, out _)!))
                .ToList();
            (events, bytes) = (pending.Count, new FileInfo(file).Length);
            copies.Add(await Bench.TimeAsync(() => raw.CopyAsync(pending)));
            plain.Add(await Bench.TimeAsync(() => bench.PlainAsync("plain-import", file)));
            imports.Add(await Bench.TimeAsync(() => bench.CommandAsync("import", file)));
        }

        Console.WriteLine($"{events:N0} lines a file, {bytes / events} bytes a line; {rounds} interleaved rounds after one to warm up");
        Bench.HeadOfThree();
        return Bench.RowOfThree(
            "import of NDJSON, a process with its start",
            Bench.Median(copies.Skip(1)),
            Bench.Median(plain.Skip(1)),
            Bench.Median(imports.Skip(1)),
            "ms",
            0.67,
            atLeast: false
        )
            ? 0
            : 1;
    }
}
