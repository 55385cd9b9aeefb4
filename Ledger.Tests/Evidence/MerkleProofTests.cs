using System.Numerics;
using System.Security.Cryptography;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Proofs;

namespace Ledger.Tests.Evidence;

/// <summary>
/// RFC 6962 section 2.1: proofs against trees computed from the definition, the published ones, and every small change of each.
/// </summary>
public sealed class MerkleProofTests
{
    private const int MostLeaves = 130;

    // Beyond so many leaves one bit of each hash is flipped, up to it every bit.
    private const int EveryBit = 20;

    private static readonly byte[][] Leaves = [.. Enumerable.Range(0, MostLeaves + 1).Select(i => SHA256.HashData([0, (byte)i]))];

    private static readonly byte[][] Published =
    [
        .. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }.Select(l =>
            SHA256.HashData([0, .. Convert.FromHexString(l)])
        ),
    ];

    /// <summary>The proofs that the certificate-transparency project publishes for its eight leaves.</summary>
    [Theory]
    [InlineData(0, 1, "")]
    [InlineData(
        0,
        8,
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 "
            + "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
    )]
    [InlineData(
        5,
        8,
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b "
            + "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
    )]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(
        1,
        5,
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d "
            + "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
    )]
    public async Task The_published_inclusion_proofs_are_made(long index, long size, string proof) =>
        Assert.Equal(proof, Hex(await MerkleProof.InclusionAsync(index, size, Roots(Published))));

    /// <summary>As the other, between two sizes.</summary>
    [Theory]
    [InlineData(1, 1, "")]
    [InlineData(
        1,
        8,
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 "
            + "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
    )]
    [InlineData(
        6,
        8,
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a "
            + "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
    )]
    [InlineData(
        2,
        5,
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
    )]
    public async Task The_published_consistency_proofs_are_made(long first, long second, string proof) =>
        Assert.Equal(proof, Hex(await MerkleProof.ConsistencyAsync(first, second, Roots(Published))));

    [Fact]
    public async Task Every_leaf_of_every_size_is_shown_and_no_changed_proof_shows_anything()
    {
        for (var size = 1; size <= MostLeaves; size++)
        {
            var root = Root(Leaves, 0, size);
            Assert.Equal(root, await MerkleProof.RootAsync(size, Roots(Leaves)));
            for (var index = 0; index < size; index++)
            {
                var proof = await MerkleProof.InclusionAsync(index, size, Roots(Leaves));
                Assert.True(MerkleProof.ShowsInclusion(index, size, Leaves[index], proof, root));
                Assert.False(MerkleProof.ShowsInclusion(index, size, Leaves[index + 1], proof, root));
                Assert.False(MerkleProof.ShowsInclusion(index - 1, size, Leaves[index], proof, root));
                Assert.False(MerkleProof.ShowsInclusion(index + 1, size, Leaves[index], proof, root));
                Assert.False(MerkleProof.ShowsInclusion(index, size, Leaves[index], proof, Flipped(root, index)));
                // A neighbouring size may have a path of the same shape; then its root is another one.
                Assert.False(MerkleProof.ShowsInclusion(index, size + 1, Leaves[index], proof, Root(Leaves, 0, size + 1)));
                Assert.False(size > 1 && MerkleProof.ShowsInclusion(index, size - 1, Leaves[index], proof, Root(Leaves, 0, size - 1)));
                Assert.All(
                    Changed(proof, size <= EveryBit),
                    p => Assert.False(MerkleProof.ShowsInclusion(index, size, Leaves[index], p, root))
                );
            }
        }
    }

    [Fact]
    public async Task Every_pair_of_sizes_is_shown_consistent_and_no_changed_proof_shows_anything()
    {
        for (var second = 0; second <= MostLeaves; second++)
        {
            var newer = Root(Leaves, 0, second);
            for (var first = 0; first <= second; first++)
            {
                var older = Root(Leaves, 0, first);
                var proof = await MerkleProof.ConsistencyAsync(first, second, Roots(Leaves));
                Assert.True(MerkleProof.ShowsConsistency(first, second, older, newer, proof), $"{first} {second}");
                Assert.False(MerkleProof.ShowsConsistency(first, second, Flipped(older, second), newer, proof));
                Assert.False(first > 0 && MerkleProof.ShowsConsistency(first, second, older, Flipped(newer, first), proof));
                Assert.False(MerkleProof.ShowsConsistency(first - 1, second, older, newer, proof));
                Assert.False(MerkleProof.ShowsConsistency(first + 1, second, older, newer, proof));
                Assert.False(first > 0 && MerkleProof.ShowsConsistency(first, second + 1, older, Root(Leaves, 0, second + 1), proof));
                Assert.False(
                    first > 0 && second > 1 && MerkleProof.ShowsConsistency(first, second - 1, older, Root(Leaves, 0, second - 1), proof)
                );
                Assert.All(
                    Changed(proof, second <= EveryBit),
                    p => Assert.False(MerkleProof.ShowsConsistency(first, second, older, newer, p))
                );
            }
        }
    }

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(3, 3)]
    [InlineData(0, 0)]
    public async Task No_proof_is_made_for_a_leaf_outside_the_tree(long index, long size) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => MerkleProof.InclusionAsync(index, size, Roots(Leaves)));

    /// <summary>The proof with a bit flipped, a hash left out, doubled, swapped with the next, added or cut short.</summary>
    private static IEnumerable<IReadOnlyList<byte[]>> Changed(IReadOnlyList<byte[]> proof, bool everyBit)
    {
        for (var i = 0; i < proof.Count; i++)
        {
            for (var bit = everyBit ? 0 : (i * 37) % 256; bit < 256; bit += everyBit ? 1 : 256)
            {
                yield return [.. proof.Take(i), Flipped(proof[i], bit), .. proof.Skip(i + 1)];
            }

            yield return [.. proof.Take(i), .. proof.Skip(i + 1)];
            yield return [.. proof.Take(i + 1), .. proof.Skip(i)];
            yield return [.. proof.Take(i), proof[i][..31], .. proof.Skip(i + 1)];
            if (i + 1 < proof.Count)
            {
                yield return [.. proof.Take(i), proof[i + 1], proof[i], .. proof.Skip(i + 2)];
            }
        }

        yield return [.. proof, MerkleTree.EmptyRoot];
        yield return [MerkleTree.EmptyRoot, .. proof];
    }

    private static byte[] Flipped(byte[] hash, int bit)
    {
        var flipped = hash.ToArray();
        flipped[bit / 8 % 32] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    /// <summary>The tree hash by its definition: MTH(D[n]) of section 2.1.</summary>
    private static byte[] Root(byte[][] leaves, int start, int count)
    {
        if (count <= 1)
        {
            return count == 0 ? SHA256.HashData([]) : leaves[start];
        }

        var left = (int)BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        return SHA256.HashData([1, .. Root(leaves, start, left), .. Root(leaves, start + left, count - left)]);
    }

    private static SubtreeRoot Roots(byte[][] leaves) =>
        (level, index) => ValueTask.FromResult(Root(leaves, (int)(index << level), 1 << level));

    private static string Hex(IReadOnlyList<byte[]> proof) => string.Join(' ', proof.Select(Convert.ToHexStringLower));
}
