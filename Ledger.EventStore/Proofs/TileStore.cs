using System.Runtime.InteropServices;
using Ledger.EventStore.Hashing;
using Npgsql;

namespace Ledger.EventStore.Proofs;

/// <summary>
/// The tree's full tiles in the database: 256 hashes each, level 0 of leaves, level n of the roots of level n - 1's tiles.
/// </summary>
public sealed class TileStore(NpgsqlDataSource database, RecentLeaves? recent = null)
{
    /// <summary>The hashes of a full tile.</summary>
    public const int Width = 256;

    /// <summary>The levels of the tree that a tile spans.</summary>
    public const int Height = 8;

    // Where one transaction ends and the next begins: an old log's first tiles are not written in one.
    private const int TilesAtOnce = 200;

    private const int MostKept = 256;

    /// <summary>
    /// Writes the full tiles that are missing up to the log's end, lowest level first; several processes may do so at once.
    /// Gives the number of leaves that full tiles cover.
    /// </summary>
    public async Task<long> CatchUpAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var leaves = 0L;
        for (var level = 0; ; level++)
        {
            var (tiles, hashes) = await CountAsync(connection, level, cancel);
            for (; (tiles + 1) * Width <= hashes; tiles = Math.Min(tiles + TilesAtOnce, hashes / Width))
            {
                await WriteAsync(connection, level, tiles, Math.Min(TilesAtOnce, (hashes / Width) - tiles), cancel);
            }

            leaves = level == 0 ? hashes / Width * Width : leaves;
            if (hashes < Width)
            {
                return leaves;
            }
        }
    }

    /// <summary>
    /// Reads subtrees on a connection. Each tile is read once; what is not in a full tile yet is read from below it, down to
    /// the leaves: tiles that are behind cost time, no more.
    /// </summary>
    public static SubtreeRoot Reader(NpgsqlConnection connection, CancellationToken cancel)
    {
        var read = new Dictionary<(int Level, long Index), List<byte>>();
        return RootAsync;

        async ValueTask<byte[]> RootAsync(int level, long index)
        {
            var (tileLevel, within) = (level / Height, level % Height);
            var first = index << within;
            var offset = (int)(first % Width) * MerkleTree.HashSize;
            var tile = await TileAsync(tileLevel, first / Width, offset + (MerkleTree.HashSize << within));
            return Fold(CollectionsMarshal.AsSpan(tile).Slice(offset, MerkleTree.HashSize << within));
        }

        async ValueTask<List<byte>> TileAsync(int level, long index, int bytes)
        {
            if (!read.TryGetValue((level, index), out var hashes))
            {
                // A walk over the whole log needs each tile once: what lies behind it is not kept.
                if (read.Count >= MostKept)
                {
                    read.Clear();
                }

                read[(level, index)] = hashes = await ReadAsync(connection, level, index, cancel);
            }

            while (hashes.Count < bytes)
            {
                var next = (index * Width) + (hashes.Count / MerkleTree.HashSize);
                hashes.AddRange(level > 0
                    ? Fold(CollectionsMarshal.AsSpan(await TileAsync(level - 1, next, Width * MerkleTree.HashSize)))
                    : throw new LedgerException(ErrorCode.EventUnreadable, $"position {next + 1} is missing: verify the ledger"));
            }

            return hashes;
        }
    }

    /// <summary>The first hashes of a tile, so many as <paramref name="width"/>; the log must have them.</summary>
    public static async Task<byte[]> TileAsync(NpgsqlConnection connection, int level, long index, int width, CancellationToken cancel)
    {
        var hashes = await ReadAsync(connection, level, index, cancel);
        return hashes.Count >= width * MerkleTree.HashSize
            ? [.. hashes[..(width * MerkleTree.HashSize)]]
            : throw new LedgerException(ErrorCode.EventUnreadable, $"tile {level}/{index} ends before its hash {(hashes.Count / MerkleTree.HashSize) + 1}: verify the ledger");
    }

    /// <summary>The root of a tile, or of a perfect part of one, from its hashes.</summary>
    public static byte[] Fold(ReadOnlySpan<byte> hashes)
    {
        const int size = MerkleTree.HashSize;
        var nodes = hashes.ToArray();
        for (var count = nodes.Length / size; count > 1; count /= 2)
        {
            for (var i = 0; i < count; i += 2)
            {
                MerkleTree.Node(nodes.AsSpan(i * size, size), nodes.AsSpan((i + 1) * size, size), nodes.AsSpan(i / 2 * size, size));
            }
        }

        return nodes[..size];
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

    /// <summary>Full tiles of exactly the hashes that belong in them, put together by the database: they are never changed once they are written.</summary>
    private async Task WriteAsync(NpgsqlConnection connection, int level, long first, long count, CancellationToken cancel)
    {
        var tiles = level == 0 && recent?.Find(first * Width, (first + count) * Width) is { } leaves
            ? [.. leaves.Chunk(Width * MerkleTree.HashSize)]
            : await GatherAsync(connection, level, first, count, cancel);

        // In one statement: the tiles of a level never have a gap. What another process wrote meanwhile is the same.
        await using var write = new NpgsqlCommand("insert into ledger.tiles (level, index, root, hashes) select $1, * from unnest($2::bigint[], $3::bytea[], $4::bytea[]) on conflict do nothing", connection)
        {
            Parameters =
            {
                new() { Value = level }, new() { Value = tiles.Select((_, i) => first + i).ToArray() },
                new() { Value = tiles.Select(t => Fold(t)).ToArray() }, new() { Value = tiles.ToArray() },
            },
        };
        await write.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<List<byte[]>> GatherAsync(NpgsqlConnection connection, int level, long first, long count, CancellationToken cancel)
    {
        var tiles = new List<byte[]>();
        await using (var command = HashesCommand(connection, level, first, count))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var tile = await reader.GetFieldValueAsync<byte[]>(1, cancel);
                tiles.Add(reader.GetInt64(0) == first + tiles.Count && tile.Length == Width * MerkleTree.HashSize ? tile : throw Missing(tiles.Count));
            }
        }

        return tiles.Count == count ? tiles : throw Missing(tiles.Count);

        LedgerException Missing(int at) => new(ErrorCode.EventUnreadable, $"something under tile {level}/{first + at} is missing: verify the ledger");
    }

    private static async Task<List<byte>> ReadAsync(NpgsqlConnection connection, int level, long index, CancellationToken cancel)
    {
        await using (var full = new NpgsqlCommand("select hashes from ledger.tiles where level = $1 and index = $2", connection)
        {
            Parameters = { new() { Value = level }, new() { Value = index } },
        })
        {
            await full.PrepareAsync(cancel);
            if (await full.ExecuteScalarAsync(cancel) is byte[] hashes)
            {
                return [.. hashes];
            }
        }

        await using var command = HashesCommand(connection, level, index, 1);
        await command.PrepareAsync(cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? [.. await reader.GetFieldValueAsync<byte[]>(1, cancel)] : [];
    }

    /// <summary>The hashes that belong in tiles, a row a tile with its index, also of one that is not full: leaves of events, or roots of the tiles below.</summary>
    private static NpgsqlCommand HashesCommand(NpgsqlConnection connection, int level, long first, long count)
    {
        var command = new NpgsqlCommand(
            level == 0
                ? "select (position - 1) / 256, string_agg(leaf_hash, ''::bytea order by position) from ledger.events where position > $1 and position <= $2 group by 1 order by 1"
                : "select index / 256, string_agg(root, ''::bytea order by index) from ledger.tiles where level = $3 and index >= $1 and index < $2 group by 1 order by 1",
            connection)
        {
            Parameters = { new() { Value = first * Width }, new() { Value = (first + count) * Width } },
        };
        if (level > 0)
        {
            command.Parameters.Add(new() { Value = level - 1 });
        }

        return command;
    }
}
