using Ledger.Domain.Json;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// The lock that makes one order of all appends: held from before the first position is drawn to the commit, by whoever appends.
/// What is read after it was taken is the log's last state. A mark in the same transaction tells the guard of the events' table
/// (<see cref="LogGuard"/>) that it is held.
/// </summary>
public static class LogLock
{
    // One number for every process on a database; PostgreSQL's advisory locks are per database.
    private const long Key = 0x4c45_4447_4552;

    private const string Take = $"select pg_advisory_xact_lock($1), set_config('{LogGuard.Mark}', 'on', true)";

    // A rollback gives nothing back to a sequence: it is set to where the log ends, or a position would be left out.
    private const string ReadEnd = $"""
        with last as (select seq_id, timestamp from {LedgerStore.Schema}.mt_events order by seq_id desc limit 1)
        select coalesce(max(seq_id), 0), max(timestamp),
            setval('{LedgerStore.Schema}.mt_events_sequence', greatest(coalesce(max(seq_id), 0), 1), max(seq_id) is not null)
        from last
        """;

    /// <summary>Takes it in a session's transaction, begun here where there is none yet; gives where the log ends.</summary>
    public static async Task<LogHead> TakeAsync(IDocumentSession session, CancellationToken cancel)
    {
        await session.BeginTransactionAsync(cancel);
        return await TakeAsync((NpgsqlConnection)session.Connection!, cancel);
    }

    /// <summary>Takes it inside the connection's transaction; gives where the log ends.</summary>
    public static async Task<LogHead> TakeAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        AddTo(batch);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await ReadAsync(reader, cancel);
    }

    /// <summary>Puts what takes it first into a batch: what follows there sees the log's last state, in the same round trip.</summary>
    internal static void AddTo(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Take) { Parameters = { new NpgsqlParameter<long> { TypedValue = Key } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ReadEnd));
    }

    /// <summary>Where the log ends, of the answers to such a batch; the reader stands there then.</summary>
    internal static async Task<LogHead> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        return new LogHead(
            reader.GetInt64(0),
            await reader.IsDBNullAsync(1, cancel) ? null : StoredEvent.MicrosecondsOf(reader.GetDateTime(1))
        );
    }

    /// <summary>
    /// When what follows on a head is recorded, in whole microseconds: the clock's time, or the last event's where the clock was
    /// set back (recorded times never decrease).
    /// </summary>
    public static Instant RecordedAt(LogHead head, IClock clock)
    {
        var now = Instants.FromMicroseconds(Instants.ToMicroseconds(clock.GetCurrentInstant()));
        return head.RecordedAt is { } last ? Instant.Max(now, Instants.FromMicroseconds(last)) : now;
    }
}
