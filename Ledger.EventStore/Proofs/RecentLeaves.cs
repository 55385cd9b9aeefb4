using Ledger.EventStore.Checkpoints;
using Ledger.EventStore.Hashing;

namespace Ledger.EventStore.Proofs;

/// <summary>
/// The leaves that this process committed lately, by commit: what tiles and counts are made from without reading the log
/// again, which costs appends a tenth of their throughput. Bounded; whoever asks for what is not here reads it.
/// </summary>
public sealed class RecentLeaves
{
    /// <summary>The most leaves of one commit: those of a large file are read again, rather than kept in memory.</summary>
    internal const int MostOfCommit = 100_000;

    private const int MostLeaves = 2 * MostOfCommit;

    private readonly Lock order = new();
    private readonly Queue<Commit> commits = [];
    private long leaves;
    private long reached;

    /// <summary>The leaves of one transaction after a position, 32 bytes each, and how many events of which contract they are.</summary>
    public sealed record Commit(long After, ReadOnlyMemory<byte> Leaves, IReadOnlyDictionary<string, long> Contracts)
    {
        /// <summary>The last position.</summary>
        public long UpTo => After + (Leaves.Length / MerkleTree.HashSize);
    }

    /// <summary>Keeps what was committed; the oldest go where there is no room.</summary>
    public void Add(Commit commit)
    {
        lock (order)
        {
            // A log that went back (a failover, a restore) under this process: what it had after there is another past.
            if (commit.After < reached)
            {
                commits.Clear();
                leaves = 0;
            }

            commits.Enqueue(commit);
            reached = commit.UpTo;
            leaves += commit.UpTo - commit.After;
            while (leaves > MostLeaves)
            {
                var oldest = commits.Dequeue();
                leaves -= oldest.UpTo - oldest.After;
            }
        }
    }

    /// <summary>The leaves after one position up to another; null where not all of them are here.</summary>
    public byte[]? Find(long after, long upTo)
    {
        lock (order)
        {
            var found = new byte[(upTo - after) * MerkleTree.HashSize];
            var reached = after;
            foreach (var commit in commits.Where(c => c.UpTo > after && c.After < upTo).OrderBy(c => c.After))
            {
                if (commit.After > reached)
                {
                    return null;
                }

                var end = Math.Min(commit.UpTo, upTo);
                var part = commit.Leaves.Slice((int)(reached - commit.After) * MerkleTree.HashSize, (int)(end - reached) * MerkleTree.HashSize);
                part.Span.CopyTo(found.AsSpan((int)(reached - after) * MerkleTree.HashSize));
                reached = end;
            }

            return reached == upTo ? found : null;
        }
    }

    /// <summary>Adds the events after one position up to another to counts; false, and nothing added, where not all of them are here.</summary>
    public bool TryCount(long after, long upTo, ContractCounts counts)
    {
        lock (order)
        {
            var between = commits.Where(c => c.After >= after && c.UpTo <= upTo).OrderBy(c => c.After).ToList();
            var reached = after;
            foreach (var commit in between)
            {
                if (commit.After != reached)
                {
                    return false;
                }

                reached = commit.UpTo;
            }

            foreach (var (contract, events) in reached == upTo ? between.SelectMany(c => c.Contracts) : [])
            {
                counts.Add(contract, events);
            }

            return reached == upTo;
        }
    }
}

/// <summary>Gathers the leaves of one transaction for <see cref="RecentLeaves"/>.</summary>
internal sealed class LeafGathering(RecentLeaves recent, long after)
{
    private System.Buffers.ArrayBufferWriter<byte> leaves = new();
    private bool tooMany;
    private readonly Dictionary<string, long> contracts = [];

    public void Add(string contract, ReadOnlySpan<byte> leaf)
    {
        if (leaves.WrittenCount == RecentLeaves.MostOfCommit * MerkleTree.HashSize)
        {
            (tooMany, leaves) = (true, new());
        }

        if (tooMany)
        {
            return;
        }

        System.Buffers.BuffersExtensions.Write(leaves, leaf);
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(contracts, contract, out _)++;
    }

    /// <summary>They are committed.</summary>
    public void Commit()
    {
        if (leaves.WrittenCount > 0)
        {
            recent.Add(new RecentLeaves.Commit(after, leaves.WrittenMemory, contracts));
        }
    }
}
