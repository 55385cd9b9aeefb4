using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.EventStore.Hashing;

/// <summary>
/// The leaf of an event: UTF-8 lines ended by LF (docs/architecture.md shows them), hashed as RFC 6962 section 2.1
/// hashes leaves: SHA-256(0x00 ‖ leaf). The last line chains to the stream's previous leaf.
/// </summary>
public static class Leaf
{
    /// <summary>The first line.</summary>
    public const string Format = "ledger-event/v1";

    /// <summary>The leaf hash of a stored event, given the leaf hash of its stream's previous event (empty for the first).</summary>
    public static byte[] Hash(StoredEvent e, ReadOnlySpan<byte> previous)
    {
        var text = Text(e, previous);
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        var length = Encoding.UTF8.GetBytes(text, bytes.AsSpan(1)) + 1;
        return SHA256.HashData(bytes.AsSpan(0, length));
    }

    /// <summary>The leaf itself.</summary>
    public static string Text(StoredEvent e, ReadOnlySpan<byte> previous) => string.Concat(
        [
            Format, "\n",
            e.Position.ToString(), "\n",
            e.Contract, "\n",
            e.Stream, "\n",
            e.Version.ToString(), "\n",
            e.Type, "\n",
            e.Source, "\n",
            e.EventId, "\n",
            e.OccurredAt.ToString(), "\n",
            e.RecordedAt.ToString(), "\n",
            e.Actor, "\n",
            e.Correlation ?? "", "\n",
            e.Causation ?? "", "\n",
            Convert.ToHexStringLower(SHA256.HashData(e.Data.Span)), "\n",
            Convert.ToHexStringLower(previous), "\n",
        ]);
}
