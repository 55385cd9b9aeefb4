using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using Ledger.Domain.Errors;

namespace Ledger.Api.Tables;

/// <summary>
/// One part of a workbook, unpacked through bounds: in all so many bytes, and so many between two calls of <see cref="BeginPiece"/>, since
/// the reader takes a text whole. <see cref="XlsxTable"/> has compared its claimed size with the packed one.
/// </summary>
internal sealed class XlsxPart : Stream
{
    private readonly Stream inner;
    private readonly string name;
    private readonly long most;
    private readonly long mostOfPiece;
    private long taken;
    private long piece;

    private XlsxPart(OpenXmlPart part, long most, long mostOfPiece)
    {
        (name, this.most, this.mostOfPiece) = (part.Uri.ToString(), most, mostOfPiece);
        inner = part.GetStream(FileMode.Open, FileAccess.Read);
        Reader = new OpenXmlPartReader(this, part.Features, new OpenXmlPartReaderOptions { CloseStream = true });
    }

    /// <summary>Reads its elements; namespaces of the strict form are those of the transitional one to it.</summary>
    public OpenXmlReader Reader { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => taken;
        set => throw new NotSupportedException();
    }

    /// <summary>A part of at most so many bytes, and so many of each piece.</summary>
    public static XlsxPart Open(OpenXmlPart part, long most, long mostOfPiece = TableLimits.RowBytes) => new(part, most, mostOfPiece);

    /// <summary>An attribute of the element under the reader; null where it has none of that name.</summary>
    public string? Attribute(string attribute)
    {
        foreach (var one in Reader.Attributes)
        {
            if (one.LocalName == attribute)
            {
                return one.Value;
            }
        }

        return null;
    }

    /// <summary>The same as a whole number without a sign; null where it is none.</summary>
    public int? Number(string attribute) =>
        int.TryParse(Attribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>From here on another row, or another shared text, is read.</summary>
    public void BeginPiece() => piece = 0;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        (taken, piece) = (taken + read, piece + read);
        if (taken > most)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"{name} in the workbook unpacks to more than {most / (1024 * 1024):#,0} MB: save the data as CSV"
            );
        }

        return piece <= mostOfPiece
            ? read
            : throw new InvalidDataException($"a row, or a text, takes more than {TableLimits.RowBytes / (1024 * 1024)} MB");
    }

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
