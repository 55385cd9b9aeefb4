using NpgsqlTypes;

namespace Ledger.EventStore.Appending;

/// <summary>The columns of <c>ledger.events</c> in their order, as arrays for one statement.</summary>
internal static class EventColumns
{
    /// <summary>The type of each column.</summary>
    public static readonly IReadOnlyList<NpgsqlDbType> Types =
    [
        NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.TimestampTz, NpgsqlDbType.TimestampTz, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Json, NpgsqlDbType.Bytea,
    ];

    /// <summary>One array a column.</summary>
    public static object[] Of(IReadOnlyList<(StoredEvent Event, byte[] Leaf)> events)
    {
        var (position, version) = (new long[events.Count], new long[events.Count]);
        var (contract, stream, type, id, source, actor) = (new string[events.Count], new string[events.Count], new string[events.Count], new string[events.Count], new string[events.Count], new string[events.Count]);
        var (correlation, causation) = (new string?[events.Count], new string?[events.Count]);
        var (occurred, recorded) = (new DateTime[events.Count], new DateTime[events.Count]);
        var (data, leaf) = (new byte[events.Count][], new byte[events.Count][]);
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i].Event;
            (position[i], contract[i], stream[i], version[i], type[i], id[i], source[i]) = (e.Position, e.Contract, e.Stream, e.Version, e.Type, e.EventId, e.Source);
            (occurred[i], recorded[i], actor[i], correlation[i], causation[i]) = (Timestamps.ToDateTime(e.OccurredAt), Timestamps.ToDateTime(e.RecordedAt), e.Actor, e.Correlation, e.Causation);
            (data[i], leaf[i]) = (e.Data.ToArray(), events[i].Leaf);
        }

        return [position, contract, stream, version, type, id, source, occurred, recorded, actor, correlation, causation, data, leaf];
    }
}
