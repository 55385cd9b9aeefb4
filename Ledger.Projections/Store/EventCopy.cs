using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Ledger.Domain.Events;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// Writes rows of Marten's <c>mt_events</c> in PostgreSQL's binary COPY format (its manual, COPY, "Binary Format").
/// Npgsql's importer, made for rows of any types, takes several times as long for these columns.
/// </summary>
internal sealed class EventCopy
{
    /// <summary>The columns of a row, in the order in which they are written.</summary>
    public const string Columns =
        "seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, "
        + "correlation_id, causation_id, headers, is_archived";

    private const string Command = $"copy {LedgerStore.Schema}.mt_events ({Columns}) from stdin (format binary)";

    private const int BytesAtOnce = 1 << 16;
    private const short ColumnCount = 13;
    private const byte JsonbVersion = 1;
    private const long MicrosecondsTo2000 = 946_684_800_000_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly ConcurrentDictionary<string, string> DotNetTypes = [];

    private readonly NpgsqlRawCopyStream stream;

    // Grows with what is written: for a single fact the whole of it would be a large object each time.
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly ArrayBufferWriter<byte> headers = new(512);

    private EventCopy(NpgsqlRawCopyStream stream)
    {
        // The signature, no flags, no header extension.
        this.stream = stream;
        buffer.Write((ReadOnlySpan<byte>)[.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>What Marten writes as the .NET type of an alias.</summary>
    public static string DotNetTypeOf(string alias) =>
        DotNetTypes.GetOrAdd(
            alias,
            static a => EventCatalogue.Find(a)!.Data is var type ? $"{type.FullName}, {type.Assembly.GetName().Name}" : ""
        );

    /// <summary>Writes events. Where it throws, the database takes none of them and the transaction is of no more use.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IEnumerable<StoredEvent> events, CancellationToken cancel)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync(Command, cancel);
        try
        {
            var copy = new EventCopy(stream);
            foreach (var e in events)
            {
                cancel.ThrowIfCancellationRequested();
                copy.Write(e);
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
        { }
    }

    private void Write(StoredEvent e)
    {
        headers.ResetWrittenCount();
        new EventHeaders(e.EventId, e.Source, e.Subject, e.OccurredAt, e.Actor, e.Precision).Write(headers);
        var dotNetType = DotNetTypeOf(e.Type);
        var row = new Row(buffer.GetSpan(MostBytes(e, dotNetType)));
        row.Add(e.Position);
        row.Add(e.Uuid);
        row.Add(e.Stream);
        row.Add(e.Version);
        row.AddJson(e.Data.Span);
        row.Add(e.Type);
        row.Add(e.RecordedAt - MicrosecondsTo2000);
        row.Add(e.Contract);
        row.Add(dotNetType);
        row.Add(e.Correlation);
        row.Add(e.Causation);
        row.AddJson(headers.WrittenSpan);
        row.Add(value: false);
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

    private int MostBytes(StoredEvent e, string dotNetType) =>
        sizeof(short)
        + (ColumnCount * (sizeof(int) + 16))
        + e.Data.Length
        + headers.WrittenCount
        + Utf8.GetMaxByteCount(
            e.Stream.Length
                + e.Type.Length
                + e.Contract.Length
                + dotNetType.Length
                + (e.Correlation?.Length ?? 0)
                + (e.Causation?.Length ?? 0)
        );

    /// <summary>The number of columns, then each with its length; a null has length -1 and nothing else.</summary>
    private ref struct Row
    {
        private readonly Span<byte> bytes;

        public Row(Span<byte> bytes)
        {
            this.bytes = bytes;
            BinaryPrimitives.WriteInt16BigEndian(bytes, ColumnCount);
            Length = sizeof(short);
        }

        public int Length { get; private set; }

        public void Add(long number)
        {
            AddLength(sizeof(long));
            BinaryPrimitives.WriteInt64BigEndian(bytes[Length..], number);
            Length += sizeof(long);
        }

        public void Add(Guid id)
        {
            AddLength(16);
            id.TryWriteBytes(bytes[Length..], bigEndian: true, out _);
            Length += 16;
        }

        public void Add(bool value)
        {
            AddLength(1);
            bytes[Length++] = value ? (byte)1 : (byte)0;
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

        public void AddJson(ReadOnlySpan<byte> json)
        {
            AddLength(1 + json.Length);
            bytes[Length++] = JsonbVersion;
            json.CopyTo(bytes[Length..]);
            Length += json.Length;
        }

        private void AddLength(int length)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes[Length..], length);
            Length += sizeof(int);
        }
    }
}
