using System.CommandLine;
using Ledger.Domain.Assessments;
using Ledger.Domain.Simulation;
using Ledger.Domain.Time;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>assess</c>: an assessment of a contract-year (read, decode, fold, all rules, digest) beside reading and decoding the same
/// events, in interleaved rounds. Fails where the ratio is 3 or more.
/// </summary>
internal static class AssessBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const double Most = 3;

    public static Command Create()
    {
        var cases = new Option<int>("--cases-per-month")
        {
            DefaultValueFactory = _ => 1050,
            Description = "Size of the simulated year; 1,050 make about 120,000 events",
        };
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 7,
            Description = "Interleaved rounds of each; the median counts",
        };
        var command = new Command("assess", "An assessment beside reading and decoding its events") { cases, rounds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(cases), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int casesPerMonth, int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        var terms = Bench.Terms(Contract);
        var events = ServiceYear.Of(terms, 20251028, casesPerMonth);
        await bench.FillAsync(terms, events);
        await bench.DescribeAsync();
        var head = (await bench.Get<LogReader>().HeadAsync(CancellationToken.None)).Position;
        Console.WriteLine($"events: {head:N0}, as of {ServiceYear.EndOf(terms)}");

        var (raw, assessed, found) = (new List<double>(), new List<double>(), 0);
        for (var round = -1; round < rounds; round++)
        {
            var reading = await Bench.TimeAsync(() => DecodeAsync(bench, head));
            var assessing = await Bench.TimeAsync(async () => found = await AssessAsync(bench, head, ServiceYear.EndOf(terms)));
            if (round >= 0)
            {
                raw.Add(reading);
                assessed.Add(assessing);
            }
        }

        var ratio = Bench.Median(assessed) / Bench.Median(raw);
        Console.WriteLine();
        Console.WriteLine("| what | median ms | events/s |");
        Console.WriteLine("| --- | ---: | ---: |");
        Console.WriteLine($"| read and decode | {Bench.Show(Bench.Median(raw), 0)} | {Bench.Show(head / Bench.Median(raw) * 1000, 0)} |");
        Console.WriteLine(
            $"| assessment ({found} deductions found) | {Bench.Show(Bench.Median(assessed), 0)} | "
                + $"{Bench.Show(head / Bench.Median(assessed) * 1000, 0)} |"
        );
        Console.WriteLine();
        Console.WriteLine(
            $"ratio {Bench.Show(ratio, 2)} (below {Bench.Show(Most, 0)} is asked for), {rounds} interleaved rounds after one to warm up"
        );
        return ratio < Most ? 0 : 1;
    }

    private static async Task DecodeAsync(Bench bench, long head)
    {
        await foreach (var e in bench.Get<LogReader>().ReadAsync(0, head, Contract))
        {
            _ = EventMapping.ToEvent(e);
        }
    }

    private static async Task<int> AssessAsync(Bench bench, long head, Instant asOf)
    {
        var assessment = new Assessment(asOf);
        await foreach (var e in bench.Get<LogReader>().ReadAsync(0, head, Contract))
        {
            assessment.Add(EventMapping.ToEvent(e));
        }

        return assessment.Run(head, WorkingDays.Shipped, asOf).Found.Count;
    }
}
