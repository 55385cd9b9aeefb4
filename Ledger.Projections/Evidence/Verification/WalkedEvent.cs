using System.Runtime.CompilerServices;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Verification;

/// <summary>
/// An event as verification reads it: with what is wrong in the columns that are not in the leaf but follow from it, or null.
/// </summary>
internal readonly record struct WalkedEvent(StoredEvent Event, string? Foreign)
{
    private const string Sql = $"""
        select {StoredEvent.Columns}, e.mt_dotnet_type, e.is_archived, e.bdata is not null
        from {LedgerStore.Schema}.mt_events e
        order by e.seq_id
        """;

    /// <summary>The whole log in order of position.</summary>
    public static async IAsyncEnumerable<WalkedEvent> AllAsync(
        NpgsqlConnection connection,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return Of(reader);
        }
    }

    private static WalkedEvent Of(NpgsqlDataReader row)
    {
        var e = StoredEvent.Of(row);
        return new WalkedEvent(e, ForeignIn(row, e));
    }

    private static string? ForeignIn(NpgsqlDataReader row, StoredEvent e)
    {
        if (e.Uuid != EventIds.Of(e.Contract, e.EventId))
        {
            return $"its id {e.Uuid} is not the one that its contract and id give";
        }

        if (e.Stream != EventStreams.KeyOf(e.Contract, e.Subject))
        {
            return $"an event about {e.Subject} does not belong in stream {e.Stream}";
        }

        var type = EventCatalogue.Find(e.Type) is null ? null : EventCopy.DotNetTypeOf(e.Type);
        if (type is not null && (row.IsDBNull(11) || row.GetString(11) != type))
        {
            return $"the column mt_dotnet_type is not that of {e.Type}";
        }

        return row.GetBoolean(12) || row.GetBoolean(13) ? "it is marked as archived, or holds binary data: the ledger does neither" : null;
    }
}
