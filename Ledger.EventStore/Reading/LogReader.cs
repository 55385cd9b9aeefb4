using System.Runtime.CompilerServices;
using Ledger.EventStore.Hashing;
using Ledger.EventStore.Proofs;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Reading;

/// <summary>An event as read, with its leaf hash.</summary>
public readonly record struct LoggedEvent(StoredEvent Event, byte[] Leaf);

/// <summary>Reads the log. A reader that has seen position n has seen everything before n.</summary>
public sealed class LogReader(NpgsqlDataSource database)
{
    private readonly TileStore tiles = new(database);

    /// <summary>Where the log ends now.</summary>
    public async Task<LogHead> HeadAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await HeadAsync(connection, cancel);
    }

    /// <summary>As the other, on a connection of the caller's.</summary>
    public static async Task<LogHead> HeadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select position, case when position > 0 then recorded_at end, root from ledger.head", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return await HeadAsync(reader, 0, cancel);
    }

    /// <summary>A moment of the log from three columns of a row: position, when it was recorded or null, and the root.</summary>
    public static async Task<LogHead> HeadAsync(NpgsqlDataReader reader, int column, CancellationToken cancel) => new(
        reader.GetInt64(column),
        await reader.IsDBNullAsync(column + 1, cancel) ? null : Timestamps.ToMicroseconds(reader.GetDateTime(column + 1)),
        await reader.GetFieldValueAsync<byte[]>(column + 2, cancel));

    /// <summary>
    /// The state of the log's end at a past position: when it was recorded, and the root of the tree over it, from the tree's
    /// tiles. Throws <see cref="LedgerException"/> for a position beyond the head.
    /// </summary>
    public async Task<LogHead> HeadAtAsync(long position, CancellationToken cancel)
    {
        var head = await HeadAsync(cancel);
        if (position == head.Position)
        {
            return head;
        }

        RefuseOutside(position, head);
        await CatchUpTilesAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var root = await MerkleProof.RootAsync(position, TileStore.Reader(connection, cancel));
        return new LogHead(position, await RecordedAtAsync(connection, position, cancel), root);
    }

    /// <summary>Without room, or the right to write, the root is still read: from the tiles that there are, and from leaves.</summary>
    private async Task CatchUpTilesAsync(CancellationToken cancel)
    {
        try
        {
            await tiles.CatchUpAsync(cancel);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DiskFull or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction)
        {
        }
    }

    /// <summary>
    /// When a position was recorded (null for 0), without the root of its tree. Throws <see cref="LedgerException"/> for a position
    /// beyond the head.
    /// </summary>
    public async Task<long?> RecordedAtAsync(long position, CancellationToken cancel)
    {
        RefuseOutside(position, await HeadAsync(cancel));
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await RecordedAtAsync(connection, position, cancel);
    }

    private static async Task<long?> RecordedAtAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select recorded_at from ledger.events where position = $1", connection)
        {
            Parameters = { new() { Value = position } },
        };
        return await command.ExecuteScalarAsync(cancel) is DateTime at ? Timestamps.ToMicroseconds(at) : null;
    }

    private static void RefuseOutside(long position, LogHead head)
    {
        if (position < 0 || position > head.Position)
        {
            throw new LedgerException(ErrorCode.MomentUnknown, $"position {position} is not in the log, which ends at {head.Position}");
        }
    }

    /// <summary>The last position recorded at or before a time (microseconds since 1970 UTC); 0 where none was.</summary>
    public async Task<long> PositionAtAsync(long time, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("select coalesce(max(position), 0) from ledger.events where recorded_at <= $1", connection)
        {
            Parameters = { new() { Value = Timestamps.ToDateTime(time) } },
        };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>
    /// Events after one position up to another, in order, streamed: of one contract where named, without the types that
    /// are left out.
    /// </summary>
    public async IAsyncEnumerable<LoggedEvent> ReadAsync(
        long after, long upTo, string? contract = null, IReadOnlyList<string>? without = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await foreach (var e in ReadAsync(connection, after, upTo, contract, without, cancel))
        {
            yield return e;
        }
    }

    /// <summary>As the other, on a connection of the caller's: inside a transaction on the log it sees the log's last state.</summary>
    public static async IAsyncEnumerable<LoggedEvent> ReadAsync(
        NpgsqlConnection connection, long after, long upTo, string? contract, IReadOnlyList<string>? without, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql.Load("Reading", "ReadEvents"), connection)
        {
            Parameters =
            {
                new() { Value = after },
                new() { Value = upTo },
                new() { Value = (object?)contract ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = (object?)without?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        await foreach (var e in RowsAsync(command, cancel))
        {
            yield return e;
        }
    }

    /// <summary>The events of one stream up to a position, in order.</summary>
    public async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long upTo, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ReadStreamAsync(connection, stream, upTo, cancel);
    }

    /// <summary>As the other, on a connection of the caller's.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(NpgsqlConnection connection, string stream, long upTo, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql.Load("Reading", "ReadStream"), connection)
        {
            Parameters = { new() { Value = stream }, new() { Value = upTo } },
        };
        return await AllAsync(command, cancel);
    }

    /// <summary>The events of a contract with these ids, up to a position, in order of position.</summary>
    public async Task<IReadOnlyList<StoredEvent>> ReadByIdsAsync(string contract, IReadOnlyList<string> ids, long upTo, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(Sql.Load("Reading", "ReadByIds"), connection)
        {
            Parameters =
            {
                new() { Value = contract },
                new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = upTo },
            },
        };
        return await AllAsync(command, cancel);
    }

    /// <summary>
    /// Events with their leaves (docs/architecture.md, "The log") after one position up to another, in order: of some contracts
    /// where they are named.
    /// </summary>
    public async IAsyncEnumerable<(StoredEvent Event, string Leaf)> LeavesAsync(
        long after, long upTo, IReadOnlyList<string>? contracts, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(Sql.Load("Reading", "ReadLeaves"), connection)
        {
            Parameters =
            {
                new() { Value = after },
                new() { Value = upTo },
                new() { Value = (object?)contracts?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var e = Row(reader).Event;
            yield return (e, Leaf.Text(e, await reader.IsDBNullAsync(14, cancel) ? [] : await reader.GetFieldValueAsync<byte[]>(14, cancel)));
        }
    }

    private static async Task<IReadOnlyList<StoredEvent>> AllAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var all = new List<StoredEvent>();
        await foreach (var e in RowsAsync(command, cancel))
        {
            all.Add(e.Event);
        }

        return all;
    }

    private static async IAsyncEnumerable<LoggedEvent> RowsAsync(NpgsqlCommand command, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return Row(reader);
        }
    }

    private static LoggedEvent Row(NpgsqlDataReader reader) => new(
        new StoredEvent(
            reader.GetInt64(0),
            reader.GetString(1),
            reader.GetString(2),
            reader.GetInt64(3),
            reader.GetString(4),
            reader.GetString(5),
            reader.GetString(6),
            Timestamps.ToMicroseconds(reader.GetDateTime(7)),
            Timestamps.ToMicroseconds(reader.GetDateTime(8)),
            reader.GetString(9),
            reader.IsDBNull(10) ? null : reader.GetString(10),
            reader.IsDBNull(11) ? null : reader.GetString(11),
            reader.GetFieldValue<byte[]>(12)),
        reader.GetFieldValue<byte[]>(13));

    /// <summary>Which of the given streams have an event.</summary>
    public static async Task<IReadOnlySet<string>> KnownStreamsAsync(NpgsqlConnection connection, IReadOnlyList<string> streams, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select s from unnest($1) s where exists (select from ledger.events where stream = s)", connection)
        {
            Parameters = { new() { Value = streams.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var known = new HashSet<string>();
        while (await reader.ReadAsync(cancel))
        {
            known.Add(reader.GetString(0));
        }

        return known;
    }
}
