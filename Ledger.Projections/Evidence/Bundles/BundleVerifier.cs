using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Projections.Accounts;
using Ledger.Projections.Assessments;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using static Ledger.Projections.Evidence.Bundles.BundleLines;

namespace Ledger.Projections.Evidence.Bundles;

/// <summary>
/// What verifying a bundle found. <c>line</c> is the first that is wrong; absent where all is well. <c>signedBy</c> names the
/// keys that signed the checkpoint: where no policy was given they are the bundle's own word and have to be compared.
/// </summary>
public sealed record BundleVerification(
    bool Ok,
    string? Contract,
    long Size,
    long Events,
    int Statements,
    int Assessments,
    int Checkpoints,
    IReadOnlyList<string> SignedBy,
    string? Root,
    long? Line,
    string? Problem
);

/// <summary>
/// Verifies a bundle from its file alone: the checkpoint's signatures, every leaf against its data and its stream, the tree
/// over all of them, that no event of the contract is left out, every recorded assessment repeated, every statement and the
/// settlement recomputed to the same bytes, and older checkpoints that somebody kept. Memory grows with the number of
/// streams, not with the events.
/// </summary>
public sealed class BundleVerifier
{
    private readonly Func<Stream> open;
    private readonly CheckpointPolicy? trusted;
    private readonly Queue<(string Source, Checkpoint Checkpoint)> kept = [];
    private readonly Dictionary<(string Contract, string Stream), long> streams = [];
    private readonly MerkleTree tree = new();
    private readonly ContractCounts counts = new();
    private readonly List<LedgerEvent> runs = [];
    private readonly List<LedgerEvent> calendars = [];
    private ContractAccount? account;
    private long? recordedAt;
    private string contract = "";
    private CheckpointPolicy? policy;
    private Checkpoint? own;
    private long line;
    private int statements;

    private BundleVerifier(Func<Stream> open, CheckpointPolicy? trusted) => (this.open, this.trusted) = (open, trusted);

    /// <summary>Verifies the bundle that <paramref name="open"/> opens, twice.</summary>
    /// <param name="open">Opens the file from its start.</param>
    /// <param name="trusted">The keys to trust; null to take the bundle's own.</param>
    /// <param name="kept">Signed checkpoints that were kept, each with where it comes from.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<BundleVerification> VerifyAsync(
        Func<Stream> open,
        CheckpointPolicy? trusted,
        IReadOnlyList<(string Source, string Note)> kept,
        CancellationToken cancel
    )
    {
        var verifier = new BundleVerifier(open, trusted);
        try
        {
            var checkpoint = await verifier.WalkAsync(kept, cancel);
            await verifier.RepeatAsync(cancel);
            return verifier.Result(checkpoint, kept.Count, null);
        }
        catch (WrongException e)
        {
            return verifier.Result(null, 0, e.Message);
        }
#pragma warning disable CA1031 // A forged bundle may do anything to the rules: that is what is wrong with it.
        catch (Exception e)
            when (e is not (OperationCanceledException or IOException or LedgerException { Code: ErrorCode.FileUnreadable }))
#pragma warning restore CA1031
        {
            return verifier.Result(null, 0, $"it cannot be applied: {e.Message}");
        }
    }

    /// <summary>What a contract's events come to, as of a moment of the log.</summary>
    internal static BundleDocuments Documents(ContractAccount account, LogHead head, byte[] root) =>
        new(
            account.Terms,
            [.. StatementBuilder.BuildAll(account).Select(s => StatementReader.Stamp(s, head, root))],
            Settlement.Build(account) with
            {
                AsOf = EventMapping.ToMoment(head),
            }
        );

    private BundleVerification Result(Checkpoint? checkpoint, int compared, string? problem) =>
        new(
            problem is null,
            contract.Length == 0 ? null : contract,
            tree.Size,
            counts.Of(contract),
            statements,
            runs.Count,
            compared,
            policy is null ? [] : [.. policy.Required.Select(k => $"{k.Name} {k.Id:x8}")],
            checkpoint is null ? null : Convert.ToHexStringLower(checkpoint.Root),
            problem is null ? null : line,
            problem
        );

    /// <summary>The first pass: everything but the assessments.</summary>
    private async Task<Checkpoint> WalkAsync(IReadOnlyList<(string Source, string Note)> notes, CancellationToken cancel)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = open();
        await using var lines = ReadAllAsync(file, cancel).GetAsyncEnumerator(cancel);
        var header = Read<BundleHeader>(await NextAsync(lines, digest));
        var checkpoint = Open(header, notes);
        Compare();
        while (tree.Size < checkpoint.Size)
        {
            Take(Read<BundleEntry>(await NextAsync(lines, digest)), checkpoint.Size);
            Compare();
        }

        Expect(
            tree.Root().AsSpan().SequenceEqual(checkpoint.Root),
            "the events do not hash to the signed checkpoint's root: one was changed, left out or put in"
        );
        Complete(ContractCounts.Parse(header.Contracts)!);
        Documented(Read<BundleDocuments>(await NextAsync(lines, digest)), checkpoint);
        var end = Read<BundleEnd>(await NextAsync(lines, digest));
        var sum = Convert.ToHexStringLower(digest.GetCurrentHash());
        Expect(end.Sha256 == sum, $"the bytes before it hash to {sum}: the file was changed or cut");
        Expect(!await lines.MoveNextAsync(), "the bundle goes on after its end");
        return checkpoint;
    }

    private Checkpoint Open(BundleHeader header, IReadOnlyList<(string Source, string Note)> notes)
    {
        Expect(header.Format == BundleHeader.CurrentFormat, $"format {header.Format}, this program knows {BundleHeader.CurrentFormat}");
        contract = header.Contract;
        try
        {
            policy = CheckpointPolicy.Parse(header.Keys);
            Expect(policy.ToString() == header.Keys, "the keys are not written as keys are");
        }
        catch (FormatException e)
        {
            Expect(false, e.Message);
        }

        policy = trusted ?? policy!;
        var checkpoint = own = Trusted("the bundle's checkpoint", header.Checkpoint);
        foreach (
            var (source, older) in notes.Select(n => (n.Source, Checkpoint: Trusted(n.Source, n.Note))).OrderBy(n => n.Checkpoint.Size)
        )
        {
            Expect(
                older.Size <= checkpoint.Size,
                $"{source} is of size {older.Size}, the bundle of {checkpoint.Size}: an older log is shown than was seen; ask for "
                    + "the bundle again"
            );
            kept.Enqueue((source, older));
        }

        Expect(
            ContractCounts.Parse(header.Contracts) is { } stated && checkpoint.Contracts.AsSpan().SequenceEqual(stated.Digest()),
            "the numbers of events are not those that the checkpoint signs"
        );
        return checkpoint;
    }

    private Checkpoint Trusted(string source, string note)
    {
        var opened = policy!.Open(Encoding.UTF8.GetBytes(note), out var problem);
        Expect(opened is not null, $"{source}: {problem}");
        return opened!;
    }

    /// <summary>The next leaves of the tree.</summary>
    private void Take(BundleEntry entry, long size)
    {
        if (entry is { Level: { } level, Root: { } root, Leaf: null, Data: null })
        {
            // Not up to the end: the last event stands as itself, for it tells when the log ended so.
            Expect(
                level is >= 0 and <= 62 && (tree.Size & ((1L << level) - 1)) == 0 && 1L << level < size - tree.Size,
                $"a subtree of level {level} does not fit after {tree.Size} of {size} events"
            );
            Expect(SignedNote.Base64(root) is { Length: MerkleTree.HashSize }, "a root is 32 bytes in base64");
            tree.Add(Convert.FromBase64String(root), level);
            return;
        }

        Expect(entry is { Leaf: not null, Level: null, Root: null }, "expected an event or a subtree");
        var parsed = Leaf.Parse(entry.Leaf!);
        Expect(parsed is not null, "the leaf is none");
        var (stored, dataHash) = parsed!.Value;
        Expect(stored.Position == tree.Size + 1, $"position {stored.Position} stands after {tree.Size}");
        var ours = stored.Contract == contract || stored.Contract == LedgerSource.Contract;
        Expect(
            ours == entry.Data is not null && (ours || stored.Position == size),
            $"position {stored.Position} is of {stored.Contract}: of another contract only the last event stands here, without its data"
        );
        var leaf = Leaf.Hash(Encoding.UTF8.GetBytes(entry.Leaf!));
        tree.Add(leaf);
        Expect(recordedAt is null || stored.RecordedAt >= recordedAt, $"position {stored.Position} was recorded before the one before it");
        recordedAt = stored.RecordedAt;
        if (ours)
        {
            var data = Encoding.UTF8.GetBytes(entry.Data!);
            Expect(
                SHA256.HashData(data).AsSpan().SequenceEqual(dataHash),
                $"position {stored.Position}: its data does not hash to its leaf"
            );
            Chain(stored);
            counts.Add(stored.Contract, 1);
            Apply(stored with { Data = data });
        }
    }

    private void Chain(StoredEvent e)
    {
        var version = streams.GetValueOrDefault((e.Contract, e.Stream));
        Expect(
            e.Version == version + 1,
            $"position {e.Position}: stream {e.Stream} goes from version {version} to {e.Version}: an event between them is missing"
        );
        Expect(e.Uuid == EventIds.Of(e.Contract, e.EventId), $"position {e.Position}: its id is not the one that its contract and id give");
        Expect(
            e.Stream == EventStreams.KeyOf(e.Contract, e.Subject),
            $"position {e.Position}: an event about {e.Subject} does not belong in stream {e.Stream}"
        );
        streams[(e.Contract, e.Stream)] = e.Version;
    }

    private void Apply(StoredEvent stored)
    {
        try
        {
            var e = EventMapping.ToEvent(stored);
            if (e.Contract == LedgerSource.Contract)
            {
                calendars.AddRange(e.Data is CalendarPublished ? [e] : []);
            }
            else if (e.Data is not (CaseEvent or FieldEvent))
            {
                account = ContractAccount.Evolve(account, e);
                runs.AddRange(e.Data is AssessmentRun ? [e] : []);
            }
        }
#pragma warning disable CA1031 // A forged event may do anything to the fold, before the root shows that it is forged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new WrongException($"position {stored.Position} cannot be applied: {e.Message}");
        }
    }

    /// <summary>Compares the checkpoints of this size that somebody kept.</summary>
    private void Compare()
    {
        for (; kept.TryPeek(out var next) && next.Checkpoint.Size <= tree.Size; kept.Dequeue())
        {
            var (source, checkpoint) = next;
            Expect(
                checkpoint.Size == tree.Size,
                $"the bundle does not show the log at {checkpoint.Size}, the size of {source}: export it again with --checkpoint"
            );
            Expect(
                tree.Root().AsSpan().SequenceEqual(checkpoint.Root) && (checkpoint.Size < own!.Size || checkpoint.Agrees(own)),
                $"the log of this bundle does not begin with the {checkpoint.Size} events of {source}: its past was rewritten"
            );
        }
    }

    private void Complete(ContractCounts stated)
    {
        foreach (var name in (string[])[contract, LedgerSource.Contract])
        {
            Expect(
                stated.Of(name) == counts.Of(name),
                $"{counts.Of(name)} events of {name} stand here, the checkpoint signs {stated.Of(name)}: "
                    + $"{stated.Of(name) - counts.Of(name)} are left out"
            );
        }
    }

    private void Documented(BundleDocuments documents, Checkpoint checkpoint)
    {
        Expect(account is not null, $"the events do not register {contract}");
        var calendar = CalendarReader.At(calendars, checkpoint.Size);
        var recomputed = Documents(account! with { Calendar = calendar }, new LogHead(checkpoint.Size, recordedAt), checkpoint.Root);
        statements = recomputed.Statements.Count;
        Expect(
            documents.Statements.Count == statements,
            $"{documents.Statements.Count} statements stand here, the events give {statements}"
        );
        foreach (var (said, given) in documents.Statements.Zip(recomputed.Statements))
        {
            Expect(
                Same(said, given),
                $"the statement of period {given.Period} is not what the events give: net payable {said.NetPayable} here, "
                    + $"{given.NetPayable} recomputed"
            );
        }

        Expect(
            Same(documents.Settlement, recomputed.Settlement),
            $"the settlement is not what the events give: final {documents.Settlement.Final} here, {recomputed.Settlement.Final} recomputed"
        );
        Expect(Same(documents.Terms, recomputed.Terms), "the terms are not those of the events");
    }

    /// <summary>The second pass: every recorded assessment, over the events it read.</summary>
    private async Task RepeatAsync(CancellationToken cancel)
    {
        var repeats = new AssessmentRepeats(runs, calendars);
        line = 0;
        await using var file = open();
        await foreach (var bytes in ReadAllAsync(file, cancel))
        {
            line++;
            if (
                line == 1
                || !bytes.AsSpan().StartsWith("{\"leaf\""u8)
                || Read<BundleEntry>(bytes) is not { Leaf: { } leaf, Data: { } data }
            )
            {
                continue;
            }

            var stored = Leaf.Parse(leaf)!.Value.Event with { Data = Encoding.UTF8.GetBytes(data) };
            Reproduced(stored.Contract == contract ? repeats.Add(EventMapping.ToEvent(stored)) : null);
        }

        Reproduced(repeats.End());
    }

    private static void Reproduced((long Position, string Problem)? wrong) =>
        Expect(wrong is null, $"position {wrong?.Position}: {wrong?.Problem}");

    private async Task<byte[]> NextAsync(IAsyncEnumerator<byte[]> lines, IncrementalHash digest)
    {
        // A line counts for the digest once the one after it is asked for: the last one does not.
        if (line > 0)
        {
            digest.AppendData([.. lines.Current, (byte)'\n']);
        }

        line++;
        Expect(await lines.MoveNextAsync(), "the bundle ends too early");
        return lines.Current;
    }

    private static bool Same<T>(T a, T b) => LedgerJson.Write(a).AsSpan().SequenceEqual(LedgerJson.Write(b));
}
