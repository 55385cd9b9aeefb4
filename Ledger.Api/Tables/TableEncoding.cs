using System.Text;
using Ledger.Domain.Errors;

namespace Ledger.Api.Tables;

/// <summary>In which encoding a text file is: what its mapping says, its byte-order mark, or what its first bytes can only be.</summary>
internal static class TableEncoding
{
    private const int Sample = 1 << 20;

    static TableEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The encodings that a mapping may name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["utf-8", "gb18030"];

    /// <summary>The encoding, strict: a byte that does not belong throws. The stream stands at its beginning afterwards.</summary>
    public static async Task<Encoding> DetectAsync(Stream stream, string? named, CancellationToken cancel)
    {
        var buffer = new byte[Sample];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        stream.Position = 0;
        if (buffer.AsSpan(0, length) is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..])
        {
            throw new LedgerException(ErrorCode.FileUnreadable, "the file is UTF-16: save it as UTF-8 (CSV UTF-8 in Excel) or XLSX");
        }

        if (buffer.AsSpan(0, length) is [0xEF, 0xBB, 0xBF, ..])
        {
            return Strict("utf-8");
        }

        if (buffer.AsSpan(0, length).Contains((byte)0))
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                "the file holds NUL bytes: expected a CSV file in UTF-8 or GB18030, or an XLSX workbook"
            );
        }

        return named is not null ? Strict(named)
            : IsValid(Strict("utf-8"), buffer.AsSpan(0, length)) ? Strict("utf-8")
            : IsValid(Strict("gb18030"), buffer.AsSpan(0, length)) ? Strict("gb18030")
            : throw new LedgerException(ErrorCode.FileUnreadable, "the file is neither UTF-8 nor GB18030: save it as CSV UTF-8 or XLSX");
    }

    private static Encoding Strict(string name) =>
        name == "utf-8"
            ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
            : Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    /// <summary>Whether the bytes decode; a character that the sample cuts off is no fault.</summary>
    private static bool IsValid(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            encoding.GetDecoder().GetCharCount(bytes, flush: false);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
