using System.Data;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Projections.Store;

/// <summary>
/// A whole file as one transaction in Marten's tables, written with COPY under the log's lock: what sessions would do event by
/// event takes twice the time. Marten reads, continues and verifies what is so written (a specification holds that). It holds
/// the lock from <see cref="BeginAsync"/> to commit, so that what is read through it is the log's last state. Not committed, it
/// leaves nothing.
/// </summary>
public sealed class LogTransaction : IAsyncDisposable
{
    private const int MostStreams = 20_000;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly long before;
    private readonly Dictionary<(string Contract, string Key), long> moved = [];
    private Dictionary<(string Contract, string Key), StreamEnd> streams = [];
    private Dictionary<(string Contract, string Key), StreamEnd> earlier = [];

    private LogTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, LogHead head, Instant recordedAt)
    {
        (this.connection, this.transaction, before, Position) = (connection, transaction, head.Position, head.Position);
        RecordedAt = recordedAt;
    }

    /// <summary>A stream's version with what was placed, and whether it has a row.</summary>
    private readonly record struct StreamEnd(long Version, bool Exists);

    /// <summary>The last position, with what was placed in this transaction.</summary>
    public long Position { get; private set; }

    /// <summary>When what is placed now is recorded.</summary>
    public Instant RecordedAt { get; }

    /// <summary>The connection, for reading the state behind this transaction's lock.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Takes the log's lock.</summary>
    public static async Task<LogTransaction> BeginAsync(NpgsqlDataSource database, IClock clock, CancellationToken cancel)
    {
        var opened = await database.OpenConnectionAsync(cancel);
        try
        {
            var begun = await opened.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
            var head = await LogLock.TakeAsync(opened, cancel);
            return new LogTransaction(opened, begun, head, LogLock.RecordedAt(head, clock));
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads where the streams of the given subjects end, so that events can be placed in them.</summary>
    public async Task LoadStreamsAsync(IEnumerable<(string Contract, string Key)> names, CancellationToken cancel)
    {
        // What was placed two loads ago is written by now and can be read again: a file of any length needs no more memory.
        if (streams.Count > MostStreams)
        {
            await MoveStreamsAsync(cancel);
            (earlier, streams) = (streams, []);
        }

        var missing = names.Where(n => !streams.ContainsKey(n) && !earlier.ContainsKey(n)).Distinct().ToList();
        if (missing.Count == 0)
        {
            return;
        }

        await using var command = Command($"select tenant_id, id, version from {LedgerStore.Schema}.mt_streams where (tenant_id, id) in (select * from unnest($1, $2))");
        AddText(command, missing.Select(m => m.Contract));
        AddText(command, missing.Select(m => m.Key));
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                streams[(reader.GetString(0), reader.GetString(1))] = new StreamEnd(reader.GetInt64(2), Exists: true);
            }
        }

        foreach (var name in missing)
        {
            streams.TryAdd(name, new StreamEnd(0, Exists: false));
        }
    }

    /// <summary>The version of a stream, with what was placed in this transaction; it must have been loaded.</summary>
    public long VersionOf(string contract, string key) => EndOf((contract, key)).Version;

    /// <summary>Gives an event its place; its stream must have been loaded. It is written by <see cref="WriteAsync"/>.</summary>
    public StoredEvent Place(PendingEvent e)
    {
        EventMapping.RefuseControlCharacters(e.Event);
        var stream = (e.Event.Contract, e.Stream);
        var end = EndOf(stream);
        var stored = e.At(++Position, end.Version + 1, Instants.ToMicroseconds(RecordedAt));
        streams[stream] = end with { Version = stored.Version };
        return stored;
    }

    /// <summary>
    /// Writes events in the order in which <see cref="Place"/> gave them, each list once. Others may be placed meanwhile: what is
    /// shared with that is done before the first wait.
    /// </summary>
    public async Task WriteAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancel)
    {
        var last = new Dictionary<(string Contract, string Key), long>();
        foreach (var e in events)
        {
            last[(e.Contract, e.Stream)] = e.Version;
        }

        var added = last.Where(s => !EndOf(s.Key).Exists).ToList();
        foreach (var (name, version) in last)
        {
            if (EndOf(name) is { Exists: true })
            {
                moved[name] = version;
            }
            else
            {
                streams[name] = EndOf(name) with { Exists = true };
            }
        }

        await AddStreamsAsync(added, cancel);
        await EventCopy.WriteAsync(connection, events, cancel);
    }

    /// <summary>Commits: from here on everything is recorded, and whoever follows the log is woken.</summary>
    public async Task CommitAsync(CancellationToken cancel)
    {
        if (Position > before)
        {
            await MoveStreamsAsync(cancel);
            await using var end = Command($"select setval('{LedgerStore.Schema}.mt_events_sequence', $1), pg_notify('mt_events_appended', '')");
            end.Parameters.Add(new() { Value = Position });
            await end.ExecuteNonQueryAsync(cancel);
        }

        // Not to be cancelled: whoever stopped waiting could not be told whether it was done.
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task AddStreamsAsync(IReadOnlyList<KeyValuePair<(string Contract, string Key), long>> added, CancellationToken cancel)
    {
        if (added.Count == 0)
        {
            return;
        }

        await using var command = Command($"""
            insert into {LedgerStore.Schema}.mt_streams (tenant_id, id, type, version, timestamp, created, is_archived)
            select tenant_id, id, case when id = tenant_id and id <> $4 then $5 end, version, $6, $6, false
            from unnest($1::text[], $2::text[], $3::bigint[]) as s (tenant_id, id, version)
            """);
        AddText(command, added.Select(a => a.Key.Contract));
        AddText(command, added.Select(a => a.Key.Key));
        command.Parameters.Add(new() { Value = added.Select(a => a.Value).ToArray() });
        command.Parameters.Add(new() { Value = LedgerSource.Contract });
        command.Parameters.Add(new() { Value = LedgerStore.AccountAlias });
        command.Parameters.Add(new() { Value = RecordedAt.ToDateTimeUtc() });
        await ExecuteAsync(command, added.Count, cancel);
    }

    /// <summary>Moves the versions of the streams that had a row before they were written to.</summary>
    private async Task MoveStreamsAsync(CancellationToken cancel)
    {
        if (moved.Count == 0)
        {
            return;
        }

        await using var command = Command($"""
            update {LedgerStore.Schema}.mt_streams s set version = m.version, timestamp = $4
            from unnest($1::text[], $2::text[], $3::bigint[]) as m (tenant_id, id, version)
            where s.tenant_id = m.tenant_id and s.id = m.id
            """);
        AddText(command, moved.Keys.Select(m => m.Contract));
        AddText(command, moved.Keys.Select(m => m.Key));
        command.Parameters.Add(new() { Value = moved.Values.ToArray() });
        command.Parameters.Add(new() { Value = RecordedAt.ToDateTimeUtc() });
        await ExecuteAsync(command, moved.Count, cancel);
        moved.Clear();
    }

    private StreamEnd EndOf((string Contract, string Key) stream) => streams.TryGetValue(stream, out var end) ? end : earlier[stream];

    private NpgsqlCommand Command(string sql) => new(sql, connection, transaction);

    private static async Task ExecuteAsync(NpgsqlCommand command, int expected, CancellationToken cancel)
    {
        if (await command.ExecuteNonQueryAsync(cancel) is var rows && rows != expected)
        {
            throw new InvalidOperationException($"{expected} streams were to be written, the database counted {rows}");
        }
    }

    private static void AddText(NpgsqlCommand command, IEnumerable<string> values) =>
        command.Parameters.Add(new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
}
