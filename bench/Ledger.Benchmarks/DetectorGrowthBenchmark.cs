using System.CommandLine;
using System.Diagnostics;
using Ledger.Domain.Contracts;
using Ledger.Domain.Detectors;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using NodaTime;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>detector-growth</c>: every detector over 10,000, 100,000 and 1,000,000 records in memory. The time a record may grow as its
/// logarithm does; fails where all detectors together take more than three times as long a record at the largest as at the middle size.
/// </summary>
internal static class DetectorGrowthBenchmark
{
    private const double Most = 3;
    private const int Patrollers = 200;
    private const int RecordsPerRow = 4;
    private const string Together = "all together";
    private const string OneMore = "all, asked again after four more records";

    public static Command Create()
    {
        var most = new Option<int>("--most")
        {
            DefaultValueFactory = _ => 1_000_000,
            Description = "The largest number of records; a hundredth and a tenth of it come before",
        };
        var command = new Command("detector-growth", "How the cost of the detectors grows with the records") { most };
        command.SetAction(parsed => Run(parsed.GetValue(most)));
        return command;
    }

    private static int Run(int most)
    {
        int[] sizes = [most / 100, most / 10, most];
        var times = sizes.Select(Measure).ToList();
        Console.WriteLine($"| rule | {string.Join(" | ", sizes.Select(s => $"{s:N0} records, ms"))} | findings |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var rule in Detector.Defaults.Select(d => d.Rule))
        {
            Console.WriteLine(
                $"| {rule} | {string.Join(" | ", times.Select(t => Bench.Show(t[rule].Ms, 1)))} | {times[^1][rule].Found:N0} |"
            );
        }

        var each = times.Select((t, i) => t[Together].Ms * 1000 / sizes[i]).ToList();
        Console.WriteLine($"| {Together}, µs a record | {string.Join(" | ", each.Select(e => Bench.Show(e, 2)))} | |");
        Console.WriteLine($"| {OneMore}, ms | {string.Join(" | ", times.Select(t => Bench.Show(t[OneMore].Ms, 1)))} | |");
        return each[^1] <= Most * each[^2] ? 0 : 1;
    }

    private static Dictionary<string, (double Ms, int Found)> Measure(int count)
    {
        var terms = Bench.Terms("gaomidian-2025");
        var account = ContractAccount.Evolve(
            null,
            Recorded(1, "contract", terms.From.AtMidnight().InUtc().ToInstant(), "principal", terms.Registration())
        )!;
        var facts = new ContractFacts();
        var records = Records(count + RecordsPerRow).ToList();
        records.ForEach(facts.Add);
        var times = Detector.Defaults.ToDictionary(d => d.Rule, d => Time(new DetectorIndex([d]), records));

        var all = new DetectorIndex();
        times.Add(Together, Time(all, records[..count]));
        times.Add(OneMore, Time(all, records[count..]));
        return times;

        (double, int) Time(DetectorIndex index, List<LedgerEvent> added)
        {
            GC.Collect();
            var watch = Stopwatch.StartNew();
            added.ForEach(index.Add);
            var found = index.Findings(account, facts).Count();
            return (watch.Elapsed.TotalMilliseconds, found);
        }
    }

    /// <summary>
    /// A quarter each of rounds, issues, replies and calls; of every hundred one repeats the photo, text, recording or track of another.
    /// </summary>
    private static IEnumerable<LedgerEvent> Records(int count)
    {
        var start = Instant.FromUtc(2025, 11, 1, 0, 0);
        for (var i = 0; i < count / RecordsPerRow; i++)
        {
            var same = i % 100 == 99 ? i - 50 : i;
            var at = start + Duration.FromSeconds((i / Patrollers * 1800) + (i % 60));
            var (patroller, day) = ($"patroller-{i % Patrollers:000}", at + Duration.FromMinutes(25));
            var track = Enumerable
                .Range(0, 6)
                .Select(f => new Fix(
                    at + Duration.FromSeconds(f * 240),
                    39.7m + (same % 997 * 0.0001m) + (f * 0.0002m),
                    116.3m + (same / 997 * 0.000003m),
                    5
                ))
                .ToList();
            yield return Recorded(
                4 * i,
                $"patrol/{i}",
                day,
                patroller,
                new PatrolRoundRecorded(patroller, "grid-01", at, at + Duration.FromMinutes(21), track)
            );
            yield return Recorded(
                (4 * i) + 1,
                $"issue/{i}",
                day,
                patroller,
                new IssueFound(Severity.Routine, "x", patroller, new Location(39.7m, 116.3m), new Photo($"{same:x64}", day))
            );
            yield return Recorded(
                (4 * i) + 2,
                $"case/{i}",
                day,
                "unit-1",
                new CaseReplied("unit-1", 5, $"site of request number {same} was visited")
            );
            yield return Recorded(
                (4 * i) + 3,
                $"case/{i}",
                day,
                $"seat-{i % 40:00}",
                new CitizenContacted(new Recording($"{same:x64}", 60))
            );
        }
    }

    private static LedgerEvent Recorded(long position, string subject, Instant at, string actor, EventData data) =>
        new(position, "gaomidian-2025", subject, 1, $"e-{position}", "bench", at, at + Duration.FromSeconds(30), actor, data);
}
