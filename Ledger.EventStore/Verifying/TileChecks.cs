using Ledger.EventStore.Hashing;
using Ledger.EventStore.Proofs;
using Npgsql;

namespace Ledger.EventStore.Verifying;

/// <summary>Compares the stored tiles with those that the verified leaves give. Tiles are written behind the log: the last ones may not be there yet.</summary>
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

        public Queue<(long Index, byte[] Root, byte[] Hashes)> Stored { get; } = [];
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

    /// <summary>Takes the next leaf in; gives what is wrong with a tile that it fills, or null.</summary>
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
            level.Hashes.AddRange(hash);
            if (level.Hashes.Count < TileStore.Width * hash.Length)
            {
                return null;
            }

            byte[] tile = [.. level.Hashes];
            level.Hashes.Clear();
            hash = TileStore.Fold(tile);
            if (number == 0)
            {
                full.Add(hash, TileStore.Height);
            }

            if (await WrongAsync(number, level, tile, hash, cancel) is { } wrong)
            {
                return wrong;
            }
        }
    }

    /// <summary>After the last leaf: a tile that no leaves fill, or null.</summary>
    public async Task<string?> EndAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select level, max(index) from ledger.tiles group by level order by level", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (number, last) = (reader.GetInt32(0), reader.GetInt64(1));
            if (number >= levels.Count || last >= levels[number].Tiles)
            {
                return $"tile {number}/{last} lies beyond the log's end";
            }
        }

        return null;
    }

    private async Task<string?> WrongAsync(int number, Level level, byte[] tile, byte[] root, CancellationToken cancel)
    {
        var index = level.Tiles++;
        if (level.Stored.Count == 0)
        {
            await LoadAsync(number, level, index, cancel);
        }

        if (!level.Stored.TryPeek(out var stored))
        {
            return null;
        }

        if (stored.Index != index)
        {
            return $"tile {number}/{index} is missing";
        }

        level.Stored.Dequeue();
        return stored.Root.AsSpan().SequenceEqual(root) && stored.Hashes.AsSpan().SequenceEqual(tile) ? null : $"tile {number}/{index} is not what the leaves give";
    }

    private async Task LoadAsync(int number, Level level, long from, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select index, root, hashes from ledger.tiles where level = $1 and index >= $2 order by index limit $3", connection)
        {
            Parameters = { new() { Value = number }, new() { Value = from }, new() { Value = TilesAtOnce } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            level.Stored.Enqueue((reader.GetInt64(0), await reader.GetFieldValueAsync<byte[]>(1, cancel), await reader.GetFieldValueAsync<byte[]>(2, cancel)));
        }
    }
}
