using System.Buffers;
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
        var rented = ArrayPool<byte>.Shared.Rent(MostBytes(e));
        try
        {
            rented[0] = 0;
            return SHA256.HashData(rented.AsSpan(0, 1 + Write(e, previous, rented.AsSpan(1))));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The leaf hash of a leaf in UTF-8: SHA-256(0x00 ‖ leaf).</summary>
    public static byte[] Hash(ReadOnlySpan<byte> leaf) => SHA256.HashData([0, .. leaf]);

    /// <summary>The leaf itself.</summary>
    public static string Text(StoredEvent e, ReadOnlySpan<byte> previous)
    {
        var bytes = new byte[MostBytes(e)];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, Write(e, previous, bytes)));
    }

    /// <summary>
    /// The event that a leaf tells of, without its data, with the two hashes in it (the previous one empty for the first event
    /// of a stream). Null for text that is no leaf.
    /// </summary>
    public static (StoredEvent Event, byte[] DataHash, byte[] Previous)? Parse(string leaf)
    {
        var lines = leaf.Split('\n');
        if (lines.Length != 16 || lines[0] != Format || lines[15].Length != 0 || !long.TryParse(lines[1], out var position) || !long.TryParse(lines[4], out var version)
            || !long.TryParse(lines[8], out var occurred) || !long.TryParse(lines[9], out var recorded) || lines[13].Length != 64 || lines[14].Length is not (0 or 64)
            || !(lines[13] + lines[14]).All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var e = new StoredEvent(position, lines[2], lines[3], version, lines[5], lines[7], lines[6], occurred, recorded, lines[10], Optional(lines[11]), Optional(lines[12]), default);
        return (e, Convert.FromHexString(lines[13]), Convert.FromHexString(lines[14]));

        static string? Optional(string text) => text.Length == 0 ? null : text;
    }

    private static int MostBytes(StoredEvent e) => 512 + Encoding.UTF8.GetMaxByteCount(
        e.Contract.Length + e.Stream.Length + e.Type.Length + e.Source.Length + e.EventId.Length + e.Actor.Length + (e.Correlation?.Length ?? 0) + (e.Causation?.Length ?? 0));

    private static int Write(StoredEvent e, ReadOnlySpan<byte> previous, Span<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(e.Data.Span, digest);
        var line = new Lines(bytes);
        line.Add(Format);
        line.Add(e.Position);
        line.Add(e.Contract);
        line.Add(e.Stream);
        line.Add(e.Version);
        line.Add(e.Type);
        line.Add(e.Source);
        line.Add(e.EventId);
        line.Add(e.OccurredAt);
        line.Add(e.RecordedAt);
        line.Add(e.Actor);
        line.Add(e.Correlation);
        line.Add(e.Causation);
        line.AddHex(digest);
        line.AddHex(previous);
        return line.Length;
    }

    /// <summary>Lines ended by LF, one after the other.</summary>
    private ref struct Lines(Span<byte> bytes)
    {
        private readonly Span<byte> bytes = bytes;

        public int Length { get; private set; }

        public void Add(string? text) => End(Encoding.UTF8.GetBytes(text, bytes[Length..]));

        public void Add(long number) => End(Utf8Formatter.TryFormat(number, bytes[Length..], out var written) ? written : throw new System.Diagnostics.UnreachableException());

        public void AddHex(scoped ReadOnlySpan<byte> value) => End(Convert.TryToHexStringLower(value, bytes[Length..], out var written) ? written : throw new System.Diagnostics.UnreachableException());

        private void End(int written)
        {
            bytes[Length + written] = (byte)'\n';
            Length += written + 1;
        }
    }
}
