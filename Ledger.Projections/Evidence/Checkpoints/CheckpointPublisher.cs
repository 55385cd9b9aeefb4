using System.Data;
using System.Text;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Checkpoints;

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
public sealed class CheckpointPublisher(
    NpgsqlDataSource database,
    ISigner signer,
    CheckpointFile file,
    string policyFile,
    Witness? witness = null
) : IDisposable
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
            // Asked for by several at once, the first time: each writes the same.
            var keys = await signer.PolicyAsync(cancel);
            if (!System.IO.File.Exists(policyFile))
            {
                DurableFile.Write(policyFile, Encoding.UTF8.GetBytes(keys.ToString()), secret: false);
            }

            if (await System.IO.File.ReadAllTextAsync(policyFile, cancel) != keys.ToString())
            {
                throw new LedgerException(
                    ErrorCode.CheckpointRefused,
                    $"alarm: the signer signs with other keys than those in {policyFile}: put back the signer's keys, or replace "
                        + "that file and tell everyone who holds a copy"
                );
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
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await TryAsync(cancel) is { } published)
            {
                return Latest = published;
            }
        }

        throw new LedgerException(ErrorCode.CheckpointRefused, "other processes keep publishing checkpoints: try again");
    }

    /// <summary>Publishes the log's end as it is seen now; null where another process published a later one meanwhile.</summary>
    private async Task<PublishedCheckpoint?> TryAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var now = await LogQueries.HeadAsync(connection, cancel);
        if (
            Latest is { } latest
            && latest.Checkpoint.Size == now.Position
            && (await MerkleProof.RootAsync(now.Position, TileStore.Reader(connection, cancel)))
                .AsSpan()
                .SequenceEqual(latest.Checkpoint.Root)
        )
        {
            return latest;
        }

        var keys = await PolicyAsync(cancel);
        await tiles.CatchUpAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var head = await LogQueries.HeadAsync(connection, cancel);
        await CountAsync(connection, head.Position, cancel);
        var read = TileStore.Reader(connection, cancel);
        var checkpoint = new Checkpoint(keys.Origin, head.Position, await MerkleProof.RootAsync(head.Position, read), counts.Digest());
        var last =
            file.Last() is { } text && SignedNote.Parse(text, out _) is { } kept && keys.Open(kept, out _) is { } opened
                ? (Note: kept, Checkpoint: opened)
                : default;
        if (last.Checkpoint?.Size > checkpoint.Size && await ReachesAsync(last.Checkpoint.Size, cancel))
        {
            return null;
        }

        await RefuseContradictionAsync(last.Checkpoint, checkpoint, read);
        var note = last.Checkpoint?.Size == checkpoint.Size ? last.Note : await SignAsync(checkpoint, read, cancel);
        return note is null ? null : new PublishedCheckpoint(checkpoint, note, counts.Copy());
    }

    /// <summary>
    /// Whether the log, as it ends now and not in this snapshot, is of that size at least: then it did not shrink, it grew.
    /// </summary>
    private async Task<bool> ReachesAsync(long size, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await LogQueries.HeadAsync(connection, cancel)).Position >= size;
    }

    /// <summary>A log that contradicts the last checkpoint of the file is published no more.</summary>
    private async Task RefuseContradictionAsync(Checkpoint? published, Checkpoint checkpoint, SubtreeRoot read)
    {
        var extends =
            published is null
            || (
                published.Size < checkpoint.Size
                    ? (await MerkleProof.RootAsync(published.Size, read)).AsSpan().SequenceEqual(published.Root)
                    : published.Size == checkpoint.Size && published.Agrees(checkpoint)
            );
        if (!extends)
        {
            throw new LedgerException(
                ErrorCode.CheckpointRefused,
                $"alarm: the log of size {checkpoint.Size} does not extend the checkpoint of size {published!.Size} at the end of "
                    + $"{file.Path}: verify the ledger"
            );
        }
    }

    /// <summary>The signed note; null where the signer has signed a later one of a log that grew meanwhile.</summary>
    private async Task<SignedNote?> SignAsync(Checkpoint checkpoint, SubtreeRoot read, CancellationToken cancel)
    {
        var from = Latest?.Checkpoint.Size ?? 0;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var proof = from <= checkpoint.Size ? await MerkleProof.ConsistencyAsync(from, checkpoint.Size, read) : [];
            switch (await signer.SignAsync(new SignRequest(from, proof, checkpoint.ToString()), cancel))
            {
                case SignAnswer.From answer when answer.Size > checkpoint.Size && await ReachesAsync(answer.Size, cancel):
                    return null;
                case SignAnswer.From answer:
                    from = answer.Size;
                    continue;
                case SignAnswer.Refused refused:
                    throw new LedgerException(ErrorCode.CheckpointRefused, $"the signer did not sign: {refused.Reason}");
                case SignAnswer.Signed signed:
                    // A signer elsewhere is believed by its signatures, not by its word.
                    var note =
                        policy!.Open(signed.Note, out var problem)?.Agrees(checkpoint) == true
                            ? signed.Note
                            : throw new LedgerException(
                                ErrorCode.CheckpointRefused,
                                "the signer's answer is not the checkpoint that it was asked to sign: "
                                    + $"{problem ?? "it says something else"}"
                            );
                    note = witness is null ? note : await witness.CosignAsync(note, checkpoint.Size, read, cancel);
                    file.Append(note);
                    return note;
            }
        }

        return null;
    }

    private async Task CountAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        if (position < counted)
        {
            (counts, counted) = (new ContractCounts(), 0);
        }

        await using var command = new NpgsqlCommand(
            $"select tenant_id, count(*) from {LedgerStore.Schema}.mt_events where seq_id > $1 and seq_id <= $2 group by tenant_id",
            connection
        )
        {
            Parameters =
            {
                new() { Value = counted },
                new() { Value = position },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var more = new List<(string Contract, long Events)>();
        while (await reader.ReadAsync(cancel))
        {
            more.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        // All at once: what breaks off halfway must not be counted again.
        more.ForEach(m => counts.Add(m.Contract, m.Events));
        counted = position;
    }
}
