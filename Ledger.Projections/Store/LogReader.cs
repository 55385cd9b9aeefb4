using System.Runtime.CompilerServices;
using Ledger.Domain.Errors;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// Reads Marten's events as rows (<see cref="LogQueries"/>), each time on a connection of its own. Positions are dense in the order of
/// commits: a reader that has seen position n has seen everything before n.
/// </summary>
public sealed class LogReader(NpgsqlDataSource database)
{
    // Recorded times never decrease with position: there is no need of an index over them.
    private const string FindTime = $"""
        with recursive search (low, high) as (
            select 0::bigint, (select coalesce(max(seq_id), 0) from {LogQueries.Events})
            union all
            select case when before then middle else low end, case when before then high else middle - 1 end
            from search, lateral (select (low + high + 1) / 2 as middle) m,
                 lateral (select timestamp <= $1 as before from {LogQueries.Events} where seq_id = middle) e
            where low < high)
        select low from search where low >= high
        """;

    /// <summary>Where the log ends now.</summary>
    public async Task<LogHead> HeadAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await LogQueries.HeadAsync(connection, cancel);
    }

    /// <summary>The log's end at a past position. Throws <see cref="LedgerException"/> for a position beyond the end.</summary>
    public async Task<LogHead> HeadAtAsync(long position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await LogQueries.HeadAtAsync(connection, position, cancel);
    }

    /// <summary>The version of a contract's account now: how many events stand in its stream.</summary>
    public async Task<long> VersionAsync(string contract, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select coalesce(max(version), 0) from {LedgerStore.Schema}.mt_streams where tenant_id = $1 and id = $1"
        );
        command.Parameters.Add(new() { Value = contract });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The last position recorded at or before a time; 0 where none was.</summary>
    public async Task<long> PositionAtAsync(Instant time, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(FindTime, connection) { Parameters = { new() { Value = time.ToDateTimeUtc() } } };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>
    /// Events after one position up to another, in order, streamed: of one contract where named, without the types that are left out.
    /// </summary>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        long after,
        long upTo,
        string? contract = null,
        IReadOnlyList<string>? without = null,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await foreach (var e in LogQueries.ReadAsync(connection, after, upTo, contract, without, cancel))
        {
            yield return e;
        }
    }

    /// <summary>
    /// The events that a filter lets through after one position up to another, in order, streamed. Whoever wants some says how many
    /// (<paramref name="most"/>): a reader that stops early is sent all the rest of the log before it ends.
    /// </summary>
    public async IAsyncEnumerable<StoredEvent> ReadAsync(
        EventFilter filter,
        long after,
        long upTo,
        [EnumeratorCancellation] CancellationToken cancel,
        int? most = null
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await foreach (var e in LogQueries.RowsAsync(filter.Command(connection, after, upTo), "e.seq_id", cancel, most))
        {
            yield return e;
        }
    }

    /// <summary>The events of several contracts up to a position, in order, streamed.</summary>
    public async IAsyncEnumerable<StoredEvent> ReadContractsAsync(
        IReadOnlyList<string> contracts,
        long upTo,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await foreach (
            var e in LogQueries.RowsAsync(
                LogQueries.Select("e.tenant_id = any ($1) and e.seq_id <= $2", connection, contracts.ToArray(), upTo),
                "e.seq_id",
                cancel
            )
        )
        {
            yield return e;
        }
    }

    /// <summary>The events of a contract's account up to a position, in order, streamed.</summary>
    public async IAsyncEnumerable<StoredEvent> ReadAccountAsync(
        string contract,
        long upTo,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await foreach (var e in LogQueries.ReadStreamAsync(connection, contract, contract, upTo, cancel))
        {
            yield return e;
        }
    }

    /// <summary>The events of a contract with these ids, up to a position, in order of position.</summary>
    public async Task<IReadOnlyList<StoredEvent>> ReadByIdsAsync(
        string contract,
        IEnumerable<string> ids,
        long upTo,
        CancellationToken cancel
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var uuids = ids.Select(id => EventIds.Of(contract, id)).ToArray();
        return await LogQueries
            .RowsAsync(LogQueries.Select("e.id = any ($1) and e.seq_id <= $2", connection, uuids, upTo), "e.seq_id", cancel)
            .ToListAsync(cancel);
    }
}
