using Ledger.Domain.Differences;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Differences;

/// <summary>The history of one contract in steps, as <see cref="Payables.StandingProjection"/> keeps it for the replay.</summary>
/// <param name="Id">The contract.</param>
/// <param name="Position">The position of the last event of its account that is in it.</param>
/// <param name="Steps">The steps, oldest first.</param>
public sealed record ContractSteps(string Id, long Position, IReadOnlyList<HistoryStep> Steps)
{
    /// <summary>
    /// The steps of a contract by its account's events up to a position, as a connection sees them; null where it was not registered by
    /// then.
    /// </summary>
    public static async Task<ContractSteps?> FoldAsync(
        NpgsqlConnection connection,
        string contract,
        long position,
        CancellationToken cancel
    )
    {
        var (history, last) = (new ContractHistory(), 0L);
        await foreach (var stored in LogQueries.ReadStreamAsync(connection, contract, contract, position, cancel))
        {
            history.Add(EventMapping.ToEvent(stored));
            last = stored.Position;
        }

        return history.Result() is { } steps ? new ContractSteps(contract, last, steps) : null;
    }
}
