using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Verification;

/// <summary>What a walk over the log found. <c>Position</c> is the first that is wrong; null where the log is clean.</summary>
public sealed record LogVerification(bool Ok, long Events, long Streams, string Root, long? Position, string? Problem);

/// <summary>
/// Walks Marten's events as served: every column of every row, every stream's versions, then every tile, stream row and index.
/// Stops at the first thing that is wrong and names it. All of it is read from one snapshot.
/// </summary>
public sealed class LogVerifier(NpgsqlDataSource database)
{
    private const int EventsPerChunk = 500;
    private const int ChunksAhead = 4;

    /// <summary>
    /// Walks the log and compares it with <paramref name="retained"/> on the way; <paramref name="progress"/> is told the
    /// positions done and their number.
    /// </summary>
    public async Task<LogVerification> VerifyAsync(
        RetainedCheckpoints retained,
        IProgress<(long Done, long Of)>? progress,
        CancellationToken cancel
    )
    {
        var reached = 0L;
        try
        {
            return retained.Problem is { } unreadable
                ? Unreadable(null, unreadable)
                : await WalkAsync(retained, progress, done => reached = done, cancel);
        }
        catch (Exception e)
            when (e is LedgerException { Code: ErrorCode.EventUnreadable } or System.Text.Json.JsonException or FormatException)
        {
            return Unreadable(reached + 1, e is LedgerException ? e.Message : $"the row cannot be read: {e.Message}");
        }

        LogVerification Unreadable(long? position, string problem) =>
            new(false, reached, 0, Convert.ToHexStringLower(MerkleTree.EmptyRoot), position, problem);
    }

    private async Task<LogVerification> WalkAsync(
        RetainedCheckpoints retained,
        IProgress<(long Done, long Of)>? progress,
        Action<long> reached,
        CancellationToken cancel
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var size = (await LogQueries.HeadAsync(connection, cancel)).Position;
        await using var other = await database.OpenConnectionAsync(cancel);
        await using var same = await ShareAsync(connection, other, cancel);
        var (streams, tiles) = (new StreamChains(other), new TileChecks(other));
        var (done, lastRecorded, counts) = (0L, long.MinValue, new ContractCounts());
        if (retained.Has(0) && retained.Compare(new MerkleTree(), counts) is { } empty)
        {
            return Wrong(empty.Position, empty.Problem);
        }

        await foreach (var (e, foreign) in ReadAheadAsync(connection, cancel))
        {
            if (await ProblemAsync(e) is { } problem)
            {
                return Wrong(e.Position == done + 1 ? e.Position : done + 1, problem);
            }

            done = e.Position;
            reached(done);
            streams.Move(e);
            lastRecorded = e.RecordedAt;
            counts.Add(e.Contract, 1);
            if (await tiles.AddAsync(Leaf.Hash(e), cancel) is { } tile)
            {
                return Wrong(e.Position, tile);
            }

            if (foreign is not null)
            {
                return Wrong(e.Position, foreign);
            }

            if (retained.Has(done) && retained.Compare(tiles.Tree(), counts) is { } changed)
            {
                return Wrong(changed.Position, changed.Problem);
            }

            if (done % 10_000 == 0)
            {
                progress?.Report((done, size));
            }
        }

        progress?.Report((done, size));
        if (await tiles.EndAsync(cancel) is { } beyond)
        {
            return Wrong(done + 1, beyond);
        }

        if (retained.Beyond(done) is { } missing)
        {
            return Wrong(done + 1, missing);
        }

        if ((await StreamRows.WrongAsync(other, cancel) ?? await IndexChecks.HiddenAsync(other, done, counts, cancel)) is { } beside)
        {
            return Wrong(null, beside);
        }

        return new LogVerification(true, done, streams.Count, Convert.ToHexStringLower(tiles.Tree().Root()), null, null);

        async ValueTask<string?> ProblemAsync(StoredEvent e)
        {
            if (e.Position != done + 1)
            {
                return e.Position <= done ? $"a position before or at {done} stands after it" : $"missing: after {done} comes {e.Position}";
            }

            if (await streams.BeforeAsync(e, cancel) is var version && e.Version != version + 1)
            {
                return $"stream {e.Stream} of {e.Contract} goes from version {version} to {e.Version}";
            }

            if (e.Correlation is "" || e.Causation is "")
            {
                return "an empty text stands where there is an id or none";
            }

            return e.RecordedAt < lastRecorded ? "recorded before the event before it" : null;
        }

        LogVerification Wrong(long? position, string problem) =>
            new(false, done, streams.Count, Convert.ToHexStringLower(tiles.Tree().Root()), position, problem);
    }

    /// <summary>Lets the other connection see exactly what the walk's sees.</summary>
    private static async Task<NpgsqlTransaction> ShareAsync(NpgsqlConnection walk, NpgsqlConnection other, CancellationToken cancel)
    {
        await using var export = new NpgsqlCommand("select pg_export_snapshot()", walk);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancel))!;
        var transaction = await other.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await using var import = new NpgsqlCommand($"set transaction snapshot '{snapshot}'", other, transaction);
        await import.ExecuteNonQueryAsync(cancel);
        return transaction;
    }

    /// <summary>The whole log in order of position; rows are read while those before them are verified.</summary>
    private static async IAsyncEnumerable<WalkedEvent> ReadAheadAsync(
        NpgsqlConnection connection,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var chunks = Channel.CreateBounded<List<WalkedEvent>>(ChunksAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = Task.Run(() => ReadAsync(connection, chunks.Writer, stop.Token), cancel);
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync(cancel))
            {
                foreach (var e in chunk)
                {
                    yield return e;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private static async Task ReadAsync(NpgsqlConnection connection, ChannelWriter<List<WalkedEvent>> chunks, CancellationToken cancel)
    {
        var chunk = new List<WalkedEvent>(EventsPerChunk);
        try
        {
            await foreach (var e in WalkedEvent.AllAsync(connection, cancel))
            {
                chunk.Add(e);
                if (chunk.Count == EventsPerChunk)
                {
                    await chunks.WriteAsync(chunk, cancel);
                    chunk = new List<WalkedEvent>(EventsPerChunk);
                }
            }

            await chunks.WriteAsync(chunk, cancel);
            chunks.Complete();
        }
#pragma warning disable CA1031 // Whatever ended the reading, the walk is told by its channel.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The rows before the one that cannot be read are verified first: it is named by its position.
            _ = chunks.TryWrite(chunk);
            chunks.Complete(e);
        }
    }
}
