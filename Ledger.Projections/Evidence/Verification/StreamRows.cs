using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Verification;

/// <summary>
/// Whether Marten's row of each stream says what its events do: the version is that of the last one, and none is archived.
/// </summary>
internal static class StreamRows
{
    private const string Sql = $"""
        select coalesce(s.tenant_id, e.tenant_id), coalesce(s.id, e.stream_id), s.version, e.version
        from {LedgerStore.Schema}.mt_streams s
        full join (select tenant_id, stream_id, max(version) as version from {LedgerStore.Schema}.mt_events group by tenant_id, stream_id) e
            on e.tenant_id = s.tenant_id and e.stream_id = s.id
        where s.version is distinct from e.version or s.is_archived
        limit 1
        """;

    /// <summary>What is wrong with the first that differs; null where all agree.</summary>
    public static async Task<string?> WrongAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var said = await reader.IsDBNullAsync(2, cancel) ? "no row" : $"version {reader.GetInt64(2)}";
        var last = await reader.IsDBNullAsync(3, cancel) ? "no event" : $"version {reader.GetInt64(3)}";
        return $"mt_streams has {said} of stream {reader.GetString(1)} of {reader.GetString(0)}, whose events end at {last}: the row "
            + "was changed";
    }
}
