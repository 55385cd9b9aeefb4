using Ledger.Projections.Evidence.Proofs;
using Npgsql;

namespace Ledger.Projections.Evidence;

/// <summary>The root of the tree over the log, at any of its positions.</summary>
public static class LogRoot
{
    /// <summary>
    /// The root over the events up to a position, which the log must have: a few tiles are read, and what these lack of events.
    /// </summary>
    public static async Task<byte[]> AtAsync(NpgsqlDataSource database, long position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await MerkleProof.RootAsync(position, TileStore.Reader(connection, cancel));
    }
}
