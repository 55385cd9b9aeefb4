namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>
/// Whose signatures make a checkpoint good. Every required key must have signed: accepting any of several would let whoever
/// breaks the weakest speak for the log. Other known keys may be missing, but where one is said to have signed, it must have.
/// As a file: a line <c>required</c> or <c>known</c> with a verifier key for each; lines that begin with a hash are comments.
/// </summary>
public sealed class CheckpointPolicy
{
    private const string RequiredWord = "required ";
    private const string KnownWord = "known ";

    /// <summary>
    /// A policy; throws <see cref="FormatException"/> where no key is required, or the required ones are of several logs.
    /// </summary>
    public CheckpointPolicy(IReadOnlyList<VerifierKey> required, IReadOnlyList<VerifierKey> known)
    {
        (Required, Known) = (required, known);
        var origins = required.Where(k => k.Type != SignatureType.Cosignature).Select(k => k.Name).Distinct().ToList();
        Origin =
            origins.Count == 1 ? origins[0] : throw new FormatException($"expected required keys of one log, got those of {origins.Count}");
    }

    /// <summary>The keys that must have signed.</summary>
    public IReadOnlyList<VerifierKey> Required { get; }

    /// <summary>Keys that may have signed.</summary>
    public IReadOnlyList<VerifierKey> Known { get; }

    /// <summary>The log: the name of its required keys.</summary>
    public string Origin { get; }

    /// <summary>Reads a policy's file; throws <see cref="FormatException"/> for anything else.</summary>
    public static CheckpointPolicy Parse(string text)
    {
        var (required, known) = (new List<VerifierKey>(), new List<VerifierKey>());
        foreach (var line in text.Split('\n').Where(l => l.Length > 0 && l[0] != '#'))
        {
            var (keys, word) =
                line.StartsWith(RequiredWord, StringComparison.Ordinal) ? (required, RequiredWord)
                : line.StartsWith(KnownWord, StringComparison.Ordinal) ? (known, KnownWord)
                : throw new FormatException(
                    $"\"{(line.Length > 60 ? line[..60] + "…" : line)}\": expected required or known and a verifier key"
                );
            keys.Add(VerifierKey.Parse(line[word.Length..]));
        }

        return new CheckpointPolicy(required, known);
    }

    /// <summary>The policy as a file.</summary>
    public override string ToString() =>
        string.Concat(Required.Select(k => $"{RequiredWord}{k}\n").Concat(Known.Select(k => $"{KnownWord}{k}\n")));

    /// <summary>The same with one more known key.</summary>
    public CheckpointPolicy With(VerifierKey key) => new(Required, [.. Known, key]);

    /// <summary>The checkpoint in a note; null, with what is wrong, where it is not one, or not signed as it must be.</summary>
    public Checkpoint? Open(ReadOnlySpan<byte> note, out string? problem) =>
        SignedNote.Parse(note, out problem) is { } parsed ? Open(parsed, out problem) : null;

    /// <summary>The checkpoint in a note that was read; null, with what is wrong, where it is none, or not signed as it must be.</summary>
    public Checkpoint? Open(SignedNote note, out string? problem)
    {
        var signed = new HashSet<VerifierKey>();
        foreach (var signature in note.Signatures)
        {
            if (Required.Concat(Known).FirstOrDefault(k => k.Names(signature)) is not { } key)
            {
                continue;
            }

            if (!key.Verifies(note.Text, signature.Signature))
            {
                problem = $"the signature that is said to be by {key.Name} ({key.Type}, {key.Id:x8}) is not";
                return null;
            }

            signed.Add(key);
        }

        if (Required.FirstOrDefault(k => !signed.Contains(k)) is { } missing)
        {
            problem = $"not signed by {missing.Name} ({missing.Type}, {missing.Id:x8}), which is required";
            return null;
        }

        var checkpoint = Checkpoint.Parse(note.Text, out problem);
        if (checkpoint is null || checkpoint.Origin == Origin)
        {
            return checkpoint;
        }

        problem = $"a checkpoint of {checkpoint.Origin}, expected one of {Origin}";
        return null;
    }
}
