using Ledger.Domain.Errors;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;

namespace Ledger.Tests.Checkpoints;

/// <summary>A signer signs what extends what it signed, and nothing else, whoever asks and however often it is started again.</summary>
public sealed class SignerTests : IDisposable
{
    private static readonly byte[][] Leaves =
    [
        .. Enumerable.Range(0, 20).Select(i => System.Security.Cryptography.SHA256.HashData([0, (byte)i])),
    ];

    private readonly string directory = Path.Combine("/tmp", $"ledger-signer-{Environment.ProcessId}-{Guid.NewGuid():N}");

    [Fact]
    public async Task It_signs_each_extension_and_remembers_the_last_over_restarts()
    {
        string policy;
        using (var signer = Signer.Open(directory))
        {
            policy = signer.Policy.ToString();
            Assert.IsType<SignAnswer.Signed>(await AskAsync(signer, 0, 0));
            Assert.IsType<SignAnswer.Signed>(await AskAsync(signer, 0, 5));
        }

        using (var signer = Signer.Open(directory))
        {
            Assert.Equal(policy, signer.Policy.ToString());
            Assert.Equal(5, Assert.IsType<SignAnswer.From>(await AskAsync(signer, 0, 7)).Size);
            var signed = Assert.IsType<SignAnswer.Signed>(await AskAsync(signer, 5, 20));
            Assert.Equal(20, signer.Policy.Open(signed.Note, out _)!.Size);
            Assert.IsType<SignAnswer.Signed>(await AskAsync(signer, 20, 20));
        }
    }

    [Fact]
    public async Task A_smaller_log_stops_it_with_an_alarm_that_holds_until_somebody_clears_it()
    {
        using (var signer = Signer.Open(directory))
        {
            await AskAsync(signer, 0, 10);
            Assert.Contains(
                "events are missing",
                Assert.IsType<SignAnswer.Refused>(await AskAsync(signer, 10, 9)).Reason,
                StringComparison.Ordinal
            );
            Assert.Contains(
                "events are missing",
                Assert.IsType<SignAnswer.Refused>(await AskAsync(signer, 10, 11)).Reason,
                StringComparison.Ordinal
            );
        }

        using (var signer = Signer.Open(directory))
        {
            Assert.Contains(
                "events are missing",
                Assert.IsType<SignAnswer.Refused>(await AskAsync(signer, 10, 11)).Reason,
                StringComparison.Ordinal
            );
            File.Delete(Path.Combine(directory, Signer.AlarmFile));
            Assert.IsType<SignAnswer.Signed>(await AskAsync(signer, 10, 11));
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(15)]
    public async Task Another_past_stops_it_with_an_alarm(int size)
    {
        using var signer = Signer.Open(directory);
        await AskAsync(signer, 0, 10);
        var other = Leaves.ToArray();
        other[3] = other[4];
        Assert.Contains(
            "past was changed",
            Assert.IsType<SignAnswer.Refused>(await AskAsync(signer, 10, size, other)).Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_count_of_a_contract_s_events_at_the_same_size_stops_it_with_an_alarm()
    {
        using var signer = Signer.Open(directory);
        var root = await MerkleProof.RootAsync(10, Roots(Leaves));
        Assert.IsType<SignAnswer.Signed>(signer.Sign(new SignRequest(0, [], Text(10))));
        Assert.IsType<SignAnswer.Signed>(signer.Sign(new SignRequest(10, [], Text(10))));
        Assert.Contains(
            "past was changed",
            Assert.IsType<SignAnswer.Refused>(signer.Sign(new SignRequest(10, [], Text(9)))).Reason,
            StringComparison.Ordinal
        );

        string Text(long events)
        {
            var counts = new ContractCounts();
            counts.Add("c", events);
            return new Checkpoint(signer.Policy.Origin, 10, root, counts.Digest()).ToString();
        }
    }

    [Fact]
    public async Task Text_that_is_no_checkpoint_of_its_log_is_refused_without_an_alarm()
    {
        using var signer = Signer.Open(directory);
        Assert.IsType<SignAnswer.Refused>(signer.Sign(new SignRequest(0, [], "anything\n")));
        Assert.Contains(
            "signs for",
            Assert
                .IsType<SignAnswer.Refused>(
                    signer.Sign(new SignRequest(0, [], new Checkpoint("another/log", 1, Leaves[0], null).ToString()))
                )
                .Reason,
            StringComparison.Ordinal
        );
        Assert.IsType<SignAnswer.Signed>(await AskAsync(signer, 0, 1));
    }

    [Fact]
    public void Two_signers_cannot_share_a_memory()
    {
        using var signer = Signer.Open(directory);
        Assert.Equal(ErrorCode.DataDirectoryInUse, Assert.Throws<LedgerException>(() => Signer.Open(directory)).Code);
    }

    [Fact]
    public async Task A_memory_that_it_did_not_write_itself_is_not_believed()
    {
        using (var signer = Signer.Open(directory))
        {
            await AskAsync(signer, 0, 10);
        }

        using var others = SigningKeys.Create((await File.ReadAllTextAsync(Path.Combine(directory, Signer.SignedFile))).Split('\n')[0]);
        await File.WriteAllTextAsync(
            Path.Combine(directory, Signer.SignedFile),
            others.Sign(new Checkpoint(others.Origin, 1, Leaves[0], null).ToString()).ToString()
        );
        Assert.Contains(
            "is not the last checkpoint",
            Assert.Throws<LedgerException>(() => Signer.Open(directory)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Its_keys_can_be_read_by_their_owner_only_and_a_damaged_file_is_refused()
    {
        Signer.Open(directory).Dispose();
        var path = Path.Combine(directory, "keys.pem");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        File.WriteAllText(path, File.ReadAllText(path)[..200]);
        Assert.Equal(ErrorCode.FileUnreadable, Assert.Throws<LedgerException>(() => Signer.Open(directory)).Code);
    }

    [Fact]
    public void A_request_survives_being_written_and_read()
    {
        var request = new SignRequest(7, [Leaves[1], Leaves[2]], new Checkpoint("log", 9, Leaves[0], null).ToString());
        var read = SignRequest.Parse(request.ToString())!;
        Assert.Equal((request.OldSize, request.Text), (read.OldSize, read.Text));
        Assert.Equal(request.Proof, read.Proof);
        Assert.Null(SignRequest.Parse("new 7\n\n"));
        Assert.Null(SignRequest.Parse(""));
    }

    public void Dispose()
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<SignAnswer> AskAsync(Signer signer, int from, int to, byte[][]? leaves = null)
    {
        var roots = Roots(leaves ?? Leaves);
        var proof = from <= to ? await MerkleProof.ConsistencyAsync(from, to, roots) : [];
        return signer.Sign(
            new SignRequest(from, proof, new Checkpoint(signer.Policy.Origin, to, await MerkleProof.RootAsync(to, roots), null).ToString())
        );
    }

    private static SubtreeRoot Roots(byte[][] leaves) =>
        (level, index) =>
        {
            var tree = new MerkleTree();
            foreach (var leaf in leaves.Skip((int)(index << level)).Take(1 << level))
            {
                tree.Add(leaf);
            }

            return ValueTask.FromResult(tree.Root());
        };
}
