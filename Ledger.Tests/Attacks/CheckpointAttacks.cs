using System.Text;
using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Tests.Bundles;
using Ledger.Tests.Support;

namespace Ledger.Tests.Attacks;

/// <summary>
/// Attacks on what stands outside the database: keys, signatures, the signer's memory, old checkpoints, proofs (docs/attacks.md).
/// </summary>
public sealed class CheckpointAttacks
{
    [Fact]
    public async Task Attack_08_rewrite_everything_and_sign_with_the_real_key()
    {
        await using var database = await BundleTests.LedgerAsync();
        var ledger = database.Ledger;
        var kept = Path.GetTempFileName();
        await File.WriteAllTextAsync(kept, (await ledger.Checkpoints.PublishAsync(default)).Note.ToString());
        await ForgeAsync(database);

        // Everything on this machine agrees; only the copy that somebody kept elsewhere does not.
        Assert.True((await ledger.VerifyAsync()).Ok);
        var verified = await ledger.VerifyAsync(kept);
        Assert.Contains("the log was rewritten", verified.Problem, StringComparison.Ordinal);
        using var bundle = await BundleFile.OfAsync(database, "gaomidian-2025");
        Assert.True((await bundle.VerifyAsync()).Ok);
        Assert.Contains(
            "past was rewritten",
            (await bundle.VerifyAsync(await File.ReadAllTextAsync(kept))).Problem,
            StringComparison.Ordinal
        );
        File.Delete(kept);
    }

    [Fact]
    public async Task Attack_09_sign_with_another_key()
    {
        await using var database = await BundleTests.LedgerAsync();
        var published = await database.Ledger.Checkpoints.PublishAsync(default);
        using var others = SigningKeys.Create(published.Checkpoint.Origin);
        await File.WriteAllTextAsync(
            DataFiles.Checkpoints(database.Ledger.DataDirectory),
            others.Sign(published.Checkpoint.ToString()) + "\n"
        );
        var verified = await database.Ledger.VerifyAsync();
        Assert.Contains("is not to be believed: not signed by", verified.Problem, StringComparison.Ordinal);

        // A signer with other keys gets nothing published.
        using var another = Signer.Open(Directory.CreateTempSubdirectory("ledger-signer-").FullName);
        var refused = await Assert.ThrowsAsync<LedgerException>(() => Insider.Publisher(database, another).PublishAsync(default));
        Assert.Contains("signs with other keys", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_10_the_right_name_and_key_id_with_a_wrong_signature()
    {
        await using var database = await BundleTests.LedgerAsync();
        var published = await database.Ledger.Checkpoints.PublishAsync(default);
        var policy = await database.Ledger.Checkpoints.PolicyAsync(default);
        var lie = published.Checkpoint with { Root = MerkleTree.EmptyRoot };
        var forged = new SignedNote(lie.ToString(), [.. published.Note.Signatures.Select(s => s with { })]);
        Assert.Null(policy.Open(forged, out var problem));
        Assert.Contains("is not", problem, StringComparison.Ordinal);
        await File.WriteAllTextAsync(DataFiles.Checkpoints(database.Ledger.DataDirectory), forged + "\n");
        Assert.Contains("is not to be believed", (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_11_two_histories_shown_to_two_readers()
    {
        await using var database = await BundleTests.LedgerAsync();
        using var first = await BundleFile.OfAsync(database, "gaomidian-2025");
        var firstSeen = await File.ReadAllTextAsync(first.CheckpointPath);
        await ForgeAsync(database);
        using var second = await BundleFile.OfAsync(database, "gaomidian-2025");
        Assert.True((await first.VerifyAsync()).Ok);
        Assert.True((await second.VerifyAsync()).Ok);

        // Each by itself is whole. The readers need only show each other their checkpoints.
        Assert.Contains("past was rewritten", (await second.VerifyAsync(firstSeen)).Problem, StringComparison.Ordinal);
        Assert.Contains(
            "past was rewritten",
            (await first.VerifyAsync(await File.ReadAllTextAsync(second.CheckpointPath))).Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Attack_12_roll_the_signer_back()
    {
        await using var database = await BundleTests.LedgerAsync();
        var directory = DataFiles.Signer(database.Ledger.DataDirectory);
        await database.Ledger.Checkpoints.PublishAsync(default);
        await database.Ledger.DisposeAsync(); // The signer stops,
        File.Delete(Path.Combine(directory, Signer.SignedFile)); // forgets,
        using var signer = Signer.Open(directory);
        await using var again = await TestLedger.OpenAsync(database.Ledger.Settings, NodaTime.SystemClock.Instance, signer);
        // and would sign this as it signs its first.
        await Insider.RewriteAsync(database, again, events => events.Where(e => e.Position != 7));

        var refused = await Assert.ThrowsAsync<LedgerException>(() => again.Checkpoints.PublishAsync(default));
        Assert.Contains("does not extend the checkpoint of size", refused.Message, StringComparison.Ordinal);
        Assert.Contains("checkpoint", (await again.VerifyAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_13_restore_an_old_backup_and_go_on_from_it()
    {
        await using var database = await BundleTests.LedgerAsync();
        var size = (await database.Ledger.Checkpoints.PublishAsync(default)).Checkpoint.Size;
        await Insider.RewriteAsync(database, events => events.Take(events.Count - 3));
        var alarm = await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Checkpoints.PublishAsync(default));
        Assert.Equal(ErrorCode.CheckpointRefused, alarm.Code);
        Assert.Contains($"the log ends at {size - 3}", (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);

        // New events fill the hole up to the same size: the signer, asked to sign that, stops for good.
        for (var i = 0; i < 3; i++)
        {
            await database.Ledger.Facts.RecordAsync(Complaint($"n-{i}", "anding-2023"), default);
        }

        alarm = await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Checkpoints.PublishAsync(default));
        Assert.Contains("alarm", alarm.Message, StringComparison.Ordinal);
        var verified = await database.Ledger.VerifyAsync();
        Assert.Contains("are not those of the signed checkpoint", verified.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_14_replay_an_old_checkpoint()
    {
        await using var database = await BundleTests.LedgerAsync();
        using var old = await BundleFile.OfAsync(database, "gaomidian-2025");
        await Ledgers.ImportAsync(database.Ledger, [Complaint("c-1")]);
        var newer = await database.Ledger.Checkpoints.PublishAsync(default);
        Assert.True((await old.VerifyAsync()).Ok);
        Assert.Contains(
            "an older log is shown than was seen",
            (await old.VerifyAsync(newer.Note.ToString())).Problem,
            StringComparison.Ordinal
        );

        // To the ledger itself an old note is one more that it must agree with, and it does.
        await File.AppendAllTextAsync(
            DataFiles.Checkpoints(database.Ledger.DataDirectory),
            await File.ReadAllTextAsync(old.CheckpointPath) + "\n"
        );
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    /// <summary>The hashes of a proof are attacked in MerkleProofTests, for every size to 130; here its file, bit by bit.</summary>
    [Fact]
    public async Task Attack_15_truncate_extend_and_flip_bits_of_a_proof()
    {
        await using var database = await BundleTests.LedgerAsync();
        var published = await database.Ledger.Checkpoints.PublishAsync(default);
        var policy = await database.Ledger.Checkpoints.PolicyAsync(default);
        var text = Encoding.UTF8.GetBytes(
            (await new LogProver(database.Ledger.Database, database.Ledger.Log).InclusionAsync(12, published, default)).ToString()
        );
        Assert.True(Holds(text));
        var signatures = text.AsSpan().LastIndexOf("\n\n"u8) + 2;
        for (var bit = 0; bit < signatures * 8; bit++)
        {
            text[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Holds(text), $"bit {bit}");
            text[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var length = 0; length < text.Length; length++)
        {
            // Cut behind its first signature line, which is the required one, it is whole.
            Assert.True(!Holds(text[..length]) || (length > signatures && text[length - 1] == '\n'), $"cut at {length}");
        }

        Assert.False(Holds([.. text, (byte)'x']));

        bool Holds(byte[] file) =>
            ProofFile.Parse(Encoding.UTF8.GetString(file), out _) is { } proof
            && policy.Open(proof.Checkpoint, out _) is { } checkpoint
            && MerkleProof.ShowsInclusion(
                proof.Index,
                checkpoint.Size,
                System.Security.Cryptography.SHA256.HashData([0, .. proof.Leaf]),
                proof.Proof,
                checkpoint.Root
            );
    }

    [Fact]
    public async Task Attack_16_sizes_0_1_equal_and_off_by_one()
    {
        await using var database = await BundleTests.LedgerAsync();
        var published = await database.Ledger.Checkpoints.PublishAsync(default);
        var (size, prover) = (published.Checkpoint.Size, new LogProver(database.Ledger.Database, database.Ledger.Log));
        foreach (var from in new[] { 0, 1, size - 1, size })
        {
            var proof = await prover.ConsistencyAsync(from, size, published, default);
            Assert.True(MerkleProof.ShowsConsistency(from, size, proof.FromRoot, proof.ToRoot, proof.Proof));
            foreach (var wrong in new[] { from + 1, from - 1 })
            {
                // The larger size is signed with its root; that a smaller one is another is all that could be claimed.
                Assert.False(
                    MerkleProof.ShowsConsistency(wrong, size, proof.FromRoot, proof.ToRoot, proof.Proof),
                    $"{from} to {size} as from {wrong}"
                );
            }
        }

        foreach (var position in new[] { 0, size + 1 })
        {
            await Assert.ThrowsAsync<LedgerException>(() => prover.InclusionAsync(position, published, default));
        }
    }

    /// <summary>Each malformed note and checkpoint by itself: SignedNoteTests. Here: in the files that verification reads.</summary>
    [Theory]
    [InlineData("\n{0}\n", "\n0{0}\n")]
    [InlineData("\n{0}\n", "\r\n{0}\r\n")]
    [InlineData("\n{0}\n", "\n\n{0}\n")]
    [InlineData("\n{0}\n", "\n{0}\n\n")]
    [InlineData("contracts ", "counts ")]
    public async Task Attack_17_malformed_checkpoints(string from, string to)
    {
        await using var database = await BundleTests.LedgerAsync();
        var published = await database.Ledger.Checkpoints.PublishAsync(default);
        string Filled(string format) => format.Replace("{0}", $"{published.Checkpoint.Size}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            DataFiles.Checkpoints(database.Ledger.DataDirectory),
            published.Note.ToString().Replace(Filled(from), Filled(to), StringComparison.Ordinal) + "\n"
        );
        var verified = await database.Ledger.VerifyAsync();
        Assert.Contains("was changed", verified.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_25_two_signers_with_the_same_keys()
    {
        await using var database = await BundleTests.LedgerAsync();
        var directory = DataFiles.Signer(database.Ledger.DataDirectory);
        Assert.Throws<LedgerException>(() => Signer.Open(directory));

        // A copy of its keys with a memory of its own signs another history; both notes together are the proof.
        var copy = Directory.CreateTempSubdirectory("ledger-signer-").FullName;
        File.Copy(Path.Combine(directory, "keys.pem"), Path.Combine(copy, "keys.pem"));
        var first = await database.Ledger.Checkpoints.PublishAsync(default);
        await Insider.RewriteAsync(database, events => events.Select(e => e.Position == 7 ? e with { Actor = "x" } : e));
        using var second = Signer.Open(copy);
        using var publisher = Insider.Publisher(database, second, Path.Combine(copy, "checkpoints"));
        var other = await publisher.PublishAsync(default);
        var policy = await database.Ledger.Checkpoints.PolicyAsync(default);
        Assert.NotNull(policy.Open(other.Note, out _));
        Assert.Equal(first.Checkpoint.Size, other.Checkpoint.Size);
        Assert.False(first.Checkpoint.Agrees(other.Checkpoint));
        Assert.Contains("the log was rewritten", (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);
        Assert.Contains(
            "the log was rewritten",
            (await database.Ledger.VerifyAsync(Path.Combine(copy, "checkpoints"))).Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Attack_30_leave_out_the_last_event_of_a_stream_in_a_bundle()
    {
        await using var database = await BundleTests.LedgerAsync();
        await Ledgers.ImportAsync(database.Ledger, [Complaint("last"), Complaint("after", "jiuxianqiao-2025")]);
        using var bundle = await BundleFile.OfAsync(database, "gaomidian-2025");
        var leaf = Leaf.Hash((await database.Ledger.Log.ReadByIdsAsync("gaomidian-2025", ["last"], long.MaxValue, default))[0]);
        await bundle.RewriteAsync(lines =>
        {
            var at = lines.FindIndex(l => l.Contains("complaint/last", StringComparison.Ordinal));
            lines[at] = $$"""{"level":0,"root":"{{Convert.ToBase64String(leaf)}}"}""";
        });

        // The tree still comes out right: only the signed number of the contract's events tells.
        Assert.Contains("1 are left out", (await bundle.VerifyAsync()).Problem, StringComparison.Ordinal);
        Assert.Contains("some are left out", (await TinyVerifier.RunAsync(bundle.Path)).Output, StringComparison.Ordinal);
    }

    /// <summary>Of another contract's last event nothing is said but when the log ended: that may not be left out.</summary>
    [Fact]
    public async Task Attack_30_leave_out_the_log_s_last_event_in_a_bundle()
    {
        await using var database = await BundleTests.LedgerAsync();
        await Ledgers.ImportAsync(database.Ledger, [Complaint("after", "jiuxianqiao-2025")]);
        using var bundle = await BundleFile.OfAsync(database, "gaomidian-2025");
        var leaf = Leaf.Hash((await database.Ledger.Log.ReadByIdsAsync("jiuxianqiao-2025", ["after"], long.MaxValue, default))[0]);
        await bundle.RewriteAsync(lines => lines[^2] = $$"""{"level":0,"root":"{{Convert.ToBase64String(leaf)}}"}""");
        Assert.Contains("does not fit", (await bundle.VerifyAsync()).Problem, StringComparison.Ordinal);
        Assert.Contains("does not stand as itself", (await TinyVerifier.RunAsync(bundle.Path)).Output, StringComparison.Ordinal);
    }

    /// <summary>One with the signer's host too: another history, signed with the real keys, in every file on this machine.</summary>
    private static async Task ForgeAsync(TestDatabase database)
    {
        await Insider.RewriteAsync(database, events => events.Select(e => e.Position == 7 ? e with { Actor = "somebody-else" } : e));
        var head = await database.Ledger.Log.HeadAsync(default);
        var counts = new ContractCounts();
        await foreach (var e in database.Ledger.Log.ReadAsync(0, long.MaxValue))
        {
            counts.Add(e.Contract, 1);
        }

        using var stolen = Insider.StolenKeys(database);
        var note = stolen.Sign(
            new Checkpoint(
                stolen.Origin,
                head.Position,
                await LogRoot.AtAsync(database.Ledger.Database, head.Position, default),
                counts.Digest()
            ).ToString()
        );
        await File.WriteAllTextAsync(DataFiles.Checkpoints(database.Ledger.DataDirectory), note + "\n");
        await File.WriteAllTextAsync(Path.Combine(DataFiles.Signer(database.Ledger.DataDirectory), Signer.SignedFile), note.ToString());
    }

    private static Domain.Events.NewEvent Complaint(string id, string contract = "gaomidian-2025") =>
        new(
            contract,
            "complaint/" + id,
            id,
            "test/" + contract,
            History.At("2026-01-10T10:00:00+08:00"),
            "a",
            new Domain.Events.ComplaintReceived("x", false)
        );
}
