using System.Runtime.InteropServices;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence;

/// <summary>
/// The tree's tiles in the database: 256 hashes each, level 0 of leaves, level n of the roots of level n - 1's full tiles. The
/// last tile of a level grows with the log until it is full; no hash in it ever changes. They follow the log, at most a second
/// behind, and are in the way of no append.
/// </summary>
public sealed class TileStore(NpgsqlDataSource database)
{
    /// <summary>The hashes of a full tile.</summary>
    public const int Width = 256;

    /// <summary>The levels of the tree that a tile spans.</summary>
    public const int Height = 8;

    private const int FullBytes = Width * MerkleTree.HashSize;

    // Where one statement ends and the next begins: the tiles of a large file are not written in one.
    private const int TilesAtOnce = 100;

    private const int MostKept = 256;

    /// <summary>
    /// Brings the tiles up to the log's end; several processes may do so at once, and write the same. Gives the number of leaves
    /// that they cover then. Throws <see cref="LedgerException"/> where the log has a hole.
    /// </summary>
    public async Task<long> CatchUpAsync(CancellationToken cancel)
    {
        await using var reading = await database.OpenConnectionAsync(cancel);
        await using var writing = await database.OpenConnectionAsync(cancel);
        var growing = await GrowingTiles.LoadAsync(writing, cancel);
        await foreach (var e in LogQueries.ReadAsync(reading, growing.Leaves, long.MaxValue, null, null, cancel))
        {
            if (e.Position != growing.Leaves + 1)
            {
                throw Missing(growing.Leaves + 1);
            }

            growing.Add(Leaf.Hash(e));
            if (growing.Unwritten >= TilesAtOnce)
            {
                await growing.WriteAsync(writing, cancel);
            }
        }

        await growing.WriteAsync(writing, cancel);
        return growing.Leaves;
    }

    /// <summary>
    /// Reads subtrees on a connection. Each tile is read once; what is not in a tile yet is read from below it, down to the
    /// events: tiles that are behind cost time, no more.
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

            if (level == 0 && hashes.Count < bytes)
            {
                var from = (index * Width) + (hashes.Count / MerkleTree.HashSize);
                await foreach (var e in LogQueries.ReadAsync(connection, from, (index + 1) * Width, null, null, cancel))
                {
                    hashes.AddRange(Leaf.Hash(e));
                }
            }

            while (hashes.Count < bytes)
            {
                var next = (index * Width) + (hashes.Count / MerkleTree.HashSize);
                hashes.AddRange(
                    level > 0 ? Fold(CollectionsMarshal.AsSpan(await TileAsync(level - 1, next, FullBytes))) : throw Missing(next + 1)
                );
            }

            return hashes;
        }
    }

    /// <summary>The first hashes of a tile, so many as <paramref name="width"/>; the log must have them, and the tiles.</summary>
    public static async Task<byte[]> TileAsync(NpgsqlConnection connection, int level, long index, int width, CancellationToken cancel)
    {
        var hashes = await ReadAsync(connection, level, index, cancel);
        return hashes.Count >= width * MerkleTree.HashSize
            ? [.. hashes[..(width * MerkleTree.HashSize)]]
            : throw new LedgerException(
                ErrorCode.EventUnreadable,
                $"tile {level}/{index} ends before its hash {(hashes.Count / MerkleTree.HashSize) + 1}: verify the ledger"
            );
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

    private static LedgerException Missing(long position) =>
        new(ErrorCode.EventUnreadable, $"position {position} is missing: verify the ledger");

    private static async Task<List<byte>> ReadAsync(NpgsqlConnection connection, int level, long index, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select hashes from {LedgerTables.Tiles} where level = $1 and index = $2", connection)
        {
            Parameters =
            {
                new() { Value = level },
                new() { Value = index },
            },
        };
        await command.PrepareAsync(cancel);
        return await command.ExecuteScalarAsync(cancel) is byte[] hashes ? [.. hashes] : [];
    }

    /// <summary>The last tile of each level, and those that became full since they were written last.</summary>
    private sealed class GrowingTiles
    {
        private readonly List<(long Index, List<byte> Hashes)> levels = [];
        private readonly List<(int Level, long Index, byte[] Hashes)> full = [];
        private long written;

        public long Leaves { get; private set; }

        public int Unwritten => full.Count;

        public static async Task<GrowingTiles> LoadAsync(NpgsqlConnection connection, CancellationToken cancel)
        {
            var growing = new GrowingTiles();
            await using var command = new NpgsqlCommand(
                $"select distinct on (level) level, index, hashes from {LedgerTables.Tiles} order by level, index desc",
                connection
            );
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var (index, hashes) = (reader.GetInt64(1), await reader.GetFieldValueAsync<byte[]>(2, cancel));
                growing.levels.Add(hashes.Length == FullBytes ? (index + 1, []) : (index, [.. hashes]));
            }

            growing.Leaves =
                growing.levels.Count == 0 ? 0 : (growing.levels[0].Index * Width) + (growing.levels[0].Hashes.Count / MerkleTree.HashSize);
            growing.written = growing.Leaves;
            return growing;
        }

        public void Add(byte[] leaf)
        {
            Leaves++;
            var hash = leaf;
            for (var level = 0; ; level++)
            {
                if (level == levels.Count)
                {
                    levels.Add((0, []));
                }

                var (index, hashes) = levels[level];
                hashes.AddRange(hash);
                if (hashes.Count < FullBytes)
                {
                    return;
                }

                byte[] tile = [.. hashes];
                full.Add((level, index, tile));
                levels[level] = (index + 1, []);
                hash = Fold(tile);
            }
        }

        /// <summary>In one statement: a level never has a gap, and no level is ahead of the one below it.</summary>
        public async Task WriteAsync(NpgsqlConnection connection, CancellationToken cancel)
        {
            if (Leaves == written)
            {
                return;
            }

            var rows = full.Concat(
                    levels.Select((l, level) => (Level: level, l.Index, Hashes: l.Hashes.ToArray())).Where(t => t.Hashes.Length > 0)
                )
                .ToList();
            await using var command = new NpgsqlCommand(
                $"""
                insert into {LedgerTables.Tiles} as t (level, index, hashes) select * from unnest($1::int[], $2::bigint[], $3::bytea[])
                on conflict (level, index) do update set hashes = excluded.hashes where length(excluded.hashes) > length(t.hashes)
                """,
                connection
            )
            {
                Parameters =
                {
                    new() { Value = rows.Select(r => r.Level).ToArray() },
                    new() { Value = rows.Select(r => r.Index).ToArray() },
                    new() { Value = rows.Select(r => r.Hashes).ToArray() },
                },
            };
            await command.ExecuteNonQueryAsync(cancel);
            full.Clear();
            written = Leaves;
        }
    }
}
