using System.Runtime.CompilerServices;
using Ledger.Domain.Errors;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Projections.Store;

/// <summary>
/// What is asked of Marten's events as rows, on a connection of the caller's: inside a transaction, behind the log's lock, or among other
/// questions. Rows are what the evidence needs, and cost half of what decoded events do.
/// </summary>
public static class LogQueries
{
    internal const string Events = $"{LedgerStore.Schema}.mt_events";

    private const string LastRow = $"select seq_id, timestamp from {Events} order by seq_id desc limit 1";

    private const string LastRowAndOneBefore = $"select l.seq_id, e.timestamp from ({LastRow}) l left join {Events} e on e.seq_id = $1";

    private const string StreamUpTo = "e.tenant_id = $1 and e.stream_id = $2 and e.seq_id <= $3";

    private const string StreamOrder = "e.version";

    /// <summary>Where the log ends, as a connection sees it.</summary>
    public static async Task<LogHead> HeadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(LastRow, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await HeadAsync(reader, cancel);
    }

    /// <summary>Asks where the log ends, among other questions.</summary>
    public static NpgsqlBatchCommand End() => new(LastRow);

    /// <summary>Where the log ends, by the answer to <see cref="End"/>.</summary>
    public static async Task<LogHead> HeadAsync(NpgsqlDataReader reader, CancellationToken cancel) =>
        await reader.ReadAsync(cancel)
            ? new LogHead(reader.GetInt64(0), StoredEvent.MicrosecondsOf(reader.GetDateTime(1)))
            : new LogHead(0, null);

    /// <summary>
    /// The log's end at a past position, as a connection sees it. Throws <see cref="LedgerException"/> for a position beyond the end.
    /// </summary>
    public static async Task<LogHead> HeadAtAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { EndAt(position) } };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await HeadAtAsync(reader, position, cancel);
    }

    /// <summary>Asks for the log's end at a past position, among other questions.</summary>
    public static NpgsqlBatchCommand EndAt(long position) => new(LastRowAndOneBefore) { Parameters = { new() { Value = position } } };

    /// <summary>
    /// The log's end at a past position, by the answer to <see cref="EndAt"/>. Throws <see cref="LedgerException"/> for a position beyond
    /// the end.
    /// </summary>
    public static async Task<LogHead> HeadAtAsync(NpgsqlDataReader reader, long position, CancellationToken cancel)
    {
        var last = await reader.ReadAsync(cancel) ? reader.GetInt64(0) : 0;
        return position >= 0 && position <= last
            ? new LogHead(position, position > 0 ? StoredEvent.MicrosecondsOf(reader.GetDateTime(1)) : null)
            : throw new LedgerException(ErrorCode.MomentUnknown, $"position {position} is not in the log, which ends at {last}");
    }

    /// <summary>Asks for the events of one stream up to a position, in order, among other questions.</summary>
    public static NpgsqlBatchCommand Stream(string contract, string stream, long upTo) =>
        new($"select {StoredEvent.Columns} from {Events} e where {StreamUpTo} order by {StreamOrder}")
        {
            Parameters =
            {
                new() { Value = contract },
                new() { Value = stream },
                new() { Value = upTo },
            },
        };

    /// <summary>
    /// Events after one position up to another, in order, streamed: of one contract where named, without the types that are left out.
    /// </summary>
    public static IAsyncEnumerable<StoredEvent> ReadAsync(
        NpgsqlConnection connection,
        long after,
        long upTo,
        string? contract,
        IReadOnlyList<string>? without,
        CancellationToken cancel
    )
    {
        var command = Select(
            $"e.seq_id > $1 and e.seq_id <= $2{(contract is null ? "" : " and e.tenant_id = $3")}",
            connection,
            after,
            upTo
        );
        if (contract is not null)
        {
            command.Parameters.Add(new() { Value = contract });
        }

        if (without is not null)
        {
            command.CommandText += $" and e.type <> all (${command.Parameters.Count + 1})";
            command.Parameters.Add(new() { Value = without.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        }

        return RowsAsync(command, "e.seq_id", cancel);
    }

    /// <summary>The events of one stream up to a position, in order, on a connection of the caller's.</summary>
    public static IAsyncEnumerable<StoredEvent> ReadStreamAsync(
        NpgsqlConnection connection,
        string contract,
        string stream,
        long upTo,
        CancellationToken cancel
    ) => RowsAsync(Select(StreamUpTo, connection, contract, stream, upTo), StreamOrder, cancel);

    /// <summary>Every contract that has an account, by id.</summary>
    public static async Task<IReadOnlyList<string>> ContractsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select id from {LedgerStore.Schema}.mt_streams where type = $1 order by id collate \"C\"",
            connection
        )
        {
            Parameters = { new() { Value = LedgerStore.AccountAlias } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var contracts = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            contracts.Add(reader.GetString(0));
        }

        return contracts;
    }

    internal static NpgsqlCommand Select(string where, NpgsqlConnection connection, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand($"select {StoredEvent.Columns} from {Events} e where {where}", connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    internal static async IAsyncEnumerable<StoredEvent> RowsAsync(
        NpgsqlCommand command,
        string order,
        [EnumeratorCancellation] CancellationToken cancel,
        int? most = null
    )
    {
        await using var disposed = command;
        command.CommandText += $" order by {order}" + (most is null ? "" : $" limit {most}");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return StoredEvent.Of(reader);
        }
    }
}
