using System.Security.Cryptography;
using Ledger.Domain.Time;
using Ledger.Projections.Evidence;
using Ledger.Projections.Store;

namespace Ledger.Tests.Evidence;

/// <summary>RFC 6962 section 2.1, with the roots published by the certificate-transparency project.</summary>
public sealed class MerkleTreeTests
{
    private static readonly string[] Leaves =
    [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_root_of_the_published_leaves_is_the_published_root(int size, string root) =>
        Assert.Equal(root, Convert.ToHexStringLower(Tree(size).Root()));

    [Fact]
    public void A_tree_loaded_from_its_frontier_goes_on_as_if_it_had_never_stopped()
    {
        for (var stop = 0; stop <= 8; stop++)
        {
            var tree = MerkleTree.Load(stop, Tree(stop).Frontier());
            for (var i = stop; i < 8; i++)
            {
                tree.Add(LeafHash(i));
            }

            Assert.Equal(Tree(8).Root(), tree.Root());
        }
    }

    [Theory]
    [InlineData(3, 32)]
    [InlineData(4, 64)]
    [InlineData(0, 32)]
    public void A_frontier_that_does_not_fit_the_size_is_refused(long size, int bytes) =>
        Assert.Throws<FormatException>(() => MerkleTree.Load(size, new byte[bytes]));

    [Fact]
    public void A_leaf_is_these_lines()
    {
        var e = new StoredEvent(
            7,
            "c",
            "case/1",
            2,
            "case_replied",
            EventIds.Of("c", "e-1"),
            "e-1",
            "src",
            "case/1",
            1_700_000_000_000_000,
            1_700_000_000_000_001,
            "seat-1",
            null,
            "e-0",
            """{"unit": "u", "elements": 3}"""u8.ToArray()
        );
        Assert.Equal(
            "ledger-event/v2\n7\nc\ncase/1\n2\ncase_replied\na4bb3d20-4495-55fb-b13d-b2943f5baf25\nsrc\ne-1\ncase/1\n1700000000000000\n1700000000000001\nseat-1\n\ne-0\n"
                + Convert.ToHexStringLower(SHA256.HashData("""{"elements":3,"unit":"u"}"""u8))
                + "\n",
            Leaf.Text(e)
        );
        Assert.Equal(SHA256.HashData([0, .. System.Text.Encoding.UTF8.GetBytes(Leaf.Text(e))]), Leaf.Hash(e));
        var (read, hash) = Leaf.Parse(Leaf.Text(e))!.Value;
        Assert.Equal(e with { Data = default }, read with { Data = default });
        Assert.Equal(SHA256.HashData("""{"elements":3,"unit":"u"}"""u8), hash);
    }

    [Theory]
    [InlineData(null, "1700000000000000")]
    [InlineData(TimePrecision.Date, "1700000000000000 date")]
    [InlineData(TimePrecision.Minute, "1700000000000000 minute")]
    [InlineData(TimePrecision.RepeatedHour, "1700000000000000 repeated_hour")]
    public void A_time_that_is_not_exact_says_so_in_its_leaf(TimePrecision? precision, string line)
    {
        const long at = 1_700_000_000_000_000;
        var e = new StoredEvent(1, "c", "case/1", 1, "case_signed", default, "e", "s", "case/1", at, at, "a", null, null, "{}"u8.ToArray())
        {
            Precision = precision,
        };
        Assert.Equal(line, Leaf.Text(e).Split('\n')[10]);
        Assert.Equal(precision, Leaf.Parse(Leaf.Text(e))!.Value.Event.Precision);
        foreach (var wrong in new[] { line + " ", line + " day", " " + line })
        {
            Assert.Null(Leaf.Parse(Leaf.Text(e).Replace($"\n{line}\n", $"\n{wrong}\n", StringComparison.Ordinal)));
        }
    }

    private static MerkleTree Tree(int size)
    {
        var tree = new MerkleTree();
        for (var i = 0; i < size; i++)
        {
            tree.Add(LeafHash(i));
        }

        return tree;
    }

    private static byte[] LeafHash(int i) => SHA256.HashData([0, .. Convert.FromHexString(Leaves[i])]);
}
