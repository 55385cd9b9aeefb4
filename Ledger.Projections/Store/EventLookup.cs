using Ledger.Domain.Json;
using Ledger.Projections.Evidence;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Projections.Store;

/// <summary>Whether events are on record already, by their ids.</summary>
public static class EventLookup
{
    /// <summary>
    /// Asks for the rows of the events' ids. Each by its key: a plan made while the table was small, and kept, would read it whole.
    /// </summary>
    public static NpgsqlBatchCommand RowsOf(IReadOnlyList<PendingEvent> events) =>
        new(
            $"""
            select {StoredEvent.Columns} from unnest($1) as wanted (uuid)
            cross join lateral (select * from {LedgerStore.Schema}.mt_events where id = uuid limit 1) as e
            """
        )
        {
            Parameters =
            {
                new() { Value = events.Select(e => e.Uuid).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
            },
        };

    /// <summary>
    /// What is on record of one event: null where its id is free. Where nobody said when it happened
    /// (<paramref name="timeIsSaid"/>), it is the same whatever its time.
    /// </summary>
    public static async Task<AppendResult?> RecogniseAsync(
        NpgsqlConnection connection,
        PendingEvent e,
        bool timeIsSaid,
        CancellationToken cancel
    )
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { RowsOf([e]) } };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var stored = StoredEvent.Of(reader);
        return Known(
            timeIsSaid ? e : e with { Event = e.Event with { OccurredAt = Instants.FromMicroseconds(stored.OccurredAt) } },
            stored
        );
    }

    /// <summary>
    /// Says of each event, by those rows, whether its id is free (null), on record as the same event, or on record as another.
    /// </summary>
    public static async Task<AppendResult?[]> RecogniseAsync(
        NpgsqlDataReader reader,
        IReadOnlyList<PendingEvent> events,
        CancellationToken cancel
    )
    {
        var found = new Dictionary<Guid, StoredEvent>();
        while (await reader.ReadAsync(cancel))
        {
            var stored = StoredEvent.Of(reader);
            found[stored.Uuid] = stored;
        }

        var results = new AppendResult?[events.Count];
        for (var i = 0; found.Count > 0 && i < results.Length; i++)
        {
            if (found.TryGetValue(events[i].Uuid, out var stored))
            {
                results[i] = Known(events[i], stored);
            }
        }

        return results;
    }

    /// <summary>What an event is whose id stands in a row: that event again, or another one.</summary>
    public static AppendResult Known(PendingEvent e, StoredEvent stored) =>
        IsSame(e, stored)
            ? new AppendResult.Duplicate(stored.Position, stored.Version)
            : new AppendResult.IdConflict(stored.Position, EventDifference.Of(e, stored));

    /// <summary>Whether an event on its way in is the one in a row: every attribute, and the data in canonical form.</summary>
    public static bool IsSame(PendingEvent pending, StoredEvent stored)
    {
        var e = pending.Event;
        return e.Contract == stored.Contract
            && pending.Stream == stored.Stream
            && e.Type.Alias == stored.Type
            && e.Id == stored.EventId
            && e.Source == stored.Source
            && e.Subject == stored.Subject
            && Instants.ToMicroseconds(e.OccurredAt) == stored.OccurredAt
            && e.Precision == stored.Precision
            && e.Actor == stored.Actor
            && e.CorrelationId == stored.Correlation
            && e.CausationId == stored.Causation
            && CanonicalJson.Of(pending.Data).AsSpan().SequenceEqual(CanonicalJson.Of(stored.Data.Span));
    }
}
