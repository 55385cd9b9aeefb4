using Ledger.Api.Hosting;
using Ledger.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Benchmarks;

/// <summary>
/// What the log is measured against: a table with its columns, constraints and indexes, written by plain Npgsql, without
/// hashing, checks or an order.
/// </summary>
internal sealed class RawLog(NpgsqlDataSource database)
{
    private const string Columns = "(position, contract, stream, version, type, event_id, source, occurred_at, recorded_at, actor, correlation, causation, data, leaf_hash)";
    private static readonly byte[] Leaf = new byte[32];

    /// <summary>An empty table.</summary>
    public async Task CreateAsync()
    {
        await using var command = database.CreateCommand("drop table if exists public.raw_events; create table public.raw_events (like ledger.events including all)");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Everything that the log holds, so that both are of one size.</summary>
    public async Task FillAsync()
    {
        await using var command = database.CreateCommand("insert into public.raw_events select * from ledger.events");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What the log holds between two positions.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> OfAsync(LedgerRuntime ledger, long after, long upTo)
    {
        var events = new List<StoredEvent>();
        await foreach (var (e, _) in ledger.Log.Reader.ReadAsync(after, upTo))
        {
            events.Add(e);
        }

        return events;
    }

    /// <summary>One binary COPY of one batch in one transaction.</summary>
    public async Task CopyAsync(IReadOnlyList<StoredEvent> events)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync($"copy public.raw_events {Columns} from stdin (format binary)"))
        {
            // As the log writes them.
#pragma warning disable CA1849
            foreach (var e in events)
            {
                copy.StartRow();
                copy.Write(e.Position, NpgsqlDbType.Bigint);
                copy.Write(e.Contract, NpgsqlDbType.Text);
                copy.Write(e.Stream, NpgsqlDbType.Text);
                copy.Write(e.Version, NpgsqlDbType.Bigint);
                copy.Write(e.Type, NpgsqlDbType.Text);
                copy.Write(e.EventId, NpgsqlDbType.Text);
                copy.Write(e.Source, NpgsqlDbType.Text);
                copy.Write(At(e.OccurredAt), NpgsqlDbType.TimestampTz);
                copy.Write(At(e.RecordedAt), NpgsqlDbType.TimestampTz);
                copy.Write(e.Actor, NpgsqlDbType.Text);
                copy.WriteNull();
                copy.WriteNull();
                copy.Write(e.Data, NpgsqlDbType.Json);
                copy.Write(Leaf, NpgsqlDbType.Bytea);
            }

#pragma warning restore CA1849
            await copy.CompleteAsync();
        }

        await transaction.CommitAsync();
    }

    /// <summary>A prepared insert of one event on a connection of its own; executing it commits.</summary>
    public static async Task<NpgsqlCommand> PrepareInsertAsync(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand($"insert into public.raw_events {Columns} values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, null, $11, $12)", connection);
        foreach (var type in (ReadOnlySpan<NpgsqlDbType>)[
            NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text,
            NpgsqlDbType.TimestampTz, NpgsqlDbType.TimestampTz, NpgsqlDbType.Text, NpgsqlDbType.Json, NpgsqlDbType.Bytea])
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }

        await command.PrepareAsync();
        return command;
    }

    /// <summary>Inserts one event, committed.</summary>
    public static async Task InsertAsync(NpgsqlCommand insert, StoredEvent e)
    {
        object[] values = [e.Position, e.Contract, e.Stream, e.Version, e.Type, e.EventId, e.Source, At(e.OccurredAt), At(e.RecordedAt), e.Actor, e.Data, Leaf];
        for (var i = 0; i < values.Length; i++)
        {
            insert.Parameters[i].Value = values[i];
        }

        await insert.ExecuteNonQueryAsync();
    }

    private static DateTime At(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * 10);
}
