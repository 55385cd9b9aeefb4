using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Projections.Evidence.Verification;

/// <summary>
/// Checkpoints that were kept outside the database, in order of their sizes: what the log must still agree with. A signature
/// is checked where something depends on it: that of the last note of each source, and that of one which contradicts the log.
/// </summary>
public sealed class RetainedCheckpoints
{
    private readonly CheckpointPolicy? policy;
    private readonly Queue<Retained> ahead;
    private long agreed;

    private RetainedCheckpoints(CheckpointPolicy? policy, IEnumerable<Retained> all, string? problem)
    {
        (this.policy, Problem) = (policy, problem);
        ahead = new(all.OrderBy(r => r.Checkpoint.Size));
        Count = ahead.Select(r => (r.Checkpoint.Size, Convert.ToBase64String(r.Checkpoint.Root))).Distinct().Count();
    }

    /// <summary>One of them, and where it stands: its note is read again where it matters, since a file may hold a million.</summary>
    private sealed record Retained(Checkpoint Checkpoint, string Source, IEnumerable<string> Notes, int Number)
    {
        public bool IsSigned(CheckpointPolicy policy, out string? problem) =>
            SignedNote.Parse(Notes.ElementAt(Number - 1), out problem) is { } note
            && policy.Open(note, out problem) is { } opened
            && opened.Agrees(Checkpoint);

        public override string ToString() => $"{Source}, note {Number}";
    }

    /// <summary>None at all.</summary>
    public static RetainedCheckpoints None => new(null, [], null);

    /// <summary>How many different ones there are.</summary>
    public int Count { get; }

    /// <summary>What is wrong with them already; null where they can be compared.</summary>
    public string? Problem { get; }

    /// <summary>
    /// Reads notes, each source's in their order, as signed by the keys of a policy. The sequences are walked again where a note is looked
    /// up.
    /// </summary>
    public static RetainedCheckpoints Load(CheckpointPolicy policy, IEnumerable<(string Source, IEnumerable<string> Notes)> sources)
    {
        var all = new List<Retained>();
        foreach (var (source, notes) in sources)
        {
            var (number, last) = (0, "");
            foreach (var text in notes)
            {
                (number, last) = (number + 1, text);
                if (
                    SignedNote.Parse(text, out var problem) is not { } note
                    || Checkpoint.Parse(note.Text, out problem) is not { } checkpoint
                )
                {
                    return new RetainedCheckpoints(policy, [], $"note {number} of {source} was changed: {problem}");
                }

                all.Add(
                    new Retained(
                        checkpoint.Origin == policy.Origin ? checkpoint with { Origin = policy.Origin } : checkpoint,
                        source,
                        notes,
                        number
                    )
                );
            }

            if (number > 0 && policy.Open(SignedNote.Parse(last, out _)!, out var unsigned) is null)
            {
                return new RetainedCheckpoints(policy, [], $"note {number} of {source} is not to be believed: {unsigned}");
            }
        }

        return new RetainedCheckpoints(policy, all, null);
    }

    /// <summary>Whether one is of this size.</summary>
    public bool Has(long size) => ahead.TryPeek(out var next) && next.Checkpoint.Size == size;

    /// <summary>
    /// Compares those of a size with the log at that size: what is wrong, and the first position that may be; null where they agree.
    /// </summary>
    public (long Position, string Problem)? Compare(MerkleTree tree, ContractCounts counts)
    {
        for (var log = new Checkpoint(policy!.Origin, tree.Size, tree.Root(), counts.Digest()); Has(tree.Size); ahead.Dequeue())
        {
            var next = ahead.Peek();
            if (!next.Checkpoint.Agrees(log))
            {
                return next.IsSigned(policy, out var unsigned)
                    ? (
                        agreed + 1,
                        $"the events from {agreed + 1} to {next.Checkpoint.Size} are not those of the signed checkpoint in {next}: "
                            + "the log was rewritten"
                    )
                    : (agreed + 1, $"the checkpoint of size {next.Checkpoint.Size} in {next} is not to be believed: {unsigned}");
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
            if (next.IsSigned(policy!, out _))
            {
                return $"the log ends at {size}, and the signed checkpoint in {next} is of size {next.Checkpoint.Size}: "
                    + $"{next.Checkpoint.Size - size} events are missing";
            }
        }

        return null;
    }
}
