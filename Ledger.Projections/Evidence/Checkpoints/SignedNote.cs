using System.Text;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>One signature line of a note: who is said to have signed, with which key, and the signature itself.</summary>
public sealed record NoteSignature(string Name, uint KeyId, byte[] Signature)
{
    /// <summary>The line, with its end.</summary>
    public override string ToString()
    {
        var bytes = new byte[4 + Signature.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.CopyTo(bytes, 4);
        return $"{SignedNote.Dash}{Name} {Convert.ToBase64String(bytes)}\n";
    }
}

/// <summary>
/// A signed note (C2SP signed-note): a text that ends with a newline, an empty line, and one or more signature lines. Nothing
/// in it is to be believed before a <see cref="CheckpointPolicy"/> has opened it.
/// </summary>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>What each signature line begins with: an em dash and a space.</summary>
    internal const string Dash = "\u2014 ";

    private const int MostBytes = 64 * 1024;
    private const int MostSignatures = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The note as it is written.</summary>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures)}";

    /// <summary>Reads a note in UTF-8; null, with what is wrong, where it is none.</summary>
    public static SignedNote? Parse(ReadOnlySpan<byte> utf8, out string? problem)
    {
        if (utf8.Length > MostBytes)
        {
            problem = $"a note has at most {MostBytes} bytes, this one {utf8.Length}";
            return null;
        }

        try
        {
            return Parse(Strict.GetString(utf8), out problem);
        }
        catch (DecoderFallbackException)
        {
            problem = "a note is UTF-8";
            return null;
        }
    }

    /// <summary>Reads a note in text; null, with what is wrong, where it is none.</summary>
    public static SignedNote? Parse(string note, out string? problem)
    {
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        problem =
            note.Any(c => c < ' ' && c != '\n') ? "a note holds no control characters but newlines"
            : split < 0 ? "a note is a text, an empty line and signature lines"
            : !note.EndsWith('\n') || split + 2 == note.Length ? "a note ends with a whole signature line"
            : null;
        if (problem is not null)
        {
            return null;
        }

        var lines = note[(split + 2)..^1].Split('\n');
        var signatures = new List<NoteSignature>(lines.Length);
        foreach (var line in lines)
        {
            if (signatures.Count == MostSignatures || ParseLine(line) is not { } signature)
            {
                problem =
                    $"signature line {signatures.Count + 1}: expected an em dash, a key's name and base64 of a key id and a "
                    + $"signature, on at most {MostSignatures} lines";
                return null;
            }

            signatures.Add(signature);
        }

        return new SignedNote(note[..(split + 1)], signatures);
    }

    /// <summary>Reads one signature line, without its end; null where it is none.</summary>
    public static NoteSignature? ParseLine(string line)
    {
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        return parts.Length == 2 && IsName(parts[0]) && Base64(parts[1]) is { Length: > 4 } bytes
            ? new NoteSignature(parts[0], System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4..])
            : null;
    }

    /// <summary>Whether a key may have this name: not empty, no space, no plus.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 255 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');

    /// <summary>Base64 in its one canonical writing; null for anything else.</summary>
    public static byte[]? Base64(string text)
    {
        var bytes = new byte[((text.Length / 4) + 1) * 3];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text
            ? bytes[..length]
            : null;
    }
}
