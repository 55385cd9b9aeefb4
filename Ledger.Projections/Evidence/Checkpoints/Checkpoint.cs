using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>
/// A checkpoint (C2SP tlog-checkpoint): the log's origin, its size, the root over it, and, in an extension line, how many
/// events each contract has, so that nothing can be left out of a contract's events without that showing.
/// </summary>
/// <param name="Origin">The log's name.</param>
/// <param name="Size">How many events.</param>
/// <param name="Root">The root over them, 32 bytes.</param>
/// <param name="Contracts">The SHA-256 of <see cref="ContractCounts.ToString"/>; null in a checkpoint that does not say.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root, byte[]? Contracts)
{
    private const string ContractsLine = "contracts ";

    /// <summary>The checkpoint as it is signed.</summary>
    public override string ToString() =>
        $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n{(Contracts is null ? "" : $"{ContractsLine}{Convert.ToBase64String(Contracts)}\n")}";

    /// <summary>Whether another says the same: of checkpoints of one size, one that does not is proof of two histories.</summary>
    public bool Agrees(Checkpoint other) =>
        Origin == other.Origin
        && Size == other.Size
        && Root.AsSpan().SequenceEqual(other.Root)
        && (Contracts is null || other.Contracts is null || Contracts.AsSpan().SequenceEqual(other.Contracts));

    /// <summary>Reads a note's text; null, with what is wrong, where it is no checkpoint.</summary>
    public static Checkpoint? Parse(string text, out string? problem)
    {
        var lines = text.EndsWith('\n') ? text[..^1].Split('\n') : [];
        var root = lines.Length >= 3 ? SignedNote.Base64(lines[2]) : null;
        var (size, contracts) = (0L, (byte[]?)null);
        problem =
            lines.Length < 3 || lines.Any(l => l.Length == 0)
                ? "a checkpoint has three lines or more, none of them empty, each ended by a newline"
            : !SignedNote.IsName(lines[0]) ? $"\"{lines[0]}\" is not the origin of a log"
            : !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[1]
                ? $"\"{lines[1]}\" is not a size: expected decimal digits without leading zeros"
            : root?.Length != MerkleTree.HashSize ? $"\"{lines[2]}\" is not a root: expected 32 bytes in base64"
            : lines.Length > 4 || (lines.Length == 4 && (contracts = Extension(lines[3])) is null)
                ? $"\"{lines[^1]}\": expected at most one extension line, {ContractsLine}and a SHA-256 in base64"
            : null;
        return problem is null ? new Checkpoint(lines[0], size, root!, contracts) : null;
    }

    private static byte[]? Extension(string line) =>
        line.StartsWith(ContractsLine, StringComparison.Ordinal)
        && SignedNote.Base64(line[ContractsLine.Length..]) is { Length: SHA256.HashSizeInBytes } digest
            ? digest
            : null;
}

/// <summary>How many events each contract has at one size of the log.</summary>
public sealed class ContractCounts
{
    private readonly Dictionary<string, long> counts = [];

    /// <summary>The contracts.</summary>
    public IReadOnlyCollection<string> Contracts => counts.Keys;

    /// <summary>The number of a contract's events.</summary>
    public long Of(string contract) => counts.GetValueOrDefault(contract);

    /// <summary>Adds events of a contract.</summary>
    public void Add(string contract, long events) => CollectionsMarshal.GetValueRefOrAddDefault(counts, contract, out _) += events;

    /// <summary>The same counts, which later ones do not change.</summary>
    public ContractCounts Copy()
    {
        var copy = new ContractCounts();
        foreach (var (contract, events) in counts)
        {
            copy.Add(contract, events);
        }

        return copy;
    }

    /// <summary>A line for each contract in ordinal order: its number of events, a space, its id, a newline.</summary>
    public override string ToString() =>
        string.Concat(counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value} {c.Key}\n"));

    /// <summary>What a checkpoint says of them.</summary>
    public byte[] Digest() => SHA256.HashData(Encoding.UTF8.GetBytes(ToString()));

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static ContractCounts? Parse(string text)
    {
        var read = new ContractCounts();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || !long.TryParse(line[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return null;
            }

            read.Add(line[(space + 1)..], count);
        }

        return read.ToString() == text ? read : null;
    }
}
