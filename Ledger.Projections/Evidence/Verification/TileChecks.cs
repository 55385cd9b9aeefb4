using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Verification;

/// <summary>
/// Compares the stored tiles with those that the events give, hash by hash, so that the first event that was changed is named.
/// Tiles are written behind the log: the last events may not be in one yet.
/// </summary>
/// <param name="connection">Sees the log as the walk does.</param>
internal sealed class TileChecks(NpgsqlConnection connection)
{
    private const int TilesAtOnce = 64;

    private readonly List<Level> levels = [];
    private readonly MerkleTree full = new();

    private sealed class Level
    {
        public List<byte> Hashes { get; } = [];

        public long Tiles { get; set; }

        public Queue<(long Index, byte[] Hashes)> Ahead { get; } = [];

        public byte[]? Stored { get; set; }
    }

    /// <summary>The tree over all leaves taken in: the full tiles of leaves, hashed once for both, and the rest.</summary>
    public MerkleTree Tree()
    {
        var tree = MerkleTree.Load(full.Size, full.Frontier());
        foreach (var leaf in levels.Count == 0 ? [] : levels[0].Hashes.Chunk(MerkleTree.HashSize))
        {
            tree.Add(leaf);
        }

        return tree;
    }

    /// <summary>Takes the next leaf in; gives what is wrong with it, or with a tile that it fills, or null.</summary>
    public async ValueTask<string?> AddAsync(byte[] leaf, CancellationToken cancel)
    {
        var hash = leaf;
        for (var number = 0; ; number++)
        {
            if (number == levels.Count)
            {
                levels.Add(new Level());
            }

            var level = levels[number];
            if (level.Hashes.Count == 0 && await BeginTileAsync(number, level, cancel) is { } missing)
            {
                return missing;
            }

            var offset = level.Hashes.Count;
            if (level.Stored is { } stored && offset < stored.Length && !stored.AsSpan(offset, hash.Length).SequenceEqual(hash))
            {
                return number == 0
                    ? $"its content does not hash to its leaf in tile 0/{level.Tiles}: the event, or the tile, was changed"
                    : $"tile {number}/{level.Tiles} is not what the leaves give";
            }

            level.Hashes.AddRange(hash);
            if (level.Hashes.Count < TileStore.Width * hash.Length)
            {
                return null;
            }

            hash = TileStore.Fold([.. level.Hashes]);
            level.Hashes.Clear();
            level.Tiles++;
            if (number == 0)
            {
                full.Add(hash, TileStore.Height);
            }
        }
    }

    /// <summary>After the last leaf: a tile, or a part of one, that no leaves fill, or null.</summary>
    public async Task<string?> EndAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select distinct on (level) level, index, length(hashes) from {LedgerTables.Tiles} order by level, index desc",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (number, last, length) = (reader.GetInt32(0), reader.GetInt64(1), reader.GetInt32(2));
            var level = number < levels.Count ? levels[number] : new Level();
            if (last > level.Tiles || (last == level.Tiles && length > level.Hashes.Count))
            {
                return $"tile {number}/{last} lies beyond the log's end";
            }
        }

        return null;
    }

    private async Task<string?> BeginTileAsync(int number, Level level, CancellationToken cancel)
    {
        if (level.Ahead.Count == 0)
        {
            await LoadAsync(number, level, cancel);
        }

        var before = level.Stored;
        level.Stored = null;
        if (!level.Ahead.TryPeek(out var next))
        {
            return null;
        }

        if (next.Index != level.Tiles || before is { Length: < TileStore.Width * MerkleTree.HashSize })
        {
            return $"tile {number}/{level.Tiles - (next.Index == level.Tiles ? 1 : 0)} is missing, or not full";
        }

        level.Stored = level.Ahead.Dequeue().Hashes;
        return null;
    }

    private async Task LoadAsync(int number, Level level, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select index, hashes from {LedgerTables.Tiles} where level = $1 and index >= $2 order by index limit $3",
            connection
        )
        {
            Parameters =
            {
                new() { Value = number },
                new() { Value = level.Tiles },
                new() { Value = TilesAtOnce },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            level.Ahead.Enqueue((reader.GetInt64(0), await reader.GetFieldValueAsync<byte[]>(1, cancel)));
        }
    }
}
