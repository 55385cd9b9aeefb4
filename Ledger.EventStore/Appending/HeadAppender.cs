using Ledger.EventStore.Hashing;
using Ledger.EventStore.Proofs;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Appending;

/// <summary>
/// Appends small batches in one round trip: the writer remembers where the log ends, places the events after it, and writes
/// them where that still holds. It assumes that every event is new, for the table's keys refuse what is not. Whenever an
/// assumption fails nothing was written, and the batch has to be appended the careful way. It blocks its thread, the
/// writer's own: between two commits a hop over the thread pool costs as much as the statement.
/// </summary>
internal sealed class HeadAppender(NpgsqlDataSource database, Func<long> clock, RecentLeaves? recent) : IDisposable
{
    private const int MostStreams = 100_000;

    private readonly Dictionary<string, (long Version, byte[] LastLeaf)> streams = [];
    private NpgsqlConnection? connection;
    private NpgsqlCommand? append;
    private MerkleTree tree = new();
    private long recordedAt;
    private bool known;

    /// <summary>Forgets where the log ends: somebody else wrote to it, or this writer did by another way.</summary>
    public void Forget()
    {
        known = false;
        streams.Clear();
    }

    /// <summary>The receipts of all events, recorded and committed; null where nothing was written.</summary>
    public IReadOnlyList<AppendResult.Recorded>? TryAppend(IReadOnlyList<AppendEvent> events)
    {
        try
        {
            connection ??= database.OpenConnection();
            if (!known)
            {
                LoadHead(connection);
            }

            LoadStreams(connection, events);
            return Append(connection, events);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            Forget();
            return null;
        }
        catch
        {
            Forget();
            Close();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private IReadOnlyList<AppendResult.Recorded>? Append(NpgsqlConnection opened, IReadOnlyList<AppendEvent> events)
    {
        var after = MerkleTree.Load(tree.Size, tree.Frontier());
        var at = Math.Max(clock(), recordedAt);
        var moved = new Dictionary<string, (long Version, byte[] LastLeaf)>();
        var placed = new List<(StoredEvent Event, byte[] Leaf)>(events.Count);
        foreach (var e in events)
        {
            var (version, previous) = moved.TryGetValue(e.Stream, out var last) ? last : streams[e.Stream];
            if (e.ExpectedVersion is { } expected && expected != version)
            {
                return null;
            }

            var stored = e.At(after.Size + 1, version + 1, at);
            var leaf = Leaf.Hash(stored, previous);
            after.Add(leaf);
            moved[e.Stream] = (stored.Version, leaf);
            placed.Add((stored, leaf));
        }

        if (!Write(opened, placed, after, at))
        {
            Forget();
            return null;
        }

        if (recent is not null)
        {
            var gathering = new LeafGathering(recent, tree.Size);
            placed.ForEach(p => gathering.Add(p.Event.Contract, p.Leaf));
            gathering.Commit();
        }

        (tree, recordedAt) = (after, at);
        foreach (var (stream, last) in moved)
        {
            streams[stream] = last;
        }

        return [.. placed.Select(p => new AppendResult.Recorded(p.Event.Position, p.Event.Version))];
    }

    private bool Write(NpgsqlConnection opened, List<(StoredEvent Event, byte[] Leaf)> placed, MerkleTree after, long at)
    {
        append ??= Prepare(opened);
        object[] head = [after.Size, Timestamps.ToDateTime(at), after.Root(), after.Frontier(), tree.Size, tree.Root()];
        object[] values = [.. head, .. EventColumns.Of(placed)];
        for (var i = 0; i < values.Length; i++)
        {
            append.Parameters[i].Value = values[i];
        }

        var written = append.ExecuteNonQuery();
        return written == 0 ? false
            : written == placed.Count ? true
            : throw new InvalidOperationException($"{placed.Count} events were to be written, the database counted {written}");
    }

    private static NpgsqlCommand Prepare(NpgsqlConnection opened)
    {
        var command = new NpgsqlCommand(Sql.Load("Appending", "AppendAtHead"), opened);
        foreach (var type in (ReadOnlySpan<NpgsqlDbType>)[NpgsqlDbType.Bigint, NpgsqlDbType.TimestampTz, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Bigint, NpgsqlDbType.Bytea])
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        }

        foreach (var type in EventColumns.Types)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        }

        command.Prepare();
        return command;
    }

    private void LoadHead(NpgsqlConnection opened)
    {
        using var command = new NpgsqlCommand("select position, case when position > 0 then recorded_at end, root, frontier from ledger.head", opened);
        using var reader = command.ExecuteReader();
        if (!reader.Read())
        {
            throw new InvalidOperationException("the head row is missing");
        }

        tree = MerkleTree.Load(reader.GetInt64(0), reader.GetFieldValue<byte[]>(3));
        recordedAt = reader.IsDBNull(1) ? long.MinValue : Timestamps.ToMicroseconds(reader.GetDateTime(1));
        known = true;
    }

    private void LoadStreams(NpgsqlConnection opened, IReadOnlyList<AppendEvent> events)
    {
        if (streams.Count > MostStreams)
        {
            streams.Clear();
        }

        // What another process wrote since is seen when the head is compared.
        var missing = events.Select(e => e.Stream).Where(s => !streams.ContainsKey(s)).Distinct().ToArray();
        foreach (var (stream, version, leaf) in missing.Length == 0 ? [] : StreamEnds.FindAsync(opened, missing, CancellationToken.None).GetAwaiter().GetResult())
        {
            streams[stream] = (version, leaf);
        }
    }

    private void Close()
    {
        append?.Dispose();
        connection?.Dispose();
        (append, connection) = (null, null);
    }
}
