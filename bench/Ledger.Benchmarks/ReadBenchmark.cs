using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Ledger.Api.Operations;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Verification;
using Ledger.Projections.Payables;
using Ledger.Projections.Rankings;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Marten;
using Marten.Events.Aggregation;
using Marten.Events.Projections;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>read</c>: rebuilding the read models, statements now and as of a position, and verifying the log, each beside plain Npgsql
/// doing the least that the same answer needs, or the same projection on Marten's default options.
/// </summary>
internal static class ReadBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const int Statements = 1_000;

    public static System.CommandLine.Command Create()
    {
        var years = new Option<int>("--contract-years")
        {
            DefaultValueFactory = _ => 9,
            Description = "Simulated contract-years; each has about 120,000 events",
        };
        var rounds = new Option<int>("--rounds")
        {
            DefaultValueFactory = _ => 5,
            Description = "Interleaved rounds of each; the median counts",
        };
        var command = new System.CommandLine.Command("read", "Rebuild, statements and verification beside plain reads of the same rows")
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
        await bench.FillYearsAsync(Contract, years);
        await bench.AssessAsync(Contract, Domain.Simulation.ServiceYear.EndOf(Bench.Terms(Contract)));
        await bench.DescribeAsync();
        var head = (await bench.Get<LogReader>().HeadAsync(CancellationToken.None)).Position;
        await bench.Get<ReadModels>().RebuildAsync(CancellationToken.None);
        await bench.Get<CheckpointPublisher>().PublishAsync(CancellationToken.None);
        Console.WriteLine($"{head:N0} events of {years} contract-years; {rounds} interleaved rounds after one to warm up");
        Bench.Head();
        var met = true;

        await using (var plain = Defaults(bench.Database))
        {
            var (defaults, rebuilt) = await Bench.InterleaveAsync(
                rounds,
                () => RebuildAsync(plain),
                () => bench.Get<ReadModels>().RebuildAsync(CancellationToken.None)
            );
            met &= Bench.Row(
                "rebuild of all projections (raw: on Marten's default options)",
                head / defaults * 1000,
                head / rebuilt * 1000,
                "events/s",
                2,
                atLeast: true
            );
        }

        var position = head - 1;
        var (raw, ours) = await Bench.InterleaveAsync(
            rounds,
            () => FoldAsync(bench, position),
            () => bench.Get<StatementReader>().AllAsync(Contract, position, CancellationToken.None)
        );
        met &= Bench.Row("statements as of a position", raw, ours, "ms", 1.5, atLeast: false);

        (raw, ours) = (
            await SelectsAsync(bench),
            await P50Async(() => bench.Get<StatementReader>().OneAsync(Contract, 2, null, CancellationToken.None))
        );
        met &= Bench.Row("statement now, p50", raw, ours, "µs", 2, atLeast: false);

        (raw, ours) = await Bench.InterleaveAsync(
            rounds,
            () => HashAsync(bench),
            () => new LogVerifier(bench.Get<NpgsqlDataSource>()).VerifyAsync(RetainedCheckpoints.None, null, CancellationToken.None)
        );
        met &= Bench.Row("verify (events, tiles, streams, indexes)", head / raw * 1000, head / ours * 1000, "events/s", 0.3, atLeast: true);
        return met ? 0 : 1;
    }

    /// <summary>
    /// The ledger's events and the same projections as Marten takes them by default; that of payables has no option of ours.
    /// </summary>
    private static DocumentStore Defaults(NpgsqlDataSource database) =>
        DocumentStore.For(options =>
        {
            options.Connection(database);
            LedgerStore.ConfigureEvents(options);
            options.DatabaseSchemaName = "plain";
            options.Events.DatabaseSchemaName = LedgerStore.Schema;
            options.Projections.AsyncMode = DaemonMode.ExternallyManaged;
            options.Projections.Add(new PlainAccounts(), ProjectionLifecycle.Async);
            options.Projections.Add(new StandingProjection(database), ProjectionLifecycle.Async);
            options.Projections.Add(new PlainCycles(database), ProjectionLifecycle.Async, nameof(PlainCycles));
        });

    private static async Task RebuildAsync(DocumentStore store)
    {
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(nameof(PlainAccounts), TimeSpan.FromHours(1), CancellationToken.None);
        await daemon.RebuildProjectionAsync<StandingProjection>(TimeSpan.FromHours(1), CancellationToken.None);
        await daemon.RebuildProjectionAsync(nameof(PlainCycles), TimeSpan.FromHours(1), CancellationToken.None);
    }

    /// <summary>Reads the rows of an account's stream, decodes and folds them.</summary>
    private static async Task FoldAsync(Bench bench, long upTo)
    {
        ContractAccount? account = null;
        await using var connection = await bench.Database.OpenConnectionAsync();
        await foreach (var e in LogQueries.ReadStreamAsync(connection, Contract, Contract, upTo, CancellationToken.None))
        {
            account = ContractAccount.Evolve(account, EventMapping.ToEvent(e));
        }
    }

    /// <summary>Reads every row and hashes its data and its leaf's worth of text.</summary>
    public static async Task HashAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"select {StoredEvent.Columns} from ledger.mt_events e order by e.seq_id", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var digest = new byte[SHA256.HashSizeInBytes];
        while (await reader.ReadAsync())
        {
            _ = (
                reader.GetInt64(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetInt64(3),
                reader.GetString(4),
                reader.GetGuid(5),
                reader.GetDateTime(7)
            );
            SHA256.HashData(await reader.GetFieldValueAsync<byte[]>(6), digest);
            SHA256.HashData(await reader.GetFieldValueAsync<byte[]>(10), digest);
        }
    }

    /// <summary>The raw limit of a statement now: the row of the account's snapshot, read and decoded.</summary>
    private static async Task<double> SelectsAsync(Bench bench)
    {
        await using var connection = await bench.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"select data from ledger.mt_doc_{LedgerStore.AccountAlias} where tenant_id = $1 and id = $1",
            connection
        )
        {
            Parameters = { new() { Value = Contract } },
        };
        await command.PrepareAsync();
        return await P50Async(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            _ = JsonSerializer.Deserialize<ContractAccount>(await reader.GetFieldValueAsync<byte[]>(0), LedgerJson.Options);
        });
    }

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

/// <summary>The projection of cycles without any option.</summary>
public sealed class PlainCycles(NpgsqlDataSource database) : IProjection
{
    private readonly CycleProjection cycles = new(database);

    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation) =>
        cycles.ApplyAsync(operations, events, cancellation);
}

/// <summary>The projection of accounts without any option.</summary>
public sealed class PlainAccounts : SingleStreamProjection<ContractAccount, string>
{
    /// <summary>A projection under a name of its own.</summary>
    public PlainAccounts() => Name = "PlainAccounts";

    /// <inheritdoc/>
    public override ContractAccount? Evolve(ContractAccount? snapshot, string id, IEvent e) =>
        e.TenantId == LedgerSource.Contract || e.StreamKey != e.TenantId
            ? snapshot
            : ContractAccount.Evolve(snapshot, EventMapping.ToEvent(e));
}
