using Ledger.Domain.Errors;
using Ledger.Domain.Time;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// An event as its row in <c>mt_events</c> says, undecoded: what the evidence hashes, and what is decoded where it has to be.
/// Times are microseconds since 1970 UTC.
/// </summary>
/// <param name="Position">Marten's <c>seq_id</c>.</param>
/// <param name="Contract">Marten's tenant.</param>
/// <param name="Stream">The stream's key inside the contract.</param>
/// <param name="Data">The data in JSON as PostgreSQL serves it.</param>
public sealed record StoredEvent(
    long Position,
    string Contract,
    string Stream,
    long Version,
    string Type,
    Guid Uuid,
    string EventId,
    string Source,
    string Subject,
    long OccurredAt,
    long RecordedAt,
    string Actor,
    string? Correlation,
    string? Causation,
    ReadOnlyMemory<byte> Data
)
{
    /// <summary>With how much less than a moment the time is known; null: exactly.</summary>
    public TimePrecision? Precision { get; init; }

    /// <summary>The columns that <see cref="Of"/> reads, of <c>mt_events e</c>.</summary>
    public const string Columns =
        "e.seq_id, e.tenant_id, e.stream_id, e.version, e.type, e.id, e.headers, e.timestamp, e.correlation_id, e.causation_id, e.data";

    /// <summary>
    /// The event in a row of <see cref="Columns"/>; throws <see cref="LedgerException"/> where its headers are not the ledger's.
    /// </summary>
    public static StoredEvent Of(NpgsqlDataReader row)
    {
        var position = row.GetInt64(0);
        try
        {
            var headers = EventHeaders.Parse(row.GetFieldValue<byte[]>(6));
            return new StoredEvent(
                position,
                row.GetString(1),
                row.GetString(2),
                row.GetInt64(3),
                row.GetString(4),
                row.GetGuid(5),
                headers.Id,
                headers.Source,
                headers.Subject,
                headers.OccurredAt,
                MicrosecondsOf(row.GetDateTime(7)),
                headers.Actor,
                row.IsDBNull(8) ? null : row.GetString(8),
                row.IsDBNull(9) ? null : row.GetString(9),
                row.GetFieldValue<byte[]>(10)
            )
            {
                Precision = headers.Precision,
            };
        }
        catch (Exception e)
            when (e
                    is InvalidCastException
                        or FormatException
                        or OverflowException
                        or System.Text.Json.JsonException
                        or InvalidOperationException
            )
        {
            throw new LedgerException(ErrorCode.EventUnreadable, $"position {position}: the row cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Microseconds since 1970 UTC of the driver's time.</summary>
    public static long MicrosecondsOf(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / 10;
}

/// <summary>Where the log ends: the last position, and when it was recorded (null for the empty log).</summary>
public sealed record LogHead(long Position, long? RecordedAt);
