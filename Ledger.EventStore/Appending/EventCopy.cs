using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Ledger.EventStore.Hashing;
using Npgsql;

namespace Ledger.EventStore.Appending;

/// <summary>
/// Writes rows of <c>ledger.events</c> in PostgreSQL's binary COPY format (its manual, COPY, "Binary Format"): Npgsql's own
/// importer, made for rows of any types, takes several times as long for these fourteen columns.
/// </summary>
internal sealed class EventCopy
{
    private const int BytesAtOnce = 1 << 16;
    private const short Columns = 14;
    private const long MicrosecondsTo2000 = 946_684_800_000_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly NpgsqlRawCopyStream stream;
    private readonly ArrayBufferWriter<byte> buffer = new(2 * BytesAtOnce);

    private EventCopy(NpgsqlRawCopyStream stream)
    {
        // The signature, no flags, no header extension.
        this.stream = stream;
        buffer.Write((ReadOnlySpan<byte>)[.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>
    /// Writes events, which may be made while they are written: the sequence is walked once. Where it throws, the database
    /// takes none of them and the transaction is of no more use.
    /// </summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IEnumerable<(StoredEvent Event, byte[] Leaf)> events, CancellationToken cancel)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync(Sql.Load("Appending", "CopyEvents"), cancel);
        try
        {
            var copy = new EventCopy(stream);
            foreach (var (e, leaf) in events)
            {
                cancel.ThrowIfCancellationRequested();
                copy.Write(e, leaf);
            }

            copy.End();
        }
        catch
        {
            await CancelAsync(stream);
            throw;
        }
    }

    private static async Task CancelAsync(NpgsqlRawCopyStream stream)
    {
        try
        {
            await stream.CancelAsync();
        }
#pragma warning disable CA1031 // What ended the copy is told; that it cannot be cancelled any more is not news.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void Write(StoredEvent e, byte[] leaf)
    {
        var row = new Row(buffer.GetSpan(MostBytes(e)));
        row.Add(e.Position);
        row.Add(e.Contract);
        row.Add(e.Stream);
        row.Add(e.Version);
        row.Add(e.Type);
        row.Add(e.EventId);
        row.Add(e.Source);
        row.Add(e.OccurredAt - MicrosecondsTo2000);
        row.Add(e.RecordedAt - MicrosecondsTo2000);
        row.Add(e.Actor);
        row.Add(e.Correlation);
        row.Add(e.Causation);
        row.Add(e.Data.Span);
        row.Add(leaf);
        buffer.Advance(row.Length);
        if (buffer.WrittenCount >= BytesAtOnce)
        {
            Flush();
        }
    }

    private void End()
    {
        BinaryPrimitives.WriteInt16BigEndian(buffer.GetSpan(sizeof(short)), -1);
        buffer.Advance(sizeof(short));
        Flush();
    }

    private void Flush()
    {
        stream.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }

    private static int MostBytes(StoredEvent e) =>
        sizeof(short) + (Columns * (sizeof(int) + sizeof(long))) + e.Data.Length + MerkleTree.HashSize + Utf8.GetMaxByteCount(
            e.Contract.Length + e.Stream.Length + e.Type.Length + e.EventId.Length + e.Source.Length + e.Actor.Length + (e.Correlation?.Length ?? 0) + (e.Causation?.Length ?? 0));

    /// <summary>The number of columns, then each with its length; a null has length -1 and nothing else.</summary>
    private ref struct Row
    {
        private readonly Span<byte> bytes;

        public Row(Span<byte> bytes)
        {
            this.bytes = bytes;
            BinaryPrimitives.WriteInt16BigEndian(bytes, Columns);
            Length = sizeof(short);
        }

        public int Length { get; private set; }

        public void Add(long number)
        {
            AddLength(sizeof(long));
            BinaryPrimitives.WriteInt64BigEndian(bytes[Length..], number);
            Length += sizeof(long);
        }

        public void Add(string? text)
        {
            if (text is null)
            {
                AddLength(-1);
                return;
            }

            var length = Utf8.GetBytes(text, bytes[(Length + sizeof(int))..]);
            AddLength(length);
            Length += length;
        }

        public void Add(ReadOnlySpan<byte> value)
        {
            AddLength(value.Length);
            value.CopyTo(bytes[Length..]);
            Length += value.Length;
        }

        private void AddLength(int length)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes[Length..], length);
            Length += sizeof(int);
        }
    }
}
