using System.Text;
using Ledger.Api.Hosting;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Tests.Support;

/// <summary>Somebody with every right on the database, and, where they say so, on the signer's host.</summary>
public static class Insider
{
    /// <summary>
    /// Writes another history in the place of the log: the events that <paramref name="change"/> gives, in its order, with
    /// positions, versions, streams and tiles all made right again. Only what stands outside the database still tells.
    /// </summary>
    public static Task RewriteAsync(TestDatabase database, Func<IReadOnlyList<StoredEvent>, IEnumerable<StoredEvent>> change) =>
        RewriteAsync(database, database.Ledger, change);

    /// <summary>As the other, while another runtime is open on the database.</summary>
    public static async Task RewriteAsync(
        TestDatabase database,
        TestLedger ledger,
        Func<IReadOnlyList<StoredEvent>, IEnumerable<StoredEvent>> change
    )
    {
        var before = await ledger.Log.ReadAsync(0, long.MaxValue).ToListAsync();
        var (ends, rows) = (new Dictionary<(string, string), long>(), new List<StoredEvent>());
        foreach (var e in change(before))
        {
            var version = ends.GetValueOrDefault((e.Contract, e.Stream)) + 1;
            ends[(e.Contract, e.Stream)] = version;
            rows.Add(e with { Position = rows.Count + 1, Version = version, Uuid = EventIds.Of(e.Contract, e.EventId) });
        }

        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (
            var clear = new NpgsqlCommand(
                "set session_replication_role = replica; delete from ledger.mt_events; delete from ledger.mt_streams; delete from "
                    + "ledger.tiles",
                connection
            )
        )
        {
            await clear.ExecuteNonQueryAsync();
        }

        foreach (var ((contract, stream), version) in ends)
        {
            await ExecuteAsync(
                connection,
                "insert into ledger.mt_streams (tenant_id, id, type, version, is_archived) values ($1, $2, $3, $4, false)",
                contract,
                stream,
                StreamTypes.AliasOf(contract, stream) ?? (object)DBNull.Value,
                version
            );
        }

        foreach (var e in rows)
        {
            var headers = new System.Buffers.ArrayBufferWriter<byte>();
            new EventHeaders(e.EventId, e.Source, e.Subject, e.OccurredAt, e.Actor, e.Precision).Write(headers);
            await ExecuteAsync(
                connection,
                """
                insert into ledger.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type,
                    correlation_id, causation_id, headers, is_archived)
                values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, $11, $12::jsonb, false)
                """,
                e.Position,
                e.Uuid,
                e.Stream,
                e.Version,
                Encoding.UTF8.GetString(e.Data.Span),
                e.Type,
                Instants.FromMicroseconds(e.RecordedAt).ToDateTimeUtc(),
                e.Contract,
                EventCatalogue.Find(e.Type)!.Data is var type ? $"{type.FullName}, {type.Assembly.GetName().Name}" : "",
                e.Correlation ?? (object)DBNull.Value,
                e.Causation ?? (object)DBNull.Value,
                Encoding.UTF8.GetString(headers.WrittenSpan)
            );
        }

        await transaction.CommitAsync();
        await new TileStore(ledger.Database).CatchUpAsync(default);
    }

    /// <summary>The log's own private keys: what only whoever holds the signer's host has.</summary>
    public static SigningKeys StolenKeys(TestDatabase database) =>
        SigningKeys.Open(Path.Combine(DataFiles.Signer(database.Ledger.DataDirectory), "keys.pem"));

    /// <summary>A publisher as the service would have it after a restart, over a signer of the test's.</summary>
    public static CheckpointPublisher Publisher(TestDatabase database, ISigner signer, string? file = null) =>
        new(
            database.Ledger.Database,
            signer,
            new CheckpointFile(file ?? DataFiles.Checkpoints(database.Ledger.DataDirectory)),
            DataFiles.Policy(database.Ledger.DataDirectory)
        );

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}
