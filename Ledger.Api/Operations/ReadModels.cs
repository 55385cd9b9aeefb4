using Ledger.Domain.Contracts;
using Ledger.Projections.Accounts;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>The read models, brought up to date or folded from the first event again, by Marten's own daemon.</summary>
public sealed class ReadModels(NpgsqlDataSource database, IClock clock)
{
    /// <summary>Rebuilds all; gives the position reached and the number of contracts. An event that cannot be applied ends it.</summary>
    public async Task<(long Position, int Contracts)> RebuildAsync(CancellationToken cancel)
    {
        using var store = LedgerStore.Open(database, clock);
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync<ContractAccount>(TimeSpan.FromHours(1), cancel);
        await daemon.RebuildProjectionAsync<CycleProjection>(TimeSpan.FromHours(1), cancel);
        return await ReachedAsync(cancel);
    }

    /// <summary>Brings the read models up to the log's end, where no service runs; gives the position reached and the number of contracts.</summary>
    public async Task<(long Position, int Contracts)> CatchUpAsync(CancellationToken cancel)
    {
        using var store = LedgerStore.Open(database, clock);
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.CatchUpAsync(TimeSpan.FromHours(1), cancel);
        return await ReachedAsync(cancel);
    }

    private async Task<(long Position, int Contracts)> ReachedAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await AccountVerifier.PositionAsync(connection, cancel), (await LogReader.ContractsAsync(connection, cancel)).Count);
    }
}
