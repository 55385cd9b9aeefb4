using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Bundles;

/// <summary>Writes bundles (<see cref="BundleHeader"/>), in the memory of a few tiles for a log of any length.</summary>
public sealed class BundleWriter(NpgsqlDataSource database, AccountReader accounts, LogReader log)
{
    /// <summary>
    /// Writes a contract's bundle as of a published checkpoint; gives how many events stand in it. The tree is cut at each of
    /// <paramref name="sizes"/>, so that a checkpoint of that size can be compared with it. Throws
    /// <see cref="LedgerException"/> where the contract is not registered by then.
    /// </summary>
    public async Task<long> WriteAsync(
        Stream output,
        string contract,
        PublishedCheckpoint at,
        CheckpointPolicy policy,
        IEnumerable<long> sizes,
        CancellationToken cancel
    )
    {
        var size = at.Checkpoint.Size;
        var documents = await DocumentsAsync(contract, at.Checkpoint, cancel);
        using var lines = new Lines(output);
        await lines.AddAsync(
            new BundleHeader(BundleHeader.CurrentFormat, contract, policy.ToString(), at.Note.ToString(), at.Counts.ToString()),
            cancel
        );

        await using var connection = await database.OpenConnectionAsync(cancel);
        var roots = TileStore.Reader(connection, cancel);
        var cuts = new Queue<long>(sizes.Where(s => s > 0 && s < size).Distinct().Order());
        var (next, events) = (0L, 0L);
        await foreach (var e in log.ReadContractsAsync([contract, LedgerSource.Contract], size, cancel))
        {
            await GapAsync(lines, next, e.Position - 1, cuts, roots, cancel);
            await lines.AddAsync(new BundleEntry(Leaf.Text(e), Encoding.UTF8.GetString(CanonicalJson.Of(e.Data.Span))), cancel);
            (next, events) = (e.Position, events + 1);
        }

        if (next < size)
        {
            // The last event, whosever it is, tells when the log ended so.
            await GapAsync(lines, next, size - 1, cuts, roots, cancel);
            var last = await log.ReadAsync(size - 1, size, cancel: cancel).FirstOrDefaultAsync(cancel);
            await lines.AddAsync(
                new BundleEntry(
                    last is not null
                        ? Leaf.Text(last)
                        : throw new LedgerException(ErrorCode.EventUnreadable, $"position {size} is missing: verify the ledger")
                ),
                cancel
            );
        }

        await lines.AddAsync(documents, cancel);
        await lines.EndAsync(cancel);
        return events;
    }

    private async Task<BundleDocuments> DocumentsAsync(string contract, Checkpoint checkpoint, CancellationToken cancel)
    {
        var at = await accounts.AtAsync(contract, checkpoint.Size, cancel);
        return BundleVerifier.Documents(at.Account, at.Head, checkpoint.Root);
    }

    /// <summary>The perfect subtrees over the leaves from one index up to another, cut where a checkpoint ended.</summary>
    private static async Task GapAsync(Lines lines, long from, long upTo, Queue<long> cuts, SubtreeRoot roots, CancellationToken cancel)
    {
        while (from < upTo)
        {
            while (cuts.TryPeek(out var passed) && passed <= from)
            {
                cuts.Dequeue();
            }

            var end = cuts.TryPeek(out var cut) ? Math.Min(cut, upTo) : upTo;
            var level = Math.Min(from == 0 ? 62 : BitOperations.TrailingZeroCount(from), BitOperations.Log2((ulong)(end - from)));
            await lines.AddAsync(new BundleEntry(Level: level, Root: Convert.ToBase64String(await roots(level, from >> level))), cancel);
            from += 1L << level;
        }
    }

    /// <summary>Canonical lines, and the digest over them.</summary>
    private sealed class Lines(Stream output) : IDisposable
    {
        private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public async Task AddAsync<T>(T line, CancellationToken cancel)
        {
            byte[] bytes = [.. LedgerJson.Write(line), (byte)'\n'];
            digest.AppendData(bytes);
            await output.WriteAsync(bytes, cancel);
        }

        public Task EndAsync(CancellationToken cancel) =>
            AddAsync(new BundleEnd(Convert.ToHexStringLower(digest.GetCurrentHash())), cancel);

        public void Dispose() => digest.Dispose();
    }
}
