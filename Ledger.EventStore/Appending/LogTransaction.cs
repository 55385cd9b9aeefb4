using System.Data;
using Ledger.EventStore.Hashing;
using Ledger.EventStore.Proofs;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Appending;

/// <summary>
/// One transaction on the log: it holds the head row's lock from <see cref="BeginAsync"/> to commit, so that whatever is
/// read through it is the log's last state, and positions are given without gaps. Not committed, it leaves nothing.
/// </summary>
public sealed class LogTransaction : IAsyncDisposable
{
    private const int MostStreams = 20_000;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly Func<long> clock;
    private Dictionary<string, (long Version, byte[] LastLeaf)> streams = [];
    private Dictionary<string, (long Version, byte[] LastLeaf)> earlier = [];
    private MerkleTree tree = new();
    private long before;
    private long recordedAt;

    private LeafGathering? gathering;

    private LogTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, Func<long> clock) =>
        (this.connection, this.transaction, this.clock) = (connection, transaction, clock);

    /// <summary>The last position, with what was appended in this transaction.</summary>
    public long Position => tree.Size;

    /// <summary>The root over the log, with what was appended in this transaction.</summary>
    public byte[] Root => tree.Root();

    /// <summary>
    /// What is appended now is recorded at this time: the clock's, or the last event's where the clock was set back
    /// (recorded times never decrease).
    /// </summary>
    public long RecordedAt => recordedAt;

    /// <summary>The connection, for reading the state behind this transaction's lock.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Takes the head's lock; what is committed is told to <paramref name="recent"/>, where anybody wants to know.</summary>
    public static async Task<LogTransaction> BeginAsync(NpgsqlDataSource database, Func<long> clock, RecentLeaves? recent, CancellationToken cancel)
    {
        var opened = await database.OpenConnectionAsync(cancel);
        try
        {
            var log = new LogTransaction(opened, await opened.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel), clock);
            await log.LockHeadAsync(cancel);
            log.gathering = recent is null ? null : new LeafGathering(recent, log.before);
            return log;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Says of each event whether its id is free (null), on record as the same event, or on record as another. Events of
    /// the list are also compared with those before them in it.
    /// </summary>
    public async Task<AppendResult?[]> RecogniseAsync(IReadOnlyList<AppendEvent> events, CancellationToken cancel)
    {
        var results = new AppendResult?[events.Count];
        await using var command = Command(Sql.Load("Appending", "FindKnown"));
        AddText(command, events.Select(e => e.Source));
        AddText(command, events.Select(e => e.EventId));
        AddText(command, events.Select(e => e.Contract));
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                var index = reader.GetInt32(0) - 1;
                var e = events[index];
                var same = reader.GetString(3) == e.Contract
                    && reader.GetString(4) == e.Stream
                    && reader.GetString(5) == e.Type
                    && reader.GetString(6) == e.Source
                    && Timestamps.ToMicroseconds(reader.GetDateTime(7)) == e.OccurredAt
                    && reader.GetString(8) == e.Actor
                    && Text(reader, 9) == e.Correlation
                    && Text(reader, 10) == e.Causation
                    && (await reader.GetFieldValueAsync<byte[]>(11, cancel)).AsSpan().SequenceEqual(e.Data.Span);
                results[index] = same && results[index] is null
                    ? new AppendResult.Duplicate(reader.GetInt64(1), reader.GetInt64(2))
                    : results[index] as AppendResult.IdConflict ?? new AppendResult.IdConflict(reader.GetInt64(1));
            }
        }

        return results;
    }

    /// <summary>Reads where the given streams end, so that <see cref="Append"/> can chain to them.</summary>
    public async Task LoadStreamsAsync(IEnumerable<string> names, CancellationToken cancel)
    {
        // What was placed two loads ago is written by now and can be read again: a file of any length needs no more memory.
        if (streams.Count > MostStreams)
        {
            (earlier, streams) = (streams, []);
        }

        var missing = names.Where(n => !IsLoaded(n)).Distinct().ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        foreach (var (stream, version, leaf) in await StreamEnds.FindAsync(connection, missing, cancel))
        {
            streams[stream] = (version, leaf);
        }
    }

    /// <summary>The version of a stream, with what was appended in this transaction; it must have been loaded.</summary>
    public long VersionOf(string stream) => EndOf(stream).Version;

    /// <summary>Gives an event its place and leaf; its stream must have been loaded. It is written by <see cref="WriteAsync"/>.</summary>
    public (StoredEvent Event, byte[] Leaf) Append(AppendEvent e)
    {
        e.RefuseControlCharacters();
        var (version, previous) = EndOf(e.Stream);
        var stored = e.At(tree.Size + 1, version + 1, recordedAt);
        var leaf = Leaf.Hash(stored, previous);
        tree.Add(leaf);
        gathering?.Add(e.Contract, leaf);
        streams[e.Stream] = (stored.Version, leaf);
        return (stored, leaf);
    }

    /// <summary>
    /// Writes events in the order in which <see cref="Append"/> gave them. They may be placed while they are written: the
    /// sequence is walked once.
    /// </summary>
    public Task WriteAsync(IEnumerable<(StoredEvent Event, byte[] Leaf)> events, CancellationToken cancel) => EventCopy.WriteAsync(connection, events, cancel);

    /// <summary>
    /// Places and writes events that must be new: what the ledger itself derives. Throws <see cref="LedgerException"/>, and
    /// nothing of this transaction may be committed, where one of them is on record already.
    /// </summary>
    public async Task<IReadOnlyList<AppendResult.Recorded>> RecordNewAsync(IReadOnlyList<AppendEvent> events, CancellationToken cancel)
    {
        await LoadStreamsAsync(events.Select(e => e.Stream), cancel);
        var known = await RecogniseAsync(events, cancel);
        var chunk = new AppendChunk(this);
        var receipts = new List<AppendResult.Recorded>(events.Count);
        for (var i = 0; i < events.Count; i++)
        {
            receipts.Add(chunk.Recognise(events[i], known[i]) is null
                ? chunk.Record(events[i])
                : throw new LedgerException(ErrorCode.IdConflict, $"event {events[i].EventId} of {events[i].Contract} is on record already: its id was taken"));
        }

        await WriteAsync(chunk.Written, cancel);
        return receipts;
    }

    /// <summary>Moves the head, where anything was appended, and commits: from here on everything is recorded.</summary>
    public async Task CommitAsync(CancellationToken cancel)
    {
        if (tree.Size > before)
        {
            await MoveHeadAsync(cancel);
        }

        // Not to be cancelled: whoever stopped waiting could not be told whether it was done.
        await transaction.CommitAsync(CancellationToken.None);
        gathering?.Commit();
    }

    private async Task MoveHeadAsync(CancellationToken cancel)
    {
        await using var command = Command(Sql.Load("Appending", "MoveHead"));
        command.Parameters.Add(new() { Value = tree.Size });
        command.Parameters.Add(new() { Value = Timestamps.ToDateTime(recordedAt) });
        command.Parameters.Add(new() { Value = tree.Root() });
        command.Parameters.Add(new() { Value = tree.Frontier() });
        if (await command.ExecuteNonQueryAsync(cancel) != 1)
        {
            throw new InvalidOperationException("the head row is missing");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task LockHeadAsync(CancellationToken cancel)
    {
        await using var command = Command(Sql.Load("Appending", "LockHead"));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            throw new InvalidOperationException("the head row is missing");
        }

        tree = MerkleTree.Load(reader.GetInt64(0), await reader.GetFieldValueAsync<byte[]>(3, cancel));
        before = tree.Size;
        var last = await reader.IsDBNullAsync(1, cancel) ? long.MinValue : Timestamps.ToMicroseconds(reader.GetDateTime(1));
        recordedAt = Math.Max(clock(), last);
    }

    private bool IsLoaded(string stream) => streams.ContainsKey(stream) || earlier.ContainsKey(stream);

    private (long Version, byte[] LastLeaf) EndOf(string stream) => streams.TryGetValue(stream, out var end) ? end : earlier[stream];

    private NpgsqlCommand Command(string sql) => new(sql, connection, transaction);

    private static void AddText(NpgsqlCommand command, IEnumerable<string> values) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
