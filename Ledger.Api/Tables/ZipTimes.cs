using System.Buffers.Binary;

namespace Ledger.Api.Tables;

/// <summary>
/// A zip's entries without the moment at which each was written, which the writer of workbooks cannot leave out: two workbooks of the same
/// tables would differ by it. PKWARE's APPNOTE, sections 4.3.7 and 4.3.12.
/// </summary>
internal static class ZipTimes
{
    private const uint EntryMark = 0x02014b50;
    private const int EndLength = 22;
    private const int EntryLength = 46;

    // 1980-01-01 00:00, the first that a zip knows.
    private static readonly byte[] First = [0, 0, 0x21, 0];

    public static async Task ForgetAsync(Stream zip, CancellationToken cancel)
    {
        var end = await ReadAsync(zip, zip.Length - EndLength, EndLength, cancel);
        var (count, at) = (Short(end, 10), (long)BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        for (var i = 0; i < count; i++)
        {
            var entry = await ReadAsync(zip, at, EntryLength, cancel);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != EntryMark)
            {
                throw new InvalidDataException("the workbook is no zip as it is written here");
            }

            await WriteAsync(zip, at + 12, cancel);
            await WriteAsync(zip, BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(42)) + 10, cancel);
            var (name, extra, comment) = (Short(entry, 28), Short(entry, 30), Short(entry, 32));
            at += EntryLength + name + extra + comment;
        }

        zip.Seek(0, SeekOrigin.End);
    }

    private static int Short(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static async Task<byte[]> ReadAsync(Stream zip, long at, int length, CancellationToken cancel)
    {
        var bytes = new byte[length];
        zip.Position = at;
        await zip.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    private static async Task WriteAsync(Stream zip, long at, CancellationToken cancel)
    {
        zip.Position = at;
        await zip.WriteAsync(First, cancel);
    }
}
