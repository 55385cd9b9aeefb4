using System.Text;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Tests.Checkpoints;

/// <summary>C2SP signed-note and tlog-checkpoint: published examples, our own notes, and each way in which a note can be wrong.</summary>
public sealed class SignedNoteTests
{
    private const string Origin = "ledger.example/log";

    /// <summary>The example of the Go checksum database's documentation of notes.</summary>
    [Fact]
    public void A_published_note_is_opened_with_its_published_key()
    {
        var key = VerifierKey.Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        const string text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        var note = SignedNote.Parse(
            $"{text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
            out var problem
        )!;
        Assert.Null(problem);
        Assert.Equal(text, note.Text);
        Assert.True(key.Names(note.Signatures[0]));
        Assert.True(key.Verifies(note.Text, note.Signatures[0].Signature));
        Assert.False(key.Verifies(note.Text + "\n", note.Signatures[0].Signature));
    }

    /// <summary>RFC 8032, section 7.1, tests 1 to 3.</summary>
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )]
    public void Ed25519_is_that_of_its_published_vectors(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(publicKey, Convert.ToHexStringLower(Ed25519.PublicKey(Convert.FromHexString(seed))));
        Assert.Equal(signature, Convert.ToHexStringLower(Ed25519.Sign(Convert.FromHexString(seed), Convert.FromHexString(message))));
        Assert.True(Ed25519.Verifies(Convert.FromHexString(publicKey), Convert.FromHexString(message), Convert.FromHexString(signature)));
        Assert.False(
            Ed25519.Verifies(Convert.FromHexString(publicKey), [.. Convert.FromHexString(message), 0], Convert.FromHexString(signature))
        );
    }

    [Fact]
    public void A_checkpoint_signed_with_both_keys_opens_and_survives_being_written_and_read()
    {
        using var keys = SigningKeys.Create(Origin);
        var note = keys.Sign(Text(7));
        var policy = CheckpointPolicy.Parse(keys.Policy.ToString());
        Assert.Equal(keys.Policy.ToString(), policy.ToString());
        var opened = policy.Open(Encoding.UTF8.GetBytes(note.ToString()), out var problem);
        Assert.Null(problem);
        Assert.Equal((Origin, 7L), (opened!.Origin, opened.Size));
        Assert.Equal(Text(7), opened.ToString());
    }

    [Fact]
    public void No_single_changed_bit_of_a_signed_checkpoint_opens()
    {
        using var keys = SigningKeys.Create(Origin);
        var note = Encoding.UTF8.GetBytes(keys.Sign(Text(7)).ToString());
        for (var bit = 0; bit < note.Length * 8; bit++)
        {
            note[bit / 8] ^= (byte)(1 << (bit % 8));
            // A bit in the key id or name of the Ed25519 line makes it somebody else's signature, which is passed over.
            if (keys.Policy.Open(note, out var problem) is { } opened)
            {
                Assert.Equal(Text(7), opened.ToString());
                Assert.True(bit / 8 > note.AsSpan().LastIndexOf((byte)'\u0094'), $"bit {bit}");
            }
            else
            {
                Assert.NotNull(problem);
            }

            note[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void The_required_key_must_have_signed_whoever_else_did()
    {
        using var keys = SigningKeys.Create(Origin);
        using var others = SigningKeys.Create(Origin);
        var note = keys.Sign(Text(7));
        Assert.Contains("required", Problem(keys.Policy, note with { Signatures = [note.Signatures[1]] }), StringComparison.Ordinal);
        Assert.Contains("required", Problem(keys.Policy, others.Sign(Text(7))), StringComparison.Ordinal);
        Assert.Contains(
            "is not",
            Problem(
                keys.Policy,
                note with
                {
                    Signatures = [note.Signatures[0], note.Signatures[1] with { Signature = others.Sign(Text(7)).Signatures[1].Signature }],
                }
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is not",
            Problem(
                keys.Policy,
                note with
                {
                    Signatures = [note.Signatures[0] with { Signature = others.Sign(Text(7)).Signatures[0].Signature }, note.Signatures[1]],
                }
            ),
            StringComparison.Ordinal
        );
        Assert.NotNull(keys.Policy.Open(note with { Signatures = [note.Signatures[0]] }, out _));
        Assert.NotNull(keys.Policy.Open(note with { Signatures = [.. others.Sign(Text(7)).Signatures, .. note.Signatures] }, out _));
    }

    [Fact]
    public void A_checkpoint_of_another_log_does_not_open()
    {
        using var keys = SigningKeys.Create(Origin);
        Assert.Contains(
            "expected one of",
            Problem(keys.Policy, keys.Sign(new Checkpoint("ledger.example/other", 7, MerkleTree.EmptyRoot, null).ToString())),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("log\n07\nROOT\n", "leading zeros")]
    [InlineData("log\n-7\nROOT\n", "not a size")]
    [InlineData("log\n+7\nROOT\n", "not a size")]
    [InlineData("log\n 7\nROOT\n", "not a size")]
    [InlineData("log\n9223372036854775808\nROOT\n", "not a size")]
    [InlineData("log\n7\nROOT", "each ended by a newline")]
    [InlineData("log\n7\n", "three lines")]
    [InlineData("\n7\nROOT\n", "none of them empty")]
    [InlineData("log\n7\nROOT\n\n", "none of them empty")]
    [InlineData("log\n7\nAAAA\n", "32 bytes")]
    [InlineData("log\n7\nROOT\nmore\n", "extension")]
    [InlineData("log\n7\nROOT\ncontracts ROOT\ncontracts ROOT\n", "extension")]
    [InlineData("a log\n7\nROOT\n", "origin")]
    [InlineData("a+log\n7\nROOT\n", "origin")]
    public void A_malformed_checkpoint_is_refused_with_its_reason(string text, string reason)
    {
        Assert.Null(
            Checkpoint.Parse(text.Replace("ROOT", Convert.ToBase64String(MerkleTree.EmptyRoot), StringComparison.Ordinal), out var problem)
        );
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text\n\u2014 a AAAAAAA=\n", "empty line")]
    [InlineData("text\n\n", "signature line")]
    [InlineData("text\n\n\u2014 a AAAAAAA=", "whole signature line")]
    [InlineData("text\r\n\n\u2014 a AAAAAAA=\n", "control characters")]
    [InlineData("te\0xt\n\n\u2014 a AAAAAAA=\n", "control characters")]
    [InlineData("text\n\n- a AAAAAAA=\n", "em dash")]
    [InlineData("text\n\n\u2014 a b AAAAAAA=\n", "em dash")]
    [InlineData("text\n\n\u2014 a AAAAAA==\n", "em dash")]
    [InlineData("text\n\n\u2014 a AAAAAAB=\n", "em dash")]
    [InlineData("text\n\n\u2014 a AAAA AAA=\n", "em dash")]
    public void A_malformed_note_is_refused_with_its_reason(string note, string reason)
    {
        Assert.Null(SignedNote.Parse(note, out var problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_note_of_too_many_bytes_or_signatures_or_of_no_UTF8_is_refused()
    {
        Assert.Null(SignedNote.Parse([(byte)'a', 0xFF, .. "\n\n\u2014 a AAAAAAA=\n"u8], out var problem));
        Assert.Contains("UTF-8", problem, StringComparison.Ordinal);
        var line = "\u2014 a AAAAAAA=\n";
        Assert.NotNull(SignedNote.Parse("t\n\n" + string.Concat(Enumerable.Repeat(line, 64)), out _));
        Assert.Null(SignedNote.Parse("t\n\n" + string.Concat(Enumerable.Repeat(line, 65)), out _));
        Assert.Null(SignedNote.Parse(Encoding.UTF8.GetBytes(new string('a', 65_536) + "\n\n" + line), out problem));
        Assert.Contains("65536", problem, StringComparison.Ordinal);
    }

    private static string Text(long size) => new Checkpoint(Origin, size, MerkleTree.EmptyRoot, new ContractCounts().Digest()).ToString();

    private static string? Problem(CheckpointPolicy policy, SignedNote note)
    {
        Assert.Null(policy.Open(note, out var problem));
        return problem;
    }
}
