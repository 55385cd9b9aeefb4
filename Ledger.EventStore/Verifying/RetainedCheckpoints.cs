using Ledger.EventStore.Checkpoints;
using Ledger.EventStore.Hashing;

namespace Ledger.EventStore.Verifying;

/// <summary>
/// Checkpoints that were kept outside the database, in order of their sizes: what the log must still agree with. A signature
/// is checked where something depends on it: that of the last note of each source, and that of one which contradicts the log.
/// </summary>
public sealed class RetainedCheckpoints
{
    private readonly CheckpointPolicy? policy;
    private readonly Queue<(Checkpoint Checkpoint, SignedNote Note, string Source)> ahead;
    private long agreed;

    private RetainedCheckpoints(CheckpointPolicy? policy, IEnumerable<(Checkpoint Checkpoint, SignedNote Note, string Source)> all, string? problem)
    {
        (this.policy, Problem) = (policy, problem);
        ahead = new(all.OrderBy(c => c.Checkpoint.Size));
        Count = ahead.Select(c => c.Checkpoint.ToString()).Distinct().Count();
    }

    /// <summary>None at all.</summary>
    public static RetainedCheckpoints None => new(null, [], null);

    /// <summary>How many different ones there are.</summary>
    public int Count { get; }

    /// <summary>What is wrong with them already; null where they can be compared.</summary>
    public string? Problem { get; }

    /// <summary>Reads notes, each source's in their order, as signed by the keys of a policy.</summary>
    public static RetainedCheckpoints Load(CheckpointPolicy policy, IEnumerable<(string Source, IEnumerable<string> Notes)> sources)
    {
        var all = new List<(Checkpoint, SignedNote, string)>();
        foreach (var (source, notes) in sources)
        {
            var number = 0;
            foreach (var text in notes)
            {
                number++;
                if (SignedNote.Parse(text, out var problem) is not { } note || Checkpoint.Parse(note.Text, out problem) is not { } checkpoint)
                {
                    return new RetainedCheckpoints(policy, [], $"note {number} of {source} was changed: {problem}");
                }

                all.Add((checkpoint, note, $"{source}, note {number}"));
            }

            if (number > 0 && policy.Open(all[^1].Item2, out var unsigned) is null)
            {
                return new RetainedCheckpoints(policy, [], $"note {number} of {source} is not to be believed: {unsigned}");
            }
        }

        return new RetainedCheckpoints(policy, all, null);
    }

    /// <summary>Whether one is of this size.</summary>
    public bool Has(long size) => ahead.TryPeek(out var next) && next.Checkpoint.Size == size;

    /// <summary>Compares those of a size with the log at that size: what is wrong, and the first position that may be; null where they agree.</summary>
    public (long Position, string Problem)? Compare(MerkleTree tree, ContractCounts counts)
    {
        for (var log = new Checkpoint(policy!.Origin, tree.Size, tree.Root(), counts.Digest()); Has(tree.Size); ahead.Dequeue())
        {
            var (checkpoint, note, source) = ahead.Peek();
            if (!checkpoint.Agrees(log))
            {
                return policy.Open(note, out var unsigned) is null
                    ? (agreed + 1, $"the checkpoint of size {checkpoint.Size} in {source} is not to be believed: {unsigned}")
                    : (agreed + 1, $"the events from {agreed + 1} to {checkpoint.Size} are not those of the signed checkpoint in {source}: the log was rewritten");
            }
        }

        agreed = tree.Size;
        return null;
    }

    /// <summary>After the log's end: the first signed checkpoint that reaches beyond it, or null.</summary>
    public string? Beyond(long size)
    {
        while (ahead.TryDequeue(out var next))
        {
            if (policy!.Open(next.Note, out _) is not null)
            {
                return $"the log ends at {size}, and the signed checkpoint in {next.Source} is of size {next.Checkpoint.Size}: {next.Checkpoint.Size - size} events are missing";
            }
        }

        return null;
    }
}
