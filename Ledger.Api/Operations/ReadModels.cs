using Ledger.Api.Hosting;
using Ledger.Projections.Accounts;
using Ledger.Projections.Payables;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>The read models, brought up to date or folded from the first event again, by Marten's own daemon.</summary>
public sealed class ReadModels(LedgerDatabase opened, NpgsqlDataSource database, IClock clock)
{
    // Without statistics of what an import has just brought, PostgreSQL reads the rest of the log for every page of it.
    private const string Analyze = $"analyze {LedgerStore.Schema}.mt_events, {LedgerStore.Schema}.mt_streams";

    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>
    /// What can be rebuilt, by what Marten calls it: the accounts, from which statements are made; what is payable for each contract; what
    /// cases add to cycles, from which rates and rankings are made.
    /// </summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            ["accounts"] = AccountProjection.ProjectionName,
            ["payables"] = StandingProjection.ProjectionName,
            ["cycles"] = CycleProjection.ProjectionName,
        };

    /// <summary>
    /// Rebuilds all, or the one of <see cref="All"/> that is named; gives the position reached and the number of contracts. An event that
    /// cannot be applied ends it.
    /// </summary>
    public async Task<(long Position, int Contracts)> RebuildAsync(CancellationToken cancel, string? only = null)
    {
        await AnalyzeAsync(cancel);
        using var store = LedgerStore.Open(opened.MartenSource, clock, patient: true);
        using var daemon = await store.BuildProjectionDaemonAsync();

        // All at once: Marten's daemon loads a page, applies it, and loads the next, so that one alone leaves a core idle.
        var projections = only is null ? All.Values : [All[only]];
        await Task.WhenAll(projections.Select(p => daemon.RebuildProjectionAsync(p, Patience, cancel)));
        return await ReachedAsync(cancel);
    }

    /// <summary>
    /// Brings the read models up to the log's end, where no service runs; gives the position reached and the number of contracts.
    /// </summary>
    public async Task<(long Position, int Contracts)> CatchUpAsync(CancellationToken cancel)
    {
        await AnalyzeAsync(cancel);
        using var store = LedgerStore.Open(opened.MartenSource, clock, patient: true);
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.CatchUpAsync(Patience, cancel);
        return await ReachedAsync(cancel);
    }

    private async Task AnalyzeAsync(CancellationToken cancel)
    {
        await using var owner = opened.OpenOwner();
        await using var command = owner.CreateCommand(Analyze);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<(long Position, int Contracts)> ReachedAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (
            await ProjectionProgress.AtAsync(connection, AccountProjection.Shard, cancel),
            (await LogQueries.ContractsAsync(connection, cancel)).Count
        );
    }
}
