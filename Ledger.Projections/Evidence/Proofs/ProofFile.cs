using System.Globalization;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Projections.Evidence.Proofs;

/// <summary>
/// That an event is in the log, as a file of its own (C2SP tlog-proof): its index (position - 1), the inclusion proof and the
/// signed checkpoint. The extra data is the event's leaf, so that the file also says what the event was.
/// </summary>
public sealed record ProofFile(byte[] Leaf, long Index, IReadOnlyList<byte[]> Proof, SignedNote Checkpoint)
{
    private const string Header = "c2sp.org/tlog-proof@v1\n";
    private const string ExtraWord = "extra ";
    private const string IndexWord = "index ";

    /// <summary>The file's text.</summary>
    public override string ToString() =>
        $"{Header}{ExtraWord}{Convert.ToBase64String(Leaf)}\n{IndexWord}{Index}\n{string.Concat(Proof.Select(h => Convert.ToBase64String(h) + "\n"))}\n{Checkpoint}";

    /// <summary>Reads a file; null, with what is wrong, where it is none.</summary>
    public static ProofFile? Parse(string text, out string? problem)
    {
        problem = "expected the header of a proof, its extra data, an index, hashes, an empty line and a checkpoint";
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = end < 0 || !text.StartsWith(Header, StringComparison.Ordinal) ? [] : text[Header.Length..(end + 1)].Split('\n')[..^1];
        if (
            lines.Length < 2
            || !lines[0].StartsWith(ExtraWord, StringComparison.Ordinal)
            || SignedNote.Base64(lines[0][ExtraWord.Length..]) is not { } leaf
            || !lines[1].StartsWith(IndexWord, StringComparison.Ordinal)
            || !long.TryParse(lines[1][IndexWord.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || SignedNote.Parse(text[(end + 2)..], out problem) is not { } note
        )
        {
            return null;
        }

        var proof = new ProofFile(leaf, index, [.. lines[2..].Select(l => SignedNote.Base64(l) ?? [])], note);
        problem = proof.ToString() == text ? null : "it is not written as a proof is";
        return problem is null ? proof : null;
    }
}
