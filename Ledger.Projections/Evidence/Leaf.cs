using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Store;

namespace Ledger.Projections.Evidence;

/// <summary>
/// The leaf of an event: UTF-8 lines ended by LF (docs/architecture.md shows them), hashed as RFC 6962 section 2.1
/// hashes leaves: SHA-256(0x00 ‖ leaf).
/// </summary>
public static class Leaf
{
    /// <summary>The first line.</summary>
    public const string Format = "ledger-event/v2";

    private const int Lines = 16;

    /// <summary>The leaf hash of a stored event.</summary>
    public static byte[] Hash(StoredEvent e)
    {
        var rented = ArrayPool<byte>.Shared.Rent(1 + MostBytes(e));
        try
        {
            rented[0] = 0;
            return SHA256.HashData(rented.AsSpan(0, 1 + Write(e, rented.AsSpan(1))));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The leaf hash of a leaf in UTF-8: SHA-256(0x00 ‖ leaf).</summary>
    public static byte[] Hash(ReadOnlySpan<byte> leaf) => SHA256.HashData([0, .. leaf]);

    /// <summary>The leaf itself.</summary>
    public static string Text(StoredEvent e)
    {
        var bytes = new byte[MostBytes(e)];
        return Encoding.UTF8.GetString(bytes.AsSpan(0, Write(e, bytes)));
    }

    /// <summary>
    /// The event that a leaf tells of, without its data, with the hash of its data in canonical form. Null for text that is no leaf.
    /// </summary>
    public static (StoredEvent Event, byte[] DataHash)? Parse(string leaf)
    {
        var lines = leaf.Split('\n');
        if (
            lines.Length != Lines + 1
            || lines[0] != Format
            || lines[Lines].Length != 0
            || !long.TryParse(lines[1], out var position)
            || !long.TryParse(lines[4], out var version)
            || !Guid.TryParseExact(lines[6], "D", out var uuid)
            || !TryParseTime(lines[10], out var occurred, out var precision)
            || !long.TryParse(lines[11], out var recorded)
            || lines[15].Length != 64
            || !lines[15].All(char.IsAsciiHexDigitLower)
        )
        {
            return null;
        }

        var e = new StoredEvent(
            position,
            lines[2],
            lines[3],
            version,
            lines[5],
            uuid,
            lines[8],
            lines[7],
            lines[9],
            occurred,
            recorded,
            lines[12],
            Optional(lines[13]),
            Optional(lines[14]),
            default
        )
        {
            Precision = precision,
        };
        return (e, Convert.FromHexString(lines[15]));

        static string? Optional(string text) => text.Length == 0 ? null : text;
    }

    /// <summary>A time is its microseconds, followed by a space and its precision where it has one.</summary>
    private static bool TryParseTime(string line, out long time, out TimePrecision? precision)
    {
        var parts = line.Split(' ');
        precision = parts.Length == 2 && Words<TimePrecision>.TryParse(parts[1], out var known) ? known : null;
        return long.TryParse(parts[0], out time) && parts.Length == (precision is null ? 1 : 2);
    }

    private static int MostBytes(StoredEvent e) =>
        512
        + Encoding.UTF8.GetMaxByteCount(
            e.Contract.Length
                + e.Stream.Length
                + e.Type.Length
                + e.Source.Length
                + e.EventId.Length
                + e.Subject.Length
                + e.Actor.Length
                + (e.Correlation?.Length ?? 0)
                + (e.Causation?.Length ?? 0)
        );

    private static int Write(StoredEvent e, Span<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        CanonicalJson.Hash(e.Data.Span, digest);
        var line = new LeafLines(bytes);
        line.Add(Format);
        line.Add(e.Position);
        line.Add(e.Contract);
        line.Add(e.Stream);
        line.Add(e.Version);
        line.Add(e.Type);
        line.Add(e.Uuid);
        line.Add(e.Source);
        line.Add(e.EventId);
        line.Add(e.Subject);
        line.Add(e.OccurredAt, e.Precision);
        line.Add(e.RecordedAt);
        line.Add(e.Actor);
        line.Add(e.Correlation);
        line.Add(e.Causation);
        line.AddHex(digest);
        return line.Length;
    }

    /// <summary>Lines ended by LF, one after the other.</summary>
    private ref struct LeafLines(Span<byte> bytes)
    {
        private readonly Span<byte> bytes = bytes;

        public int Length { get; private set; }

        public void Add(string? text) => End(Encoding.UTF8.TryGetBytes(text, bytes[Length..], out var written), written);

        public void Add(long number) => End(Utf8Formatter.TryFormat(number, bytes[Length..], out var written), written);

        public void Add(long time, TimePrecision? precision)
        {
            if (precision is { } known)
            {
                Add($"{time} {Words<TimePrecision>.Of(known)}");
            }
            else
            {
                Add(time);
            }
        }

        public void Add(Guid id) => End(Utf8Formatter.TryFormat(id, bytes[Length..], out var written), written);

        public void AddHex(scoped ReadOnlySpan<byte> value) =>
            End(Convert.TryToHexStringLower(value, bytes[Length..], out var written), written);

        private void End(bool fits, int written)
        {
            if (!fits)
            {
                throw new System.Diagnostics.UnreachableException();
            }

            bytes[Length + written] = (byte)'\n';
            Length += written + 1;
        }
    }
}
