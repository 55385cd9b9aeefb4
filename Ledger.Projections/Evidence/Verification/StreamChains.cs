using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Verification;

/// <summary>
/// At which version each stream stood before the event that is verified next. Streams touched lately are in memory; of the
/// others the last version is read again from the log, where it was verified on the way. So a log of any length needs about the
/// same.
/// </summary>
/// <param name="connection">A connection of its own: the walk's is busy.</param>
internal sealed class StreamChains(NpgsqlConnection connection)
{
    private const int MostInMemory = 20_000;

    // A bit for each hash: 8 MB for any number of streams. A bit set by another stream costs a read, no more.
    private const int Bits = 1 << 26;

    private readonly ulong[] left = new ulong[Bits / 64];
    private Dictionary<(string Contract, string Stream), long> recent = [];
    private Dictionary<(string Contract, string Stream), long> earlier = [];

    /// <summary>How many streams begin in the log.</summary>
    public long Count { get; private set; }

    /// <summary>The version of the stream's last event before this one; 0 where it is the first.</summary>
    public async ValueTask<long> BeforeAsync(StoredEvent e, CancellationToken cancel)
    {
        var stream = (e.Contract, e.Stream);
        if (recent.TryGetValue(stream, out var version) || earlier.TryGetValue(stream, out version))
        {
            return version;
        }

        return IsLeft(stream) ? await ReadAsync(e, cancel) : 0;
    }

    /// <summary>The event was verified: its stream ends with it.</summary>
    public void Move(StoredEvent e)
    {
        Count += e.Version == 1 ? 1 : 0;
        recent[(e.Contract, e.Stream)] = e.Version;
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

    private bool IsLeft((string Contract, string Stream) stream)
    {
        var bit = BitOf(stream);
        return (left[bit / 64] & (1UL << (bit % 64))) != 0;
    }

    private static int BitOf((string Contract, string Stream) stream) => stream.GetHashCode() & (Bits - 1);

    private async Task<long> ReadAsync(StoredEvent e, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select version from {LedgerStore.Schema}.mt_events where tenant_id = $1 and stream_id = $2 and seq_id < $3 order by "
                + "version desc limit 1",
            connection
        )
        {
            Parameters =
            {
                new() { Value = e.Contract },
                new() { Value = e.Stream },
                new() { Value = e.Position },
            },
        };
        return await command.ExecuteScalarAsync(cancel) is long version ? version : 0;
    }
}
