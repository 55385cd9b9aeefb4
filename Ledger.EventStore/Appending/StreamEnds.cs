using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Appending;

/// <summary>Where streams end: the version and the leaf to which their next event chains.</summary>
internal static class StreamEnds
{
    /// <summary>The ends of the given streams; version 0 and no leaf where a stream has no event.</summary>
    public static async Task<IReadOnlyList<(string Stream, long Version, byte[] LastLeaf)>> FindAsync(NpgsqlConnection connection, IReadOnlyList<string> streams, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql.Load("Appending", "FindStreams"), connection)
        {
            Parameters = { new() { Value = streams, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<(string, long, byte[])>(streams.Count);
        var missing = streams.ToHashSet();
        while (await reader.ReadAsync(cancel))
        {
            var stream = reader.GetString(0);
            missing.Remove(stream);
            found.Add((stream, reader.GetInt64(1), await reader.GetFieldValueAsync<byte[]>(2, cancel)));
        }

        found.AddRange(missing.Select(s => (s, 0L, Array.Empty<byte>())));
        return found;
    }
}
