using Ledger.Api.Hosting;
using Ledger.Domain.Contracts;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;

namespace Ledger.Api.Operations;

/// <summary>The read models, brought up to date or folded from the first event again, by Marten's own daemon.</summary>
public static class ReadModels
{
    /// <summary>Rebuilds all; gives the position reached and the number of contracts. An event that cannot be applied ends it.</summary>
    public static async Task<(long Position, int Contracts)> RebuildAsync(LedgerRuntime ledger, CancellationToken cancel)
    {
        using var daemon = await ledger.Store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync<ContractAccount>(TimeSpan.FromHours(1), cancel);
        return await ReachedAsync(ledger, cancel);
    }

    /// <summary>Brings the read models up to the log's end, where no service runs; gives the position reached and the number of contracts.</summary>
    public static async Task<(long Position, int Contracts)> CatchUpAsync(LedgerRuntime ledger, CancellationToken cancel)
    {
        using var daemon = await ledger.Store.BuildProjectionDaemonAsync();
        await daemon.CatchUpAsync(TimeSpan.FromHours(1), cancel);
        return await ReachedAsync(ledger, cancel);
    }

    private static async Task<(long Position, int Contracts)> ReachedAsync(LedgerRuntime ledger, CancellationToken cancel)
    {
        await using var connection = await ledger.Database.OpenConnectionAsync(cancel);
        return (await AccountVerifier.PositionAsync(connection, cancel), (await LogReader.ContractsAsync(connection, cancel)).Count);
    }
}
