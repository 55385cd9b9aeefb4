using Ledger.EventStore.Hashing;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Proofs;

/// <summary>
/// The tree's full tiles in the database: 256 hashes each, level 0 of leaves, level n of the roots of level n - 1's tiles.
/// </summary>
public sealed class TileStore(NpgsqlDataSource database)
{
    /// <summary>The hashes of a full tile.</summary>
    public const int Width = 256;

    /// <summary>The levels of the tree that a tile spans.</summary>
    public const int Height = 8;

    private const int HashSize = 32;

    // Where one transaction ends and the next begins: an old log's first tiles are not written in one.
    private const int TilesAtOnce = 1_000;

    /// <summary>
    /// Writes the full tiles that are missing up to the log's end, lowest level first; several processes may do so at once.
    /// Gives the number of leaves that full tiles cover.
    /// </summary>
    public async Task<long> CatchUpAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        for (var level = 0; ; level++)
        {
            var (tiles, hashes) = await CountAsync(connection, level, cancel);
            for (; (tiles + 1) * Width <= hashes; tiles = Math.Min(tiles + TilesAtOnce, hashes / Width))
            {
                await WriteAsync(connection, level, tiles, Math.Min(TilesAtOnce, (hashes / Width) - tiles), cancel);
            }

            if (hashes / Width == 0)
            {
                return level == 0 ? 0 : await CountLeavesAsync(connection, cancel);
            }
        }
    }

    /// <summary>
    /// Reads subtrees on a connection whose tiles are up to date with every size that is asked for. Each tile is read once;
    /// the hashes of one that is not full yet are read from below it.
    /// </summary>
    public static SubtreeRoot Reader(NpgsqlConnection connection, CancellationToken cancel)
    {
        var read = new Dictionary<(int Level, long Index), byte[]>();
        return async (level, index) =>
        {
            var (tileLevel, within) = (level / Height, level % Height);
            var first = index << within;
            var key = (tileLevel, first / Width);
            if (!read.TryGetValue(key, out var hashes))
            {
                read[key] = hashes = await ReadAsync(connection, tileLevel, first / Width, cancel);
            }

            var offset = (int)(first % Width) * HashSize;
            return Fold(hashes.AsSpan(offset, HashSize << within));
        };
    }

    /// <summary>The root of a tile, or of a perfect part of one, from its hashes.</summary>
    public static byte[] Fold(ReadOnlySpan<byte> hashes)
    {
        var tree = new MerkleTree();
        for (var i = 0; i < hashes.Length; i += HashSize)
        {
            tree.Add(hashes.Slice(i, HashSize).ToArray());
        }

        return tree.Root();
    }

    /// <summary>The tiles of a level that are written, and the hashes that there are for it.</summary>
    private static async Task<(long Tiles, long Hashes)> CountAsync(NpgsqlConnection connection, int level, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select (select coalesce(max(index) + 1, 0) from ledger.tiles where level = $1),
                   case when $1 = 0 then (select position from ledger.head) else (select coalesce(max(index) + 1, 0) from ledger.tiles where level = $1 - 1) end
            """, connection)
        {
            Parameters = { new() { Value = level } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task<long> CountLeavesAsync(NpgsqlConnection connection, CancellationToken cancel) => (await CountAsync(connection, 0, cancel)).Tiles * Width;

    private async Task WriteAsync(NpgsqlConnection connection, int level, long first, long count, CancellationToken cancel)
    {
        await using var reading = await database.OpenConnectionAsync(cancel);
        await using var hashes = HashesCommand(reading, level, first * Width, (first + count) * Width);
        await using var reader = await hashes.ExecuteReaderAsync(cancel);
        await using var write = new NpgsqlBatch(connection);
        var (tile, filled, index) = (new byte[Width * HashSize], 0, first);
        while (await reader.ReadAsync(cancel))
        {
            (await reader.GetFieldValueAsync<byte[]>(0, cancel)).CopyTo(tile, filled * HashSize);
            if (++filled == Width)
            {
                write.BatchCommands.Add(new NpgsqlBatchCommand("insert into ledger.tiles values ($1, $2, $3, $4) on conflict do nothing")
                {
                    Parameters = { new() { Value = level }, new() { Value = index++ }, new() { Value = Fold(tile) }, new() { Value = tile } },
                });
                (tile, filled) = (new byte[Width * HashSize], 0);
            }
        }

        // In one transaction: the tiles of a level never have a gap.
        await write.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<byte[]> ReadAsync(NpgsqlConnection connection, int level, long index, CancellationToken cancel)
    {
        await using (var full = new NpgsqlCommand("select hashes from ledger.tiles where level = $1 and index = $2", connection)
        {
            Parameters = { new() { Value = level }, new() { Value = index } },
        })
        {
            await full.PrepareAsync(cancel);
            if (await full.ExecuteScalarAsync(cancel) is byte[] hashes)
            {
                return hashes;
            }
        }

        await using var command = HashesCommand(connection, level, index * Width, (index + 1) * Width);
        await command.PrepareAsync(cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var partial = new List<byte>(Width * HashSize);
        while (await reader.ReadAsync(cancel))
        {
            partial.AddRange(await reader.GetFieldValueAsync<byte[]>(0, cancel));
        }

        return [.. partial];
    }

    /// <summary>The hashes of a level from one index up to another: leaves of events, or roots of the tiles below.</summary>
    private static NpgsqlCommand HashesCommand(NpgsqlConnection connection, int level, long from, long upTo) => level == 0
        ? new NpgsqlCommand("select leaf_hash from ledger.events where position > $1 and position <= $2 order by position", connection)
        {
            Parameters = { new() { Value = from }, new() { Value = upTo } },
        }
        : new NpgsqlCommand("select root from ledger.tiles where level = $3 and index >= $1 and index < $2 order by index", connection)
        {
            Parameters = { new() { Value = from }, new() { Value = upTo }, new() { Value = level - 1, NpgsqlDbType = NpgsqlDbType.Integer } },
        };
}
