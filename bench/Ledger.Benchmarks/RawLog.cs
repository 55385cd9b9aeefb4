using Ledger.Projections.Store;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Benchmarks;

/// <summary>
/// The raw limit of appending: a table with the columns, constraints and indexes of Marten's events, written by plain Npgsql.
/// </summary>
internal sealed class RawLog(NpgsqlDataSource database)
{
    private const string Columns =
        "(seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, headers, is_archived)";
    private const string Headers =
        """{"id":"e-0000001","time":"2025-11-01T00:00:00Z","actor":"seat-17","source":"platform-12345","subject":"case/x-0000001"}""";

    private static long position = 1_000_000_000;

    /// <summary>An empty table.</summary>
    public async Task CreateAsync()
    {
        await using var command = database.CreateCommand(
            "drop table if exists public.raw_events; create table public.raw_events (like ledger.mt_events including all)"
        );
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Everything that the log holds, so that both are of one size.</summary>
    public async Task FillAsync()
    {
        await using var command = database.CreateCommand("insert into public.raw_events select * from ledger.mt_events");
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One binary COPY of events in one transaction.</summary>
    public async Task CopyAsync(IEnumerable<PendingEvent> events)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync($"copy public.raw_events {Columns} from stdin (format binary)"))
        {
#pragma warning disable CA1849 // The writer buffers; waiting for each value would be what is measured.
            foreach (var e in events)
            {
                copy.StartRow();
                copy.Write(Interlocked.Increment(ref position), NpgsqlDbType.Bigint);
                copy.Write(e.Uuid, NpgsqlDbType.Uuid);
                copy.Write(e.Stream, NpgsqlDbType.Varchar);
                copy.Write(position, NpgsqlDbType.Bigint);
                copy.Write(e.Data, NpgsqlDbType.Jsonb);
                copy.Write(e.Event.Type.Alias, NpgsqlDbType.Varchar);
                copy.Write(e.Event.OccurredAt.ToDateTimeUtc(), NpgsqlDbType.TimestampTz);
                copy.Write(e.Event.Contract, NpgsqlDbType.Varchar);
                copy.Write("Ledger.Domain.Events.CaseDispatched, Ledger.Domain", NpgsqlDbType.Varchar);
                copy.Write(Headers, NpgsqlDbType.Jsonb);
                copy.Write(value: false, NpgsqlDbType.Boolean);
            }
#pragma warning restore CA1849
            await copy.CompleteAsync();
        }

        await transaction.CommitAsync();
    }

    /// <summary>A prepared insert of one event on a connection of its own; executing it commits.</summary>
    public static async Task<NpgsqlCommand> PrepareInsertAsync(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(
            $"insert into public.raw_events {Columns} values ($1, $2, $3, $1, $4, 'case_dispatched', now(), 'gaomidian-2025', 'x', "
                + "$5, false)",
            connection
        );
        foreach (
            var type in (ReadOnlySpan<NpgsqlDbType>)
                [NpgsqlDbType.Bigint, NpgsqlDbType.Uuid, NpgsqlDbType.Varchar, NpgsqlDbType.Jsonb, NpgsqlDbType.Jsonb]
        )
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }

        await command.PrepareAsync();
        return command;
    }

    /// <summary>Inserts one event, committed.</summary>
    public static async Task InsertAsync(NpgsqlCommand insert, PendingEvent e)
    {
        object[] values = [Interlocked.Increment(ref position), e.Uuid, e.Stream, e.Data, Headers];
        for (var i = 0; i < values.Length; i++)
        {
            insert.Parameters[i].Value = values[i];
        }

        await insert.ExecuteNonQueryAsync();
    }
}
