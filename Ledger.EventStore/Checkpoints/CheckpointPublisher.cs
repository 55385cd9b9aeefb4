using System.Data;
using System.Text;
using Ledger.EventStore.Proofs;
using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Checkpoints;

/// <summary>A signed checkpoint with the counts that it vouches for.</summary>
public sealed record PublishedCheckpoint(Checkpoint Checkpoint, SignedNote Note, ContractCounts Counts);

/// <summary>
/// Publishes where the log ends: brings the tiles up to it, has the signer sign it, a witness cosign it where there is one,
/// and appends the note to the checkpoint file. Several processes may do so; the signer's memory orders them.
/// </summary>
/// <param name="database">The ledger's.</param>
/// <param name="signer">Who signs.</param>
/// <param name="file">Where published checkpoints are kept.</param>
/// <param name="policyFile">The public keys as first seen: another signer's are refused from then on.</param>
/// <param name="witness">Who cosigns; null for nobody.</param>
public sealed class CheckpointPublisher(NpgsqlDataSource database, ISigner signer, CheckpointFile file, string policyFile, Witness? witness = null) : IDisposable
{
    private const int MostAttempts = 5;

    private readonly TileStore tiles = new(database);
    private readonly SemaphoreSlim one = new(1);
    private ContractCounts counts = new();
    private long counted;
    private CheckpointPolicy? policy;

    /// <summary>Where published checkpoints are kept.</summary>
    public CheckpointFile File => file;

    /// <summary>What was published last; null before the first time.</summary>
    public PublishedCheckpoint? Latest { get; private set; }

    /// <summary>Whose signatures its checkpoints bear; throws <see cref="LedgerException"/> where the signer is away, or another.</summary>
    public async Task<CheckpointPolicy> PolicyAsync(CancellationToken cancel)
    {
        if (policy is null)
        {
            var keys = await signer.PolicyAsync(cancel);
            if (!System.IO.File.Exists(policyFile))
            {
                DurableFile.Write(policyFile, Encoding.UTF8.GetBytes(keys.ToString()), secret: false);
            }

            if (await System.IO.File.ReadAllTextAsync(policyFile, cancel) != keys.ToString())
            {
                throw new LedgerException(ErrorCode.CheckpointRefused, $"alarm: the signer signs with other keys than those in {policyFile}: put back the signer's keys, or replace that file and tell everyone who holds a copy");
            }

            policy = witness is null ? keys : keys.With(witness.Key);
        }

        return policy;
    }

    /// <summary>
    /// The checkpoint of the log as it ends now, published already or now. Throws <see cref="LedgerException"/> where the signer
    /// refuses, since the log does not extend what was signed, or is away.
    /// </summary>
    public async Task<PublishedCheckpoint> PublishAsync(CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            return await NewAsync(cancel);
        }
        finally
        {
            one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private async Task<PublishedCheckpoint> NewAsync(CancellationToken cancel)
    {
        var keys = await PolicyAsync(cancel);
        await tiles.CatchUpAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var head = await LogReader.HeadAsync(connection, cancel);
        if (Latest is { } latest && latest.Checkpoint.Size == head.Position && latest.Checkpoint.Root.AsSpan().SequenceEqual(head.Root))
        {
            return latest;
        }

        await CountAsync(connection, head.Position, cancel);
        var checkpoint = new Checkpoint(keys.Origin, head.Position, head.Root, counts.Digest());
        var read = TileStore.Reader(connection, cancel);
        var note = await AlreadyAsync(keys, checkpoint, read) ?? await SignAsync(checkpoint, read, cancel);
        Latest = new PublishedCheckpoint(checkpoint, note, ContractCounts.Parse(counts.ToString())!);
        return Latest;
    }

    /// <summary>The file's last note where it is of this very checkpoint; a log that contradicts the file is published no more.</summary>
    private async Task<SignedNote?> AlreadyAsync(CheckpointPolicy keys, Checkpoint checkpoint, SubtreeRoot read)
    {
        if (file.Last() is not { } text || SignedNote.Parse(text, out _) is not { } note || keys.Open(note, out _) is not { } published)
        {
            return null;
        }

        var extends = published.Size < checkpoint.Size ? (await MerkleProof.RootAsync(published.Size, read)).AsSpan().SequenceEqual(published.Root)
            : published.Size == checkpoint.Size && published.Agrees(checkpoint);
        return !extends ? throw new LedgerException(ErrorCode.CheckpointRefused, $"alarm: the log of size {checkpoint.Size} does not extend the checkpoint of size {published.Size} at the end of {file.Path}: verify the ledger")
            : published.Size == checkpoint.Size ? note : null;
    }

    private async Task<SignedNote> SignAsync(Checkpoint checkpoint, SubtreeRoot read, CancellationToken cancel)
    {
        var from = Latest?.Checkpoint.Size ?? 0;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var proof = from <= checkpoint.Size ? await MerkleProof.ConsistencyAsync(from, checkpoint.Size, read) : [];
            switch (await signer.SignAsync(new SignRequest(from, proof, checkpoint.ToString()), cancel))
            {
                case SignAnswer.From answer:
                    from = answer.Size;
                    continue;
                case SignAnswer.Refused refused:
                    throw new LedgerException(ErrorCode.CheckpointRefused, $"the signer did not sign: {refused.Reason}");
                case SignAnswer.Signed signed:
                    // A signer elsewhere is believed by its signatures, not by its word.
                    var note = policy!.Open(signed.Note, out var problem)?.Agrees(checkpoint) == true ? signed.Note
                        : throw new LedgerException(ErrorCode.CheckpointRefused, $"the signer's answer is not the checkpoint that it was asked to sign: {problem ?? "it says something else"}");
                    note = witness is null ? note : await witness.CosignAsync(note, checkpoint.Size, read, cancel);
                    file.Append(note);
                    return note;
            }
        }

        throw new LedgerException(ErrorCode.CheckpointRefused, "other processes keep publishing checkpoints: try again");
    }

    private async Task CountAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        if (position < counted)
        {
            (counts, counted) = (new ContractCounts(), 0);
        }

        await using var command = new NpgsqlCommand("select contract, count(*) from ledger.events where position > $1 and position <= $2 group by contract", connection)
        {
            Parameters = { new() { Value = counted }, new() { Value = position } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            counts.Add(reader.GetString(0), reader.GetInt64(1));
        }

        counted = position;
    }
}
