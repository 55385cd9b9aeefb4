using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ledger.EventStore.Checkpoints;
using Ledger.EventStore.Hashing;
using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Verifying;

/// <summary>What a walk over the log found. <c>Position</c> is the first that is wrong; null where the log is clean.</summary>
public sealed record Verification(bool Ok, long Events, long Streams, string Root, long? Position, string? Problem);

/// <summary>
/// Walks the whole log as served: every position, leaf, stream version and chain, then the tree and the
/// head. Stops at the first thing that is wrong and names it. All of it is read from one snapshot.
/// </summary>
public sealed class LogVerifier(NpgsqlDataSource database)
{
    private const int EventsPerChunk = 500;
    private const int ChunksAhead = 4;

    /// <summary>
    /// Walks the log and compares it with <paramref name="retained"/> on the way; <paramref name="progress"/> is told the
    /// positions done and their number.
    /// </summary>
    public async Task<Verification> VerifyAsync(RetainedCheckpoints retained, IProgress<(long Done, long Of)>? progress, CancellationToken cancel)
    {
        var reached = 0L;
        try
        {
            return retained.Problem is { } unreadable ? Unreadable(null, unreadable) : await WalkAsync(retained, progress, done => reached = done, cancel);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException or ArgumentException)
        {
            return Unreadable(reached + 1, $"the row cannot be read: {e.Message}");
        }

        Verification Unreadable(long? position, string problem) => new(false, reached, 0, Convert.ToHexStringLower(MerkleTree.EmptyRoot), position, problem);
    }

    private async Task<Verification> WalkAsync(RetainedCheckpoints retained, IProgress<(long Done, long Of)>? progress, Action<long> reached, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        if (await HeadAsync(connection, cancel) is not { } head)
        {
            return new Verification(false, 0, 0, Convert.ToHexStringLower(MerkleTree.EmptyRoot), null, "the head row is missing: this is no ledger, or its head was deleted");
        }

        var (size, recordedAt, root, frontier) = head;

        await using var other = await database.OpenConnectionAsync(cancel);
        await using var same = await ShareAsync(connection, other, cancel);
        var (streams, tiles) = (new StreamChains(other), new TileChecks(other));
        var (done, lastRecorded, counts) = (0L, long.MinValue, new ContractCounts());
        if (retained.Has(0) && retained.Compare(new MerkleTree(), counts) is { } empty)
        {
            return Wrong(empty.Position, empty.Problem);
        }

        await foreach (var (e, leaf) in ReadAheadAsync(connection, cancel))
        {
            var (version, previous) = await streams.BeforeAsync(e, cancel);
            var problem =
                e.Position <= done ? $"a position before or at {done} stands after it"
                : e.Position != done + 1 ? $"missing: after {done} comes {e.Position}"
                : e.Version != version + 1 ? $"stream {e.Stream} goes from version {version} to {e.Version}"
                : e.Stream.Length <= e.Contract.Length || !e.Stream.StartsWith(e.Contract + "/", StringComparison.Ordinal) ? $"stream {e.Stream} is not of contract {e.Contract}"
                : e.Correlation is "" || e.Causation is "" ? "an empty text stands where there is an id or none"
                : e.RecordedAt < lastRecorded ? "recorded before the event before it"
                : !leaf.AsSpan().SequenceEqual(Leaf.Hash(e, previous)) ? "its content does not hash to its leaf: the row or its leaf was changed"
                : null;
            if (problem is not null)
            {
                return Wrong(e.Position == done + 1 ? e.Position : done + 1, problem);
            }

            done = e.Position;
            reached(done);
            streams.Move(e, leaf);
            lastRecorded = e.RecordedAt;
            counts.Add(e.Contract, 1);
            if (await tiles.AddAsync(leaf, cancel) is { } tile)
            {
                return Wrong(e.Position, tile);
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
        var tree = tiles.Tree();
        return done != size ? Wrong(Math.Min(done, size) + 1, $"the head says that the log ends at {size}, the last event is {done}")
            : !tree.Root().AsSpan().SequenceEqual(root) ? Wrong(size, "the events do not hash to the root in the head")
            : !tree.Frontier().AsSpan().SequenceEqual(frontier) ? Wrong(size, "the frontier in the head is not that of the events")
            : size > 0 && recordedAt != lastRecorded ? Wrong(size, "the head's recorded time is not the last event's")
            : await tiles.EndAsync(cancel) is { } beyond ? Wrong(size, beyond)
            : retained.Beyond(size) is { } missing ? Wrong(size + 1, missing)
            : await IndexChecks.HiddenAsync(other, size, counts, cancel) is { } hidden ? Wrong(null, hidden)
            : new Verification(true, done, streams.Count, Convert.ToHexStringLower(tree.Root()), null, null);

        Verification Wrong(long? position, string problem) =>
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

    private static async Task<(long Position, long? RecordedAt, byte[] Root, byte[] Frontier)?> HeadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select position, case when position > 0 then recorded_at end, root, frontier from ledger.head", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (reader.GetInt64(0), await reader.IsDBNullAsync(1, cancel) ? null : Timestamps.ToMicroseconds(reader.GetDateTime(1)), (byte[])reader.GetValue(2), (byte[])reader.GetValue(3))
            : null;
    }

    /// <summary>The whole log in order of position; rows are read while those before them are verified.</summary>
    private static async IAsyncEnumerable<LoggedEvent> ReadAheadAsync(NpgsqlConnection connection, [EnumeratorCancellation] CancellationToken cancel)
    {
        var chunks = Channel.CreateBounded<List<LoggedEvent>>(ChunksAhead);
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

    private static async Task ReadAsync(NpgsqlConnection connection, ChannelWriter<List<LoggedEvent>> chunks, CancellationToken cancel)
    {
        var chunk = new List<LoggedEvent>(EventsPerChunk);
        try
        {
            await foreach (var e in LogReader.ReadAsync(connection, long.MinValue, long.MaxValue, null, null, cancel))
            {
                chunk.Add(e);
                if (chunk.Count == EventsPerChunk)
                {
                    await chunks.WriteAsync(chunk, cancel);
                    chunk = new List<LoggedEvent>(EventsPerChunk);
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
