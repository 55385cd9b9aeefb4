using Ledger.Api.Hosting;
using Ledger.Domain.Contracts;
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

    /// <summary>The accounts, from which statements are made.</summary>
    public const string Accounts = "accounts";

    /// <summary>What is payable for each contract.</summary>
    public const string Payables = "payables";

    /// <summary>What cases add to cycles, from which rates and rankings are made.</summary>
    public const string Cycles = "cycles";

    /// <summary>
    /// Rebuilds all, or the one named; gives the position reached and the number of contracts. An event that cannot be applied ends it.
    /// </summary>
    public async Task<(long Position, int Contracts)> RebuildAsync(CancellationToken cancel, string? only = null)
    {
        await AnalyzeAsync(cancel);
        using var store = LedgerStore.Open(database, clock);
        using var daemon = await store.BuildProjectionDaemonAsync();
        if (only is null or Accounts)
        {
            await daemon.RebuildProjectionAsync<ContractAccount>(TimeSpan.FromHours(1), cancel);
        }

        if (only is null or Payables)
        {
            await daemon.RebuildProjectionAsync<PayableProjection>(TimeSpan.FromHours(1), cancel);
        }

        if (only is null or Cycles)
        {
            await daemon.RebuildProjectionAsync<CycleProjection>(TimeSpan.FromHours(1), cancel);
        }

        return await ReachedAsync(cancel);
    }

    /// <summary>Brings the read models up to the log's end, where no service runs; gives the position reached and the number of contracts.</summary>
    public async Task<(long Position, int Contracts)> CatchUpAsync(CancellationToken cancel)
    {
        await AnalyzeAsync(cancel);
        using var store = LedgerStore.Open(database, clock);
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.CatchUpAsync(TimeSpan.FromHours(1), cancel);
        return await ReachedAsync(cancel);
    }

    private async Task AnalyzeAsync(CancellationToken cancel)
    {
        await using var owner = opened.OpenOwner();
        await using var command = owner.CreateCommand(Analyze);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<(long Position, int Contracts)> ReachedAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await ProjectionProgress.AtAsync(connection, AccountProjection.Shard, cancel), (await LogReader.ContractsAsync(connection, cancel)).Count);
    }
}
