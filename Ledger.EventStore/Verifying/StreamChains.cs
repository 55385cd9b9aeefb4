using Npgsql;

namespace Ledger.EventStore.Verifying;

/// <summary>
/// Where each stream ended before the event that is verified next. Streams touched lately are in memory; of the others the
/// last event is read again from the log, where it was verified on the way. So a log of any length needs about the same.
/// </summary>
/// <param name="connection">A connection of its own: the walk's is busy.</param>
internal sealed class StreamChains(NpgsqlConnection connection)
{
    private const int MostInMemory = 20_000;

    // A bit for each hash: 8 MB for any number of streams. A bit set by another stream costs a read, no more.
    private const int Bits = 1 << 26;

    private readonly ulong[] left = new ulong[Bits / 64];
    private Dictionary<string, (long Version, byte[] Leaf)> recent = [];
    private Dictionary<string, (long Version, byte[] Leaf)> earlier = [];

    /// <summary>How many streams begin in the log.</summary>
    public long Count { get; private set; }

    /// <summary>The version and leaf of the stream's last event before this one; version 0 and no leaf where it is the first.</summary>
    public async ValueTask<(long Version, byte[] Leaf)> BeforeAsync(StoredEvent e, CancellationToken cancel) =>
        recent.TryGetValue(e.Stream, out var end) || earlier.TryGetValue(e.Stream, out end) ? end
        : IsLeft(e.Stream) ? await ReadAsync(e, cancel)
        : (0, []);

    /// <summary>The event was verified: its stream ends with it.</summary>
    public void Move(StoredEvent e, byte[] leaf)
    {
        Count += e.Version == 1 ? 1 : 0;
        recent[e.Stream] = (e.Version, leaf);
        if (recent.Count >= MostInMemory)
        {
            foreach (var stream in earlier.Keys)
            {
                var bit = BitOf(stream);
                left[bit / 64] |= 1UL << (bit % 64);
            }

            (earlier, recent) = (recent, []);
        }
    }

    private bool IsLeft(string stream)
    {
        var bit = BitOf(stream);
        return (left[bit / 64] & (1UL << (bit % 64))) != 0;
    }

    private static int BitOf(string stream) => stream.GetHashCode(StringComparison.Ordinal) & (Bits - 1);

    private async Task<(long Version, byte[] Leaf)> ReadAsync(StoredEvent e, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select version, leaf_hash from ledger.events where stream = $1 and position < $2 order by version desc limit 1", connection)
        {
            Parameters = { new() { Value = e.Stream }, new() { Value = e.Position } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetInt64(0), await reader.GetFieldValueAsync<byte[]>(1, cancel)) : (0, []);
    }
}
