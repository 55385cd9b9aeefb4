using System.CommandLine;
using System.Globalization;
using System.Text;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Domain.Time;
using Ledger.Projections.Store;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>import-311</c>: a 311 export (CSV, own due times) imported through the shipped mapping, beside a raw COPY of the events that it
/// becomes into a table with the log's columns, constraints and indexes. Fails where it takes three times as long or more.
/// </summary>
internal static class MappedImportBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const double Most = 3;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 100_000, Description = "Rows of the export" };
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 5,
            Description = "Interleaved rounds of each; the median counts",
        };
        var command = new Command("import-311", "A mapped import beside raw COPY of the events it becomes") { rows, rounds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(rows), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int rows, int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        var mapping =
            ImportMapping.Read(
                await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "mappings", "generic-311.json")),
                out var faults
            ) ?? throw new InvalidDataException(string.Join("; ", faults));
        await bench.RegisterAsync(Bench.Terms(Contract));
        await bench.DescribeAsync();
        var raw = new RawLog(bench.Database);
        await raw.CreateAsync();

        // Every round writes to a log and a table that hold the rounds before it, as a ledger in use does.
        var (imports, copies, events) = (new List<double>(), new List<double>(), 0L);
        for (var round = 0; round <= rounds; round++)
        {
            using var file = new MemoryStream(Encoding.UTF8.GetBytes(Export(round, rows)));
            var report = new ImportReport(0, 0, 0, 0, null, null, [], false);
            var import = await Bench.TimeAsync(async () =>
                report = await bench
                    .Get<Importer>()
                    .ImportAsync(
                        EventFile.OfTable(file, mapping, Contract, WorkingDays.Shipped),
                        new ImportOptions(),
                        CancellationToken.None
                    )
            );
            if (report.Rejected > 0 || report.Read != rows)
            {
                throw new InvalidOperationException(string.Join("; ", report.Errors.SelectMany(e => e.Faults)));
            }

            var stored = await bench
                .Get<LogReader>()
                .ReadAsync(report.FirstPosition!.Value - 1, report.LastPosition!.Value)
                .Select(e => PendingEvent.Of(Pending(e)))
                .ToListAsync();
            var copy = await Bench.TimeAsync(() => raw.CopyAsync(stored));
            events = stored.Count;
            if (round > 0)
            {
                imports.Add(import);
                copies.Add(copy);
            }
        }

        var ratio = Bench.Median(imports) / Bench.Median(copies);
        Console.WriteLine();
        Console.WriteLine("| what | median ms | events/s |");
        Console.WriteLine("| --- | ---: | ---: |");
        Console.WriteLine(
            $"| raw COPY of {events:N0} events | {Bench.Show(Bench.Median(copies), 0)} | "
                + $"{Bench.Show(events / Bench.Median(copies) * 1000, 0)} |"
        );
        Console.WriteLine(
            $"| import of {rows:N0} rows | {Bench.Show(Bench.Median(imports), 0)} | "
                + $"{Bench.Show(events / Bench.Median(imports) * 1000, 0)} |"
        );
        Console.WriteLine();
        Console.WriteLine(
            $"ratio {Bench.Show(ratio, 2)} (below {Bench.Show(Most, 0)} is asked for), {rounds} interleaved rounds after one to warm up"
        );
        return ratio < Most ? 0 : 1;
    }

    private static Domain.Events.NewEvent Pending(StoredEvent stored) =>
        EventMapping.ToEvent(stored) is var e
            ? new Domain.Events.NewEvent(e.Contract, e.Subject, e.Id, e.Source, e.OccurredAt, e.Actor, e.Data)
            : throw new System.Diagnostics.UnreachableException();

    private static string Export(int round, int rows)
    {
        var text = new StringBuilder("id,opened,target,closed,status,queue,department,latitude,longitude\n");
        for (var i = 0; i < rows; i++)
        {
            var opened = new DateTime(2025, 11, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(i * 250L);
            var closed = i % 11 == 0 ? "" : opened.AddHours(i % 240).ToString("s", CultureInfo.InvariantCulture);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{round}-{i:0000000},{opened:s},{opened.AddHours(120):s},{closed},{(closed.Length > 0 ? "Closed" : "Open")},Queue "
                    + $"{i % 40},Department {i % 12},{39.7 + (i % 1000 / 1e4):0.0000},{116.3 + (i % 777 / 1e4):0.0000}\n"
            );
        }

        return text.ToString();
    }
}
