using System.Buffers;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Projections.Store;

/// <summary>
/// Writes some rows of Marten's <c>mt_events</c> by one statement, which goes with others in one round trip; <see cref="EventCopy"/>
/// takes less time for a file's many, and more for a few. The two are the only places where the ledger's own SQL writes that table.
/// </summary>
internal static class EventInsert
{
    private const string Sql = $"""
        insert into {LedgerStore.Schema}.mt_events ({EventCopy.Columns})
        select seq_id, id, stream_id, version, data::jsonb, type, timestamp, tenant_id, mt_dotnet_type,
            correlation_id, causation_id, headers::jsonb, false
        from unnest(
            $1::bigint[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::text[])
        as e (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers)
        """;

    /// <summary>The statement that writes events; their streams' rows come before.</summary>
    public static NpgsqlBatchCommand Of(IReadOnlyList<StoredEvent> events) =>
        new(Sql)
        {
            Parameters =
            {
                All(events, NpgsqlDbType.Bigint, e => e.Position),
                All(events, NpgsqlDbType.Uuid, e => e.Uuid),
                All(events, NpgsqlDbType.Text, e => e.Stream),
                All(events, NpgsqlDbType.Bigint, e => e.Version),
                All(events, NpgsqlDbType.Text, e => Encoding.UTF8.GetString(e.Data.Span)),
                All(events, NpgsqlDbType.Text, e => e.Type),
                All(events, NpgsqlDbType.TimestampTz, e => DateTime.UnixEpoch.AddMicroseconds(e.RecordedAt)),
                All(events, NpgsqlDbType.Text, e => e.Contract),
                All(events, NpgsqlDbType.Text, e => EventCopy.DotNetTypeOf(e.Type)),
                All(events, NpgsqlDbType.Text, e => e.Correlation),
                All(events, NpgsqlDbType.Text, e => e.Causation),
                All(events, NpgsqlDbType.Text, HeadersOf),
            },
        };

    private static string HeadersOf(StoredEvent e)
    {
        var json = new ArrayBufferWriter<byte>();
        new EventHeaders(e.EventId, e.Source, e.Subject, e.OccurredAt, e.Actor, e.Precision).Write(json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static NpgsqlParameter All<T>(IReadOnlyList<StoredEvent> events, NpgsqlDbType type, Func<StoredEvent, T> value) =>
        new() { Value = events.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
