using System.Data;
using Ledger.EventStore.Hashing;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Appending;

/// <summary>
/// One transaction on the log: it holds the head row's lock from <see cref="BeginAsync"/> to commit, so that whatever is
/// read through it is the log's last state, and positions are given without gaps. Not committed, it leaves nothing.
/// </summary>
public sealed class LogTransaction : IAsyncDisposable
{
    // From here on COPY is cheaper than one insert with arrays.
    private const int CopyThreshold = 200;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly Func<long> clock;
    private readonly Dictionary<string, (long Version, byte[] LastLeaf)> streams = [];
    private MerkleTree tree = new();
    private long recordedAt;

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

    /// <summary>Takes the head's lock.</summary>
    public static async Task<LogTransaction> BeginAsync(NpgsqlDataSource database, Func<long> clock, CancellationToken cancel)
    {
        var opened = await database.OpenConnectionAsync(cancel);
        try
        {
            var log = new LogTransaction(opened, await opened.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel), clock);
            await log.LockHeadAsync(cancel);
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
        var missing = names.Where(n => !streams.ContainsKey(n)).Distinct().ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        foreach (var name in missing)
        {
            streams[name] = (0, []);
        }

        await using var command = Command(Sql.Load("Appending", "FindStreams"));
        AddText(command, missing);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            streams[reader.GetString(0)] = (reader.GetInt64(1), await reader.GetFieldValueAsync<byte[]>(2, cancel));
        }
    }

    /// <summary>The version of a stream, with what was appended in this transaction; it must have been loaded.</summary>
    public long VersionOf(string stream) => streams[stream].Version;

    /// <summary>Gives an event its place and leaf; its stream must have been loaded. It is written by <see cref="WriteAsync"/>.</summary>
    public (StoredEvent Event, byte[] Leaf) Append(AppendEvent e)
    {
        e.RefuseControlCharacters();
        var (version, previous) = streams[e.Stream];
        var stored = new StoredEvent(
            tree.Size + 1, e.Contract, e.Stream, version + 1, e.Type, e.EventId, e.Source, e.OccurredAt, recordedAt,
            e.Actor, e.Correlation, e.Causation, e.Data);
        var leaf = Leaf.Hash(stored, previous);
        tree.Add(leaf);
        streams[e.Stream] = (stored.Version, leaf);
        return (stored, leaf);
    }

    /// <summary>Writes events in the order in which <see cref="Append"/> gave them, and moves their streams.</summary>
    public async Task WriteAsync(IReadOnlyList<(StoredEvent Event, byte[] Leaf)> events, CancellationToken cancel)
    {
        if (events.Count == 0)
        {
            return;
        }

        if (events.Count >= CopyThreshold)
        {
            await CopyAsync(events, cancel);
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        if (events.Count < CopyThreshold)
        {
            batch.BatchCommands.Add(InsertCommand(events));
        }

        var moved = events.GroupBy(e => e.Event.Stream).Select(g => g.Last()).ToList();
        var move = new NpgsqlBatchCommand(Sql.Load("Appending", "MoveStreams"));
        AddArray(move, NpgsqlDbType.Text, moved.Select(e => e.Event.Stream));
        AddArray(move, NpgsqlDbType.Text, moved.Select(e => e.Event.Contract));
        AddArray(move, NpgsqlDbType.Bigint, moved.Select(e => e.Event.Version));
        AddArray(move, NpgsqlDbType.Bytea, moved.Select(e => e.Leaf));
        AddArray(move, NpgsqlDbType.TimestampTz, moved.Select(e => Timestamps.ToDateTime(e.Event.RecordedAt)));
        batch.BatchCommands.Add(move);
        await batch.ExecuteNonQueryAsync(cancel);
        var inserted = batch.BatchCommands.Count == 2 ? batch.BatchCommands[0].RecordsAffected : events.Count;
        if (batch.BatchCommands[^1].RecordsAffected != moved.Count || inserted != events.Count)
        {
            throw new InvalidOperationException($"{events.Count} events and {moved.Count} streams were to be written, the database counted otherwise");
        }
    }

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

    /// <summary>Moves the head and commits: from here on everything is recorded.</summary>
    public async Task CommitAsync(CancellationToken cancel)
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

        await transaction.CommitAsync(cancel);
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
        var last = await reader.IsDBNullAsync(1, cancel) ? long.MinValue : Timestamps.ToMicroseconds(reader.GetDateTime(1));
        recordedAt = Math.Max(clock(), last);
    }

    private async Task CopyAsync(IReadOnlyList<(StoredEvent Event, byte[] Leaf)> events, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(Sql.Load("Appending", "CopyEvents"), cancel);
        // Fourteen awaits a row cost as much as the row: the importer buffers, and blocks for the socket once in many rows.
#pragma warning disable CA1849
        foreach (var (e, leaf) in events)
        {
            cancel.ThrowIfCancellationRequested();
            copy.StartRow();
            copy.Write(e.Position, NpgsqlDbType.Bigint);
            copy.Write(e.Contract, NpgsqlDbType.Text);
            copy.Write(e.Stream, NpgsqlDbType.Text);
            copy.Write(e.Version, NpgsqlDbType.Bigint);
            copy.Write(e.Type, NpgsqlDbType.Text);
            copy.Write(e.EventId, NpgsqlDbType.Text);
            copy.Write(e.Source, NpgsqlDbType.Text);
            copy.Write(Timestamps.ToDateTime(e.OccurredAt), NpgsqlDbType.TimestampTz);
            copy.Write(Timestamps.ToDateTime(e.RecordedAt), NpgsqlDbType.TimestampTz);
            copy.Write(e.Actor, NpgsqlDbType.Text);
            WriteOptional(copy, e.Correlation);
            WriteOptional(copy, e.Causation);
            copy.Write(e.Data, NpgsqlDbType.Json);
            copy.Write(leaf, NpgsqlDbType.Bytea);
        }
#pragma warning restore CA1849

        if (await copy.CompleteAsync(cancel) != (ulong)events.Count)
        {
            throw new InvalidOperationException("the database did not take every copied event");
        }
    }

    private static void WriteOptional(NpgsqlBinaryImporter copy, string? text)
    {
        if (text is null)
        {
            copy.WriteNull();
        }
        else
        {
            copy.Write(text, NpgsqlDbType.Text);
        }
    }

    private static NpgsqlBatchCommand InsertCommand(IReadOnlyList<(StoredEvent Event, byte[] Leaf)> events)
    {
        var insert = new NpgsqlBatchCommand(Sql.Load("Appending", "InsertEvents"));
        AddArray(insert, NpgsqlDbType.Bigint, events.Select(e => e.Event.Position));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.Contract));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.Stream));
        AddArray(insert, NpgsqlDbType.Bigint, events.Select(e => e.Event.Version));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.Type));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.EventId));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.Source));
        AddArray(insert, NpgsqlDbType.TimestampTz, events.Select(e => Timestamps.ToDateTime(e.Event.OccurredAt)));
        AddArray(insert, NpgsqlDbType.TimestampTz, events.Select(e => Timestamps.ToDateTime(e.Event.RecordedAt)));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.Actor));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.Correlation));
        AddArray(insert, NpgsqlDbType.Text, events.Select(e => e.Event.Causation));
        AddArray(insert, NpgsqlDbType.Json, events.Select(e => e.Event.Data.ToArray()));
        AddArray(insert, NpgsqlDbType.Bytea, events.Select(e => e.Leaf));
        return insert;
    }

    private NpgsqlCommand Command(string sql) => new(sql, connection, transaction);

    private static void AddText(NpgsqlCommand command, IEnumerable<string> values) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    private static void AddArray<T>(NpgsqlBatchCommand command, NpgsqlDbType type, IEnumerable<T> values) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
