using Ledger.Api.Hosting;
using Ledger.EventStore;
using Ledger.EventStore.Checkpoints;
using Ledger.EventStore.Hashing;
using Npgsql;

namespace Ledger.Tests.Support;

/// <summary>Somebody with every right on the database, and, where they say so, on the signer's host.</summary>
public static class Insider
{
    /// <summary>
    /// Writes another history in the place of the log: the events that <paramref name="change"/> gives, in its order, with
    /// positions, versions, leaves, tree and head all made right again. Only what stands outside the database still tells.
    /// </summary>
    public static Task RewriteAsync(TestDatabase database, Func<IReadOnlyList<StoredEvent>, IEnumerable<StoredEvent>> change) => RewriteAsync(database, database.Ledger, change);

    /// <summary>As the other, while another runtime is open on the database.</summary>
    public static async Task RewriteAsync(TestDatabase database, LedgerRuntime ledger, Func<IReadOnlyList<StoredEvent>, IEnumerable<StoredEvent>> change)
    {
        var before = new List<StoredEvent>();
        await foreach (var e in ledger.Log.Reader.ReadAsync(0, long.MaxValue))
        {
            before.Add(e.Event);
        }

        var (tree, ends, rows) = (new MerkleTree(), new Dictionary<string, (long Version, byte[] Leaf)>(), new List<(StoredEvent Event, byte[] Leaf)>());
        foreach (var e in change(before))
        {
            var (version, previous) = ends.GetValueOrDefault(e.Stream, (0, []));
            var placed = e with { Position = tree.Size + 1, Version = version + 1 };
            var leaf = Leaf.Hash(placed, previous);
            tree.Add(leaf);
            ends[e.Stream] = (placed.Version, leaf);
            rows.Add((placed, leaf));
        }

        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var clear = new NpgsqlCommand("set session_replication_role = replica; delete from ledger.events; delete from ledger.tiles", connection))
        {
            await clear.ExecuteNonQueryAsync();
        }

        foreach (var (e, leaf) in rows)
        {
            await using var insert = new NpgsqlCommand("insert into ledger.events values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::json, $14)", connection);
            foreach (var value in (object[])[e.Position, e.Contract, e.Stream, e.Version, e.Type, e.EventId, e.Source, At(e.OccurredAt), At(e.RecordedAt), e.Actor, e.Correlation ?? (object)DBNull.Value, e.Causation ?? (object)DBNull.Value, System.Text.Encoding.UTF8.GetString(e.Data.Span), leaf])
            {
                insert.Parameters.Add(new() { Value = value });
            }

            await insert.ExecuteNonQueryAsync();
        }

        await using var head = new NpgsqlCommand("update ledger.head set position = $1, recorded_at = $2, root = $3, frontier = $4", connection)
        {
            Parameters = { new() { Value = tree.Size }, new() { Value = At(rows[^1].Event.RecordedAt) }, new() { Value = tree.Root() }, new() { Value = tree.Frontier() } },
        };
        await head.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    /// <summary>The log's own private keys: what only whoever holds the signer's host has.</summary>
    public static SigningKeys StolenKeys(TestDatabase database) => SigningKeys.Open(Path.Combine(DataFiles.Signer(database.Ledger.DataDirectory), "keys.pem"));

    /// <summary>A publisher as the service would have it after a restart, over a signer of the test's.</summary>
    public static CheckpointPublisher Publisher(TestDatabase database, ISigner signer, string? file = null) => new(
        database.Ledger.Database, signer, new CheckpointFile(file ?? DataFiles.Checkpoints(database.Ledger.DataDirectory)), DataFiles.Policy(database.Ledger.DataDirectory));

    private static DateTime At(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * 10);
}
