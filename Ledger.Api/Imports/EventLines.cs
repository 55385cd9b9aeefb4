using System.Buffers;
using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;

namespace Ledger.Api.Imports;

/// <summary>One event of a file: the number of its line (or its place in a batch, from 1) and its bytes; null where too long.</summary>
public readonly record struct EventLine(long Number, byte[]? Utf8);

/// <summary>
/// Cuts a file into events in bounded memory: NDJSON (one a line; CRLF, blank lines and a byte-order mark are fine), a
/// CloudEvents batch (a JSON array), or one event alone.
/// </summary>
public static class EventLines
{
    /// <summary>The events of a stream; throws <see cref="LedgerException"/> where a batch is no JSON array.</summary>
    public static async IAsyncEnumerable<EventLine> ReadAsync(
        Stream stream,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var start = new byte[3];
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        var head = length == 3 && start is [0xEF, 0xBB, 0xBF] ? [] : start[..length];
        await using var whole = new PrefixedStream(head, stream);
        var first = await FirstCharacterAsync(whole, cancel);
        if (first == '{' && await OneEventAsync(whole, cancel) is { } one)
        {
            yield return new EventLine(1, one);
            yield break;
        }

        await foreach (var line in first == '[' ? BatchAsync(whole, cancel) : LinesAsync(whole, cancel))
        {
            yield return line;
        }
    }

    private static async Task<char> FirstCharacterAsync(PrefixedStream stream, CancellationToken cancel)
    {
        var skipped = new ArrayBufferWriter<byte>();
        var one = new byte[1];
        var found = '\0';
        while (found == '\0' && await stream.ReadAsync(one, cancel) == 1)
        {
            skipped.Write(one);
            found = one[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' ? '\0' : (char)one[0];
        }

        stream.PutBack(skipped.WrittenSpan);
        return found;
    }

    /// <summary>The whole file where it is one JSON object over several lines; else null, and nothing of it is consumed.</summary>
    private static async Task<byte[]?> OneEventAsync(PrefixedStream stream, CancellationToken cancel)
    {
        // Rented: over HTTP most events come one by one, and a megabyte for each would be thrown away.
        var bytes = ArrayPool<byte>.Shared.Rent(EventReader.MaxEventBytes);
        try
        {
            var room = bytes.AsMemory(0, EventReader.MaxEventBytes);
            var length = await stream.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancel);
            stream.PutBack(room.Span[..length]);
            return length < room.Length && IsOneObject(room.Span[..length]) ? room[..length].ToArray() : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static bool IsOneObject(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async IAsyncEnumerable<EventLine> BatchAsync(
        Stream stream,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var number = 0L;
        var batch = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, cancellationToken: cancel).GetAsyncEnumerator(cancel);
        await using (batch)
        {
            while (await NextAsync(batch, number))
            {
                var utf8 = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(batch.Current);
                yield return new EventLine(++number, utf8.Length > EventReader.MaxEventBytes ? null : utf8.ToArray());
            }
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<JsonElement> batch, long number)
    {
        try
        {
            return await batch.MoveNextAsync();
        }
        catch (JsonException e)
        {
            throw new LedgerException(
                ErrorCode.Refused,
                $"the batch is broken after its event {number}, on line {(e.LineNumber ?? 0) + 1}: expected a JSON array of events; "
                    + "nothing was recorded",
                e
            );
        }
    }

    private static async IAsyncEnumerable<EventLine> LinesAsync(
        Stream stream,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var buffer = new byte[1 << 16];
        var line = new ArrayBufferWriter<byte>();
        var number = 1L;
        var tooLong = false;
        for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0; )
        {
            for (var from = 0; from < read; )
            {
                var end = Array.IndexOf(buffer, (byte)'\n', from, read - from);
                Take(buffer.AsSpan(from..(end < 0 ? read : end)));
                if (end < 0)
                {
                    break;
                }

                from = end + 1;
                if (Cut() is { } cut)
                {
                    yield return cut;
                }

                number++;
            }
        }

        if (Cut() is { } last)
        {
            yield return last;
        }

        void Take(ReadOnlySpan<byte> part)
        {
            tooLong |= line.WrittenCount + part.Length > EventReader.MaxEventBytes + 1;
            if (!tooLong)
            {
                line.Write(part);
            }
        }

        EventLine? Cut()
        {
            var text = line.WrittenSpan.Trim(" \t\r"u8);
            EventLine? result =
                tooLong ? new EventLine(number, null)
                : text.Length > 0 ? new EventLine(number, text.ToArray())
                : null;
            line.ResetWrittenCount();
            tooLong = false;
            return result;
        }
    }

    /// <summary>A stream with some bytes put back before it; it does not close what it reads from.</summary>
    private sealed class PrefixedStream(byte[] prefix, Stream rest) : Stream
    {
        private byte[] prefix = prefix;
        private int used;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void PutBack(ReadOnlySpan<byte> bytes)
        {
            prefix = [.. bytes, .. prefix.AsSpan(used)];
            used = 0;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (used == prefix.Length)
            {
                return await rest.ReadAsync(buffer, cancellationToken);
            }

            var count = Math.Min(buffer.Length, prefix.Length - used);
            prefix.AsSpan(used, count).CopyTo(buffer.Span);
            used += count;
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
