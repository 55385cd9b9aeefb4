using System.CommandLine;
using System.Diagnostics;
using Ledger.Api.Operations;
using Ledger.Domain.Simulation;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>rankings</c>: the rankings of a cycle over a city: now, in milliseconds; as of a position, beside reading and decoding the events of
/// the cycle's cases and of the accounts.
/// </summary>
internal static class RankingsBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const int Asked = 50;
    private const double MostMilliseconds = 200;

    private static readonly YearMonth Cycle = new(2026, 3);

    public static Command Create()
    {
        var contracts = new Option<int>("--contracts") { DefaultValueFactory = _ => 20, Description = "Simulated contract-years" };
        var cases = new Option<int>("--cases-per-month")
        {
            DefaultValueFactory = _ => 365,
            Description = "Cases of each a month; 365 make about 41,000 events a year",
        };
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 5,
            Description = "Interleaved rounds of each; the median counts",
        };
        var command = new Command("rankings", "Rankings of a city, now and as of a position") { contracts, cases, rounds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(contracts), parsed.GetValue(cases), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int contracts, int casesPerMonth, int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        var model = Bench.Terms(Contract);
        for (var i = 1; i <= contracts; i++)
        {
            var terms = model with { Id = $"{Contract}-{i:000}" };
            await bench.FillAsync(terms, ServiceYear.Of(terms, (ulong)i, casesPerMonth));
            await bench.AssessAsync(terms.Id, ServiceYear.EndOf(terms));
        }

        var caughtUp = Stopwatch.StartNew();
        await bench.Get<ReadModels>().CatchUpAsync(CancellationToken.None);
        var head = (await bench.Get<LogReader>().HeadAsync(CancellationToken.None)).Position;
        await bench.DescribeAsync();
        Console.WriteLine(
            $"{head:N0} events of {contracts} contracts; projections caught up in {caughtUp.Elapsed.TotalSeconds:N1} s; {rounds} "
                + "interleaved rounds after one to warm up"
        );

        var rankings = bench.Get<RankingReader>();
        var now = new List<double>();
        for (var i = -5; i < Asked; i++)
        {
            var time = await Bench.TimeAsync(() => rankings.RankingsAsync(Cycle, null, CancellationToken.None));
            now.AddRange(i < 0 ? [] : [time]);
        }

        var p50 = Bench.Median(now);
        Console.WriteLine();
        Console.WriteLine("| what | ledger | reach |");
        Console.WriteLine("| --- | ---: | ---: |");
        Console.WriteLine($"| rankings of a cycle now, p50 | {Bench.Show(p50, 0)} ms | ≤ {Bench.Show(MostMilliseconds, 0)} ms |");
        var (raw, ours) = await Bench.InterleaveAsync(
            rounds,
            () => DecodeAsync(bench, head - 1),
            () => rankings.RankingsAsync(Cycle, head - 1, CancellationToken.None)
        );
        Bench.Head();
        return Bench.Row("rankings of a cycle as of a position", raw, ours, "ms", 2, atLeast: false) && p50 <= MostMilliseconds ? 0 : 1;
    }

    /// <summary>The raw limit: every event of a case that has one in the cycle's month, and of every account, read and decoded.</summary>
    private static async Task DecodeAsync(Bench bench, long upTo)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"""
            select {StoredEvent.Columns} from
                (select tenant_id, stream_id from ledger.case_months where month = '2026-03'
                 union select tenant_id, id from ledger.mt_streams where type = 'contract_account') s
            join ledger.mt_events e on e.tenant_id = s.tenant_id and e.stream_id = s.stream_id and e.seq_id <= $1
            """,
            connection
        )
        {
            Parameters = { new() { Value = upTo } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            _ = EventMapping.ToEvent(StoredEvent.Of(reader));
        }
    }
}
