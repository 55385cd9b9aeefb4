using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.EventStore.Verifying;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>read</c>: rebuilding the read models, statements live and as of a position, and verifying the log, each beside plain Npgsql
/// doing the least that the same answer needs.
/// </summary>
internal static class ReadBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const int Statements = 2_000;

    public static Command Create()
    {
        var years = new Option<int>("--contract-years") { DefaultValueFactory = _ => 9, Description = "Simulated contract-years; each has about 120,000 events" };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "Interleaved rounds of each; the median counts" };
        var command = new Command("read", "Rebuild, statements and verification beside plain reads of the same rows") { years, rounds };
        command.SetAction(parsed => RunAsync(parsed.GetValue(years), parsed.GetValue(rounds)));
        return command;
    }

    private static async Task<int> RunAsync(int years, int rounds)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.FillYearsAsync(Contract, years);
        await bench.DescribeAsync();
        var head = (await bench.Ledger.Log.Reader.HeadAsync(CancellationToken.None)).Position;
        await bench.Ledger.Statements.CatchUpAsync(CancellationToken.None);
        Console.WriteLine($"{head:N0} events of {years} contract-years; {rounds} interleaved rounds after one to warm up");
        Bench.Head();
        var met = true;

        var (raw, ours) = await Bench.InterleaveAsync(rounds, () => FoldAsync(bench, null), () => bench.Ledger.Statements.RebuildAsync(CancellationToken.None));
        met &= Bench.Row("rebuild of all projections", head / raw * 1000, head / ours * 1000, "events/s", 0.6, atLeast: true);

        var (position, of) = await MiddleAsync(bench);
        (raw, ours) = await Bench.InterleaveAsync(rounds, () => FoldAsync(bench, Contract, position, all: true), () => bench.Ledger.Read.AsOfAsync(Contract, position, CancellationToken.None));
        met &= Bench.Row($"statement as of a position, after {of:N0} events", raw, ours, "ms", 1.5, atLeast: false);

        (raw, ours) = (await SelectsAsync(bench), await LiveAsync(bench));
        met &= Bench.Row("statement at the head, p50", raw, ours, "µs", 3, atLeast: false);

        (raw, ours) = await Bench.InterleaveAsync(rounds, () => HashAsync(bench), () => new LogVerifier(bench.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, CancellationToken.None));
        met &= Bench.Row("verify (leaves, tree, streams)", head / raw * 1000, head / ours * 1000, "events/s", 0.6, atLeast: true);
        return met ? 0 : 1;
    }

    /// <summary>Reads rows, decodes the JSON of those that move accounts (or of all) and folds them.</summary>
    private static async Task FoldAsync(Bench bench, string? contract, long upTo = long.MaxValue, bool all = false)
    {
        var accounts = new Dictionary<string, ContractAccount?>();
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            "select position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, data from ledger.events where position <= $1 and ($2::text is null or contract = $2) and type <> all ($3) order by position", connection)
        {
            Parameters =
            {
                new() { Value = upTo }, new() { Value = (object?)contract ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                new() { Value = all ? [] : EventCatalogue.MassFacts.ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var type = EventCatalogue.Find(reader.GetString(4))!;
            var data = (EventData)JsonSerializer.Deserialize(await reader.GetFieldValueAsync<byte[]>(10), type.Data, LedgerJson.Options)!;
            var id = reader.GetString(1);
            accounts[id] = ContractAccount.Evolve(accounts.GetValueOrDefault(id), new LedgerEvent(
                reader.GetInt64(0), id, reader.GetString(2)[(id.Length + 1)..], reader.GetInt64(3), reader.GetString(5), reader.GetString(6),
                NodaTime.Instant.FromDateTimeUtc(reader.GetDateTime(7)), NodaTime.Instant.FromDateTimeUtc(reader.GetDateTime(8)), reader.GetString(9), data));
        }
    }

    /// <summary>Reads every row and hashes its data and its leaf's worth of text.</summary>
    public static async Task HashAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash from ledger.events order by position", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var digest = new byte[SHA256.HashSizeInBytes];
        while (await reader.ReadAsync())
        {
            _ = (reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5), reader.GetString(6));
            _ = (reader.GetDateTime(7), reader.GetDateTime(8), reader.GetString(9), await reader.IsDBNullAsync(10), await reader.IsDBNullAsync(11));
            SHA256.HashData(await reader.GetFieldValueAsync<byte[]>(12), digest);
            SHA256.HashData(await reader.GetFieldValueAsync<byte[]>(13), digest);
        }
    }

    private static async Task<(long Position, long Events)> MiddleAsync(Bench bench)
    {
        await using var command = bench.Database.CreateCommand("select max(position) - 1, count(*) from ledger.events where contract = $1");
        command.Parameters.Add(new() { Value = Contract });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1) - 1);
    }

    private static async Task<double> SelectsAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select statement from projections.period_statements where contract = $1 and period = $2", connection) { Parameters = { new() { Value = Contract }, new() { Value = 2 } } };
        await command.PrepareAsync();
        return await P50Async(async () => _ = (string)(await command.ExecuteScalarAsync())!);
    }

    private static Task<double> LiveAsync(Bench bench) => P50Async(async () =>
        _ = await bench.Ledger.Read.LiveAsync(Contract, 2, CancellationToken.None) ?? throw new InvalidOperationException("no statement"));

    private static async Task<double> P50Async(Func<Task> ask)
    {
        var times = new List<double>(Statements);
        for (var i = 0; i < Statements; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return Bench.Median(times);
    }
}
