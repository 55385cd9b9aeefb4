using System.Text;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Proofs;

/// <summary>Makes proofs about the log at published sizes; each reads a few tiles for any size of the log.</summary>
public sealed class LogProver(NpgsqlDataSource database, LogReader reader)
{
    /// <summary>
    /// That the event at a position is in the log of a checkpoint. Throws <see cref="LedgerException"/> for a position beyond it.
    /// </summary>
    public async Task<ProofFile> InclusionAsync(long position, PublishedCheckpoint at, CancellationToken cancel)
    {
        RefuseOutside(position, 1, at.Checkpoint.Size);
        var e = await reader.ReadAsync(position - 1, position, cancel: cancel).FirstOrDefaultAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var proof = await MerkleProof.InclusionAsync(position - 1, at.Checkpoint.Size, TileStore.Reader(connection, cancel));
        var bytes = Encoding.UTF8.GetBytes(e is null ? "" : Leaf.Text(e));
        return MerkleProof.ShowsInclusion(position - 1, at.Checkpoint.Size, Leaf.Hash(bytes), proof, at.Checkpoint.Root)
            ? new ProofFile(bytes, position - 1, proof, at.Note)
            : throw new LedgerException(ErrorCode.EventUnreadable, $"position {position} is not what was signed: verify the ledger");
    }

    /// <summary>
    /// That the log of one size begins with the log of another; with both roots. Throws <see cref="LedgerException"/> for sizes that are
    /// none.
    /// </summary>
    public async Task<ConsistencyProof> ConsistencyAsync(long from, long to, PublishedCheckpoint at, CancellationToken cancel)
    {
        RefuseOutside(to, 0, at.Checkpoint.Size);
        RefuseOutside(from, 0, to);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var roots = TileStore.Reader(connection, cancel);
        return new ConsistencyProof(
            from,
            to,
            await MerkleProof.RootAsync(from, roots),
            await MerkleProof.RootAsync(to, roots),
            await MerkleProof.ConsistencyAsync(from, to, roots)
        );
    }

    private static void RefuseOutside(long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw new LedgerException(ErrorCode.MomentUnknown, $"expected {least} to {most}, where the published log ends, got {value}");
        }
    }
}

/// <summary>
/// That the log of size <c>To</c> begins with the log of size <c>From</c>: the two roots, and the hashes between them (RFC 6962, section
/// 2.1.2).
/// </summary>
public sealed record ConsistencyProof(long From, long To, byte[] FromRoot, byte[] ToRoot, IReadOnlyList<byte[]> Proof);
