using System.Buffers.Binary;
using System.Security.Cryptography;
using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ledger.Tests.Checkpoints;

/// <summary>
/// Somebody else's witness (C2SP tlog-witness), here one that follows the protocol to the letter, cosigns what we publish.
/// </summary>
public sealed class WitnessTests
{
    [Fact]
    public async Task Each_published_checkpoint_bears_the_cosignature_of_a_witness_that_followed_the_log()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var witness = await RealWitness.StartAsync(await database.Ledger.Checkpoints.PolicyAsync(default));
        var said = new List<string>();
        using var publisher = Publisher(database, witness, said);
        await publisher.PublishAsync(default);
        await Ledgers.RegisterAllAsync(database.Ledger);
        var published = await publisher.PublishAsync(default);
        Assert.Empty(said);
        Assert.Equal(5, witness.Seen);
        var cosignature = Assert.Single(published.Note.Signatures, witness.Key.Names);
        Assert.True(witness.Key.Verifies(published.Note.Text, cosignature.Signature));
        Assert.False(witness.Key.Verifies(published.Note.Text + "more\n", cosignature.Signature));
        Assert.NotNull((await publisher.PolicyAsync(default)).Open(published.Note, out _));

        // A policy may require it.
        var required = new CheckpointPolicy([.. (await publisher.PolicyAsync(default)).Required, witness.Key], []);
        Assert.NotNull(required.Open(published.Note, out _));
        Assert.Null(required.Open(published.Note with { Signatures = published.Note.Signatures.Take(2).ToList() }, out _));
    }

    [Fact]
    public async Task A_witness_that_saw_more_or_less_than_we_remember_tells_its_size_and_cosigns_from_there()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var witness = await RealWitness.StartAsync(await database.Ledger.Checkpoints.PolicyAsync(default));
        var said = new List<string>();
        using (var first = Publisher(database, witness, said))
        {
            await first.PublishAsync(default);
        }

        Assert.Empty((await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter")).Errors);
        using var restarted = Publisher(database, witness, said);
        Assert.Equal(3, (await restarted.PublishAsync(default)).Note.Signatures.Count);
        Assert.Empty(said);
    }

    [Fact]
    public async Task A_witness_that_refuses_or_is_away_holds_nothing_up()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        using var others = SigningKeys.Create((await database.Ledger.Checkpoints.PolicyAsync(default)).Origin);
        var said = new List<string>();
        await using (var witness = await RealWitness.StartAsync(others.Policy))
        {
            using var publisher = Publisher(database, witness, said);
            Assert.Equal(2, (await publisher.PublishAsync(default)).Note.Signatures.Count);
            Assert.Contains("did not cosign the checkpoint of size 5: 403", Assert.Single(said), StringComparison.Ordinal);
            await witness.StopAsync();
            await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
            Assert.Equal(2, (await publisher.PublishAsync(default)).Note.Signatures.Count);
            Assert.Contains("cannot be reached", said[^1], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://w.example")]
    [InlineData("ftp://w.example w+1+AAAA")]
    [InlineData("http://w.example nonsense")]
    public void A_setting_that_names_no_witness_is_refused(string setting) =>
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<LedgerException>(() => WitnessSettings.Parse(setting)).Code);

    private static CheckpointPublisher Publisher(TestDatabase database, RealWitness witness, List<string> said) =>
        new(
            database.Ledger.Database,
            new Forwarded(database),
            new CheckpointFile(DataFiles.Checkpoints(database.Ledger.DataDirectory)),
            DataFiles.Policy(database.Ledger.DataDirectory),
            new Witness(new HttpClient(), new Uri(witness.Address + "/"), witness.Key, said.Add)
        );

    /// <summary>The signer that the ledger's own runtime holds, reached by its directory's keys: it has no memory of its own.</summary>
    private sealed class Forwarded(TestDatabase database) : ISigner
    {
        public Task<CheckpointPolicy> PolicyAsync(CancellationToken cancel) => database.Ledger.Checkpoints.PolicyAsync(cancel);

        public Task<SignAnswer> SignAsync(SignRequest request, CancellationToken cancel)
        {
            using var keys = Insider.StolenKeys(database);
            return Task.FromResult<SignAnswer>(new SignAnswer.Signed(keys.Sign(request.Text)));
        }
    }

    private sealed class RealWitness : IAsyncDisposable
    {
        private readonly byte[] seed = RandomNumberGenerator.GetBytes(Ed25519.KeySize);
        private readonly CheckpointPolicy log;
        private WebApplication? app;
        private Checkpoint last;

        private RealWitness(CheckpointPolicy log)
        {
            (this.log, last) = (log, new Checkpoint(log.Origin, 0, MerkleTree.EmptyRoot, null));
            Key = new VerifierKey("witness.example/w1", SignatureType.Cosignature, Ed25519.PublicKey(seed));
        }

        public VerifierKey Key { get; }

        public string Address => app!.Urls.First();

        public long Seen => last.Size;

        public static async Task<RealWitness> StartAsync(CheckpointPolicy log)
        {
            var witness = new RealWitness(log);
            var builder = WebApplication.CreateSlimBuilder();
            witness.app = builder.Build();
            witness.app.Urls.Add("http://127.0.0.1:0");
            witness.app.MapPost(
                "/add-checkpoint",
                async (HttpRequest request) =>
                {
                    using var reader = new StreamReader(request.Body);
                    return witness.Answer(await reader.ReadToEndAsync());
                }
            );
            await witness.app.StartAsync();
            return witness;
        }

        public Task StopAsync() => app!.StopAsync();

        public ValueTask DisposeAsync() => app!.DisposeAsync();

        private IResult Answer(string body)
        {
            if (SignRequest.Parse(body) is not { } asked || SignedNote.Parse(asked.Text, out _) is not { } note)
            {
                return Results.StatusCode(400);
            }

            if (log.Open(note, out _) is not { } checkpoint)
            {
                return Results.StatusCode(403);
            }

            if (asked.OldSize != last.Size)
            {
                return Results.Text($"{last.Size}\n", "text/x.tlog.size", statusCode: 409);
            }

            if (!MerkleProof.ShowsConsistency(last.Size, checkpoint.Size, last.Root, checkpoint.Root, asked.Proof))
            {
                return Results.StatusCode(422);
            }

            last = checkpoint;
            var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var signature = new byte[sizeof(long) + Ed25519.SignatureSize];
            BinaryPrimitives.WriteInt64BigEndian(signature, time);
            Ed25519.Sign(seed, VerifierKey.CosignedMessage(time, note.Text)).CopyTo(signature, sizeof(long));
            return Results.Text(new NoteSignature(Key.Name, Key.Id, signature).ToString());
        }
    }
}
