using System.Data;
using Ledger.Domain.Json;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Projections.Store;

/// <summary>
/// A whole file, or facts that came together, as one transaction in Marten's tables, written under the log's lock: a file with COPY,
/// some facts with one statement. What sessions would do stream by stream takes longer (docs/decisions/0007). Marten reads, continues
/// and verifies what is so written (a specification holds that). It holds the lock from its beginning to its commit, so that what is
/// read through it is the log's last state. Not committed, it leaves nothing.
/// </summary>
public sealed class LogTransaction : IAsyncDisposable
{
    private const int MostStreams = 20_000;

    // Marten's channel: its daemon looks as soon as it hears of an append.
    private const string Wake = "pg_notify('mt_events_appended', '')";

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly long before;

    // The versions of streams, with what was placed.
    private Dictionary<(string Contract, string Key), long> streams = [];
    private Dictionary<(string Contract, string Key), long> earlier = [];

    private LogTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, LogHead head, Instant recordedAt)
    {
        (this.connection, this.transaction, before, Position) = (connection, transaction, head.Position, head.Position);
        RecordedAt = recordedAt;
    }

    /// <summary>The last position, with what was placed in this transaction.</summary>
    public long Position { get; private set; }

    /// <summary>When what is placed now is recorded.</summary>
    public Instant RecordedAt { get; }

    /// <summary>The connection, for reading the state behind this transaction's lock.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Takes the log's lock.</summary>
    public static async Task<LogTransaction> BeginAsync(NpgsqlDataSource database, IClock clock, CancellationToken cancel) =>
        (await BeginAsync(database, clock, [], cancel)).Log;

    /// <summary>
    /// Takes the log's lock, and in the same round trip says what is on record of some events (<see cref="EventLookup"/>) and loads
    /// their streams.
    /// </summary>
    public static async Task<(LogTransaction Log, AppendResult?[] Known)> BeginAsync(
        NpgsqlDataSource database,
        IClock clock,
        IReadOnlyList<PendingEvent> events,
        CancellationToken cancel
    )
    {
        var opened = await database.OpenConnectionAsync(cancel);
        try
        {
            var begun = await opened.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
            await using var batch = new NpgsqlBatch(opened, begun);
            LogLock.AddTo(batch);
            List<(string Contract, string Key)> streams = [.. events.Select(e => (e.Event.Contract, e.Stream)).Distinct()];
            if (events.Count > 0)
            {
                batch.BatchCommands.Add(EventLookup.RowsOf(events));
                batch.BatchCommands.Add(EndsOf(streams));
            }

            await using var reader = await batch.ExecuteReaderAsync(cancel);
            var head = await LogLock.ReadAsync(reader, cancel);
            var log = new LogTransaction(opened, begun, head, LogLock.RecordedAt(head, clock));
            await reader.NextResultAsync(cancel);
            return (log, events.Count > 0 ? await log.RecogniseAsync(reader, events, streams, cancel) : []);
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says what is on record of events (<see cref="EventLookup"/>), and loads their streams in the same round trip.</summary>
    public async Task<AppendResult?[]> RecogniseAsync(IReadOnlyList<PendingEvent> events, CancellationToken cancel)
    {
        var missing = MissingOf(events.Select(e => (e.Event.Contract, e.Stream)));
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { EventLookup.RowsOf(events), EndsOf(missing) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await RecogniseAsync(reader, events, missing, cancel);
    }

    /// <summary>Reads where streams end, so that events can be placed in them.</summary>
    public async Task LoadStreamsAsync(IEnumerable<(string Contract, string Key)> names, CancellationToken cancel)
    {
        if (MissingOf(names) is { Count: > 0 } missing)
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { EndsOf(missing) } };
            await using var reader = await batch.ExecuteReaderAsync(cancel);
            await LoadAsync(reader, missing, cancel);
        }
    }

    /// <summary>The version of a stream, with what was placed in this transaction; it must have been loaded.</summary>
    public long VersionOf(string contract, string key) => EndOf((contract, key));

    /// <summary>Gives an event its place; its stream must have been loaded. It is written by <see cref="WriteAsync"/>.</summary>
    public StoredEvent Place(PendingEvent e)
    {
        EventMapping.RefuseControlCharacters(e.Event);
        var stream = (e.Event.Contract, e.Stream);
        var stored = e.At(++Position, EndOf(stream) + 1, Instants.ToMicroseconds(RecordedAt));
        streams[stream] = stored.Version;
        return stored;
    }

    /// <summary>Takes back what was placed last, before it is written.</summary>
    public void TakeBack(StoredEvent last)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(last.Position, Position);
        Position--;
        streams[(last.Contract, last.Stream)] = last.Version - 1;
    }

    /// <summary>
    /// How many of the events placed here, by type, stand in a stream that had one of their type before; asked once they are written.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> ChangedAsync(IReadOnlyList<string> types, CancellationToken cancel)
    {
        await using var command = Command(
            $"""
            select e.type, count(*) from {LedgerStore.Schema}.mt_events e where e.seq_id > $1 and e.type = any ($2) and exists (
                select from {LedgerStore.Schema}.mt_events o
                where o.tenant_id = e.tenant_id and o.stream_id = e.stream_id and o.type = e.type and o.seq_id <= $1
            )
            group by e.type order by e.type
            """
        );
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = types.ToArray() });
        return await CountsAsync(command, cancel);
    }

    /// <summary>
    /// How many of some events on record, by type, say what was said otherwise since: a later one has the same id but for the digest of
    /// sixteen digits that it ends with.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, long>> OutdatedAsync(
        IReadOnlyList<string> types,
        IReadOnlyList<long> positions,
        CancellationToken cancel
    )
    {
        await using var command = Command(
            $"""
            select e.type, count(*) from {LedgerStore.Schema}.mt_events e where e.seq_id = any ($1) and e.type = any ($2) and exists (
                select from {LedgerStore.Schema}.mt_events l
                where l.tenant_id = e.tenant_id and l.stream_id = e.stream_id and l.type = e.type and l.seq_id > e.seq_id
                and left(l.headers ->> 'id', -16) = left(e.headers ->> 'id', -16)
            )
            group by e.type order by e.type
            """
        );
        command.Parameters.Add(new() { Value = positions.ToArray() });
        command.Parameters.Add(new() { Value = types.ToArray() });
        return await CountsAsync(command, cancel);
    }

    private static async Task<IReadOnlyDictionary<string, long>> CountsAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var counts = new Dictionary<string, long>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            counts.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return counts;
    }

    /// <summary>
    /// Writes events in the order in which <see cref="Place"/> gave them, each list once. Others may be placed meanwhile: what is
    /// shared with that is done before the first wait.
    /// </summary>
    public async Task WriteAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancel)
    {
        // First, since an event's row refers to its stream's.
        var ends = EndsAfter(events);
        await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { StreamsTo(ends) } })
        {
            if (await batch.ExecuteNonQueryAsync(cancel) is var rows && rows != ends.Count)
            {
                throw new InvalidOperationException($"{ends.Count} streams were to be written, the database counted {rows}");
            }
        }

        await EventCopy.WriteAsync(connection, events, cancel);
    }

    /// <summary>
    /// Writes some events and commits, each in one round trip: for as many as are sent singly, COPY's own would be most of the time.
    /// </summary>
    public async Task CommitAsync(IReadOnlyList<StoredEvent> events, bool wake, CancellationToken cancel)
    {
        await using (
            var batch = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands = { StreamsTo(EndsAfter(events)), EventInsert.Of(events), EndTo(Position, wake) },
            }
        )
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Commits: from here on everything is recorded, and whoever follows the log is woken.</summary>
    public async Task CommitAsync(CancellationToken cancel)
    {
        if (Position > before)
        {
            await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { EndTo(Position, wake: true) } };
            await batch.ExecuteNonQueryAsync(cancel);
        }

        // Not to be cancelled: whoever stopped waiting could not be told whether it was done.
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Wakes whoever follows the log.</summary>
    public static async Task WakeAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var wake = database.CreateCommand($"select {Wake}");
        await wake.ExecuteNonQueryAsync(cancel);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private List<(string Contract, string Key)> MissingOf(IEnumerable<(string Contract, string Key)> names)
    {
        // What was placed two loads ago is written by now and can be read again: a file of any length needs no more memory.
        if (streams.Count > MostStreams)
        {
            (earlier, streams) = (streams, []);
        }

        return [.. names.Where(n => !streams.ContainsKey(n) && !earlier.ContainsKey(n)).Distinct()];
    }

    private static NpgsqlBatchCommand EndsOf(List<(string Contract, string Key)> names) =>
        new(
            $"""
            select tenant_id, id, version from unnest($1, $2) as s (contract, key)
            cross join lateral (select * from {LedgerStore.Schema}.mt_streams where tenant_id = contract and id = key limit 1) as found
            """
        )
        {
            Parameters = { Text(names.Select(n => n.Contract)), Text(names.Select(n => n.Key)) },
        };

    private async Task<AppendResult?[]> RecogniseAsync(
        NpgsqlDataReader reader,
        IReadOnlyList<PendingEvent> events,
        List<(string Contract, string Key)> missing,
        CancellationToken cancel
    )
    {
        var known = await EventLookup.RecogniseAsync(reader, events, cancel);
        await reader.NextResultAsync(cancel);
        await LoadAsync(reader, missing, cancel);
        return known;
    }

    private async Task LoadAsync(NpgsqlDataReader reader, List<(string Contract, string Key)> missing, CancellationToken cancel)
    {
        while (await reader.ReadAsync(cancel))
        {
            streams[(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
        }

        foreach (var name in missing)
        {
            streams.TryAdd(name, 0);
        }
    }

    private static Dictionary<(string Contract, string Key), long> EndsAfter(IReadOnlyList<StoredEvent> events)
    {
        var ends = new Dictionary<(string Contract, string Key), long>();
        foreach (var e in events)
        {
            ends[(e.Contract, e.Stream)] = e.Version;
        }

        return ends;
    }

    /// <summary>
    /// Adds streams or moves their versions, each by its key: a join would read the whole table where statistics are old.
    /// </summary>
    private NpgsqlBatchCommand StreamsTo(Dictionary<(string Contract, string Key), long> ends) =>
        new(
            $"""
            insert into {LedgerStore.Schema}.mt_streams (tenant_id, id, type, version, timestamp, created, is_archived)
            select tenant_id, id, type, version, $5, $5, false
            from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) as s (tenant_id, id, version, type)
            on conflict (tenant_id, id) do update set version = excluded.version, timestamp = excluded.timestamp
            """
        )
        {
            Parameters =
            {
                Text(ends.Keys.Select(e => e.Contract)),
                Text(ends.Keys.Select(e => e.Key)),
                new() { Value = ends.Values.ToArray() },
                Text(ends.Keys.Select(e => StreamTypes.AliasOf(e.Contract, e.Key))),
                new() { Value = RecordedAt.ToDateTimeUtc() },
            },
        };

    private static NpgsqlBatchCommand EndTo(long position, bool wake) =>
        new($"select setval('{LedgerStore.Schema}.mt_events_sequence', $1){(wake ? $", {Wake}" : "")}")
        {
            Parameters = { new() { Value = position } },
        };

    private long EndOf((string Contract, string Key) stream) => streams.TryGetValue(stream, out var end) ? end : earlier[stream];

    private NpgsqlCommand Command(string sql) => new(sql, connection, transaction);

    private static NpgsqlParameter Text(IEnumerable<string?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
