using System.Security.Cryptography;

namespace Ledger.Projections.Evidence;

/// <summary>
/// The RFC 6962 Merkle tree over all leaves, kept as its frontier: the roots of the perfect subtrees, largest first.
/// Appending a leaf costs amortised one hash, the root as many as there are subtrees.
/// </summary>
public sealed class MerkleTree
{
    /// <summary>The bytes of a hash.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private readonly List<byte[]> frontier;

    /// <summary>The empty tree.</summary>
    public MerkleTree()
        : this(0, []) { }

    private MerkleTree(long size, List<byte[]> frontier) => (Size, this.frontier) = (size, frontier);

    /// <summary>How many leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The root hash of the tree without leaves: SHA-256 of nothing.</summary>
    public static byte[] EmptyRoot { get; } = SHA256.HashData([]);

    /// <summary>The tree of that size from its stored frontier; throws <see cref="FormatException"/> where these do not fit.</summary>
    public static MerkleTree Load(long size, ReadOnlySpan<byte> stored)
    {
        if (stored.Length != long.PopCount(size) * HashSize)
        {
            throw new FormatException(
                $"a tree of {size} leaves has {long.PopCount(size)} subtrees, the frontier holds {stored.Length} bytes"
            );
        }

        var hashes = new List<byte[]>();
        for (var i = 0; i < stored.Length; i += HashSize)
        {
            hashes.Add(stored.Slice(i, HashSize).ToArray());
        }

        return new MerkleTree(size, hashes);
    }

    /// <summary>The frontier as it is stored.</summary>
    public byte[] Frontier() => [.. frontier.SelectMany(h => h)];

    /// <summary>Adds the hash of the next leaf.</summary>
    public void Add(byte[] leafHash) => Add(leafHash, 0);

    /// <summary>
    /// Adds the root of the next perfect subtree, of 2^<paramref name="level"/> leaves, of which the size must be a multiple.
    /// </summary>
    public void Add(byte[] root, int level)
    {
        if ((Size & ((1L << level) - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(level),
                level,
                $"a tree of {Size} leaves does not end where such a subtree begins"
            );
        }

        frontier.Add(root);
        Size += 1L << level;
        for (var size = Size >> level; (size & 1) == 0; size >>= 1)
        {
            var right = frontier[^1];
            frontier.RemoveAt(frontier.Count - 1);
            frontier[^1] = Node(frontier[^1], right);
        }
    }

    /// <summary>The root over all leaves added.</summary>
    public byte[] Root()
    {
        if (frontier.Count == 0)
        {
            return EmptyRoot;
        }

        var root = frontier[^1];
        for (var i = frontier.Count - 2; i >= 0; i--)
        {
            root = Node(frontier[i], root);
        }

        return root;
    }

    /// <summary>An inner node: SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var node = new byte[HashSize];
        Node(left, right, node);
        return node;
    }

    /// <summary>An inner node, written into 32 bytes of the caller's, which may be those of a child.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashSize)];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        SHA256.HashData(input, node);
    }
}
