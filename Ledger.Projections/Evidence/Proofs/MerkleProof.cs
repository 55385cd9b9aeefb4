using System.Numerics;

namespace Ledger.Projections.Evidence.Proofs;

/// <summary>
/// The root of the perfect subtree over the leaves from <c>index × 2^level</c> on, <c>2^level</c> of them (leaf 0 is
/// position 1). Only complete subtrees are asked for.
/// </summary>
public delegate ValueTask<byte[]> SubtreeRoot(int level, long index);

/// <summary>One step of an inclusion proof: the sibling's hash, on which side it stands, and the hash of both.</summary>
public sealed record InclusionStep(byte[] Sibling, bool IsLeft, byte[] Result);

/// <summary>
/// Inclusion and consistency proofs over the log's tree, made (RFC 6962, sections 2.1.1 and 2.1.2) and checked (RFC 9162,
/// sections 2.1.3.2 and 2.1.4.2). A proof is the list of 32-byte hashes from the leaf upwards. Checking needs nothing but
/// its arguments, never throws, and takes exactly the proof that making gives: nothing missing, nothing more.
/// </summary>
public static class MerkleProof
{
    /// <summary>That leaf <paramref name="index"/> (from 0) is in the tree of the first <paramref name="size"/> leaves.</summary>
    public static async Task<IReadOnlyList<byte[]>> InclusionAsync(long index, long size, SubtreeRoot roots)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        for (var (start, count) = (0L, size); count > 1; )
        {
            var left = LargestPowerBelow(count);
            if (index < start + left)
            {
                proof.Add(await RootAsync(start + left, count - left, roots));
                count = left;
            }
            else
            {
                proof.Add(await RootAsync(start, left, roots));
                (start, count) = (start + left, count - left);
            }
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>
    /// That the tree of the first <paramref name="second"/> leaves only appends to that of the first <paramref name="first"/>.
    /// </summary>
    public static async Task<IReadOnlyList<byte[]>> ConsistencyAsync(long first, long second, SubtreeRoot roots)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        if (first == 0)
        {
            return [];
        }

        var proof = new List<byte[]>();
        var (start, count, old, whole) = (0L, second, first, true);
        while (old != count)
        {
            var left = LargestPowerBelow(count);
            if (old <= left)
            {
                proof.Add(await RootAsync(start + left, count - left, roots));
                count = left;
            }
            else
            {
                proof.Add(await RootAsync(start, left, roots));
                (start, count, old, whole) = (start + left, count - left, old - left, false);
            }
        }

        // The older tree's own root needs no proof; a part of it does.
        if (!whole)
        {
            proof.Add(await RootAsync(start, count, roots));
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>The root over the first <paramref name="size"/> leaves.</summary>
    public static async Task<byte[]> RootAsync(long size, SubtreeRoot roots) =>
        size == 0 ? MerkleTree.EmptyRoot : await RootAsync(0, size, roots);

    /// <summary>Whether the proof shows the leaf hash at an index (from 0) of a tree.</summary>
    public static bool ShowsInclusion(
        long index,
        long size,
        ReadOnlySpan<byte> leafHash,
        IReadOnlyList<byte[]> proof,
        ReadOnlySpan<byte> root
    )
    {
        return InclusionSteps(index, size, leafHash, proof) is { } steps
            && root.SequenceEqual(steps.Count > 0 ? steps[^1].Result : leafHash);
    }

    /// <summary>
    /// The steps by which a proof leads from a leaf's hash at an index (from 0) to the root of a tree; null where it leads nowhere.
    /// </summary>
    public static IReadOnlyList<InclusionStep>? InclusionSteps(
        long index,
        long size,
        ReadOnlySpan<byte> leafHash,
        IReadOnlyList<byte[]> proof
    )
    {
        if (index < 0 || index >= size || leafHash.Length != MerkleTree.HashSize || !AllHashes(proof))
        {
            return null;
        }

        var steps = new List<InclusionStep>(proof.Count);
        var (node, last, hash) = (index, size - 1, leafHash.ToArray());
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return null;
            }

            var isLeft = (node & 1) == 1 || node == last;
            hash = isLeft ? MerkleTree.Node(sibling, hash) : MerkleTree.Node(hash, sibling);
            steps.Add(new InclusionStep(sibling, isLeft, hash));
            (node, last) = isLeft ? SkipRightEdge(node, last) : (node, last);
            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 ? steps : null;
    }

    /// <summary>
    /// Whether the proof shows that the second tree begins with the first. Nothing is shown of an empty first tree but that it is empty.
    /// </summary>
    public static bool ShowsConsistency(
        long first,
        long second,
        ReadOnlySpan<byte> firstRoot,
        ReadOnlySpan<byte> secondRoot,
        IReadOnlyList<byte[]> proof
    )
    {
        if (
            first < 0
            || first > second
            || firstRoot.Length != MerkleTree.HashSize
            || secondRoot.Length != MerkleTree.HashSize
            || !AllHashes(proof)
        )
        {
            return false;
        }

        if (first == 0)
        {
            return proof.Count == 0
                && firstRoot.SequenceEqual(MerkleTree.EmptyRoot)
                && (second > 0 || secondRoot.SequenceEqual(MerkleTree.EmptyRoot));
        }

        if (first == second)
        {
            return proof.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        }

        // A first tree that is perfect is the seed itself and not part of the proof.
        var seeded = BitOperations.IsPow2(first);
        if (!seeded && proof.Count == 0)
        {
            return false;
        }

        var (node, last) = (first - 1, second - 1);
        for (; (node & 1) == 1; (node, last) = (node >> 1, last >> 1)) { }

        var (old, now) = seeded ? (firstRoot.ToArray(), firstRoot.ToArray()) : (proof[0], proof[0]);
        foreach (var hash in proof.Skip(seeded ? 0 : 1))
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                (old, now) = (MerkleTree.Node(hash, old), MerkleTree.Node(hash, now));
                (node, last) = SkipRightEdge(node, last);
            }
            else
            {
                now = MerkleTree.Node(now, hash);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && firstRoot.SequenceEqual(old) && secondRoot.SequenceEqual(now);
    }

    /// <summary>Up past the levels on which a node at the right edge has no sibling.</summary>
    private static (long Node, long Last) SkipRightEdge(long node, long last)
    {
        for (; (node & 1) == 0 && node != 0; (node, last) = (node >> 1, last >> 1)) { }

        return (node, last);
    }

    /// <summary>The root over a range of leaves whose start is a multiple of every subtree in it.</summary>
    private static async Task<byte[]> RootAsync(long start, long count, SubtreeRoot roots)
    {
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            return await roots(level, start >> level);
        }

        var left = LargestPowerBelow(count);
        var (before, after) = (await RootAsync(start, left, roots), await RootAsync(start + left, count - left, roots));
        return MerkleTree.Node(before, after);
    }

    private static long LargestPowerBelow(long count) => 1L << BitOperations.Log2((ulong)count - 1);

    private static bool AllHashes(IReadOnlyList<byte[]> proof) => proof.All(h => h.Length == MerkleTree.HashSize);
}
