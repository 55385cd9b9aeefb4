using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Xml;
using Ledger.Domain.Errors;

namespace Ledger.Api.Tables;

/// <summary>
/// Reads one sheet of a workbook (ECMA-376) row by row. Every part is unpacked through a bound, so that a small file cannot become
/// a large one, and no text is taken whole that is longer than a cell may be; a library that does both is not to be had.
/// </summary>
internal sealed class XlsxTable
{
    private const int MostCellCharacters = 32_767 * 4;
    private const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private static readonly XmlReaderSettings Settings = new()
    {
        Async = false,
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        XmlResolver = null,
    };

    private readonly ZipArchive zip;
    private readonly List<string> shared = [];

    private XlsxTable(ZipArchive zip) => this.zip = zip;

    /// <summary>Whether dates count from 1904, as some workbooks have it.</summary>
    public bool From1904 { get; private set; }

    /// <summary>Opens a workbook; throws <see cref="LedgerException"/> where it is none, or is damaged.</summary>
    public static XlsxTable Open(Stream stream)
    {
        try
        {
            return new XlsxTable(new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
        }
        catch (InvalidDataException e)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                "the workbook is damaged or cut off: its directory of parts cannot be read; save it again",
                e
            );
        }
    }

    /// <summary>The rows of the named sheet, or of the first; a row that the file leaves out is not given.</summary>
    public async IAsyncEnumerable<TableRow> ReadAsync(string? sheet, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        var path = Guarded(() => PathOf(sheet));
        Guarded(() =>
        {
            ReadSharedTexts();
            return 0;
        });
        using var rows = Rows(path).GetEnumerator();
        while (Guarded(rows.MoveNext))
        {
            cancel.ThrowIfCancellationRequested();
            yield return rows.Current;
        }
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is XmlException or InvalidDataException or EndOfStreamException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"the workbook is damaged: {e.Message}", e);
        }
    }

    private string PathOf(string? sheet)
    {
        var sheets = new List<(string Name, string Id)>();
        using (
            var workbook =
                Part("xl/workbook.xml", TableLimits.SharedTextBytes)
                ?? throw new InvalidDataException("it has no xl/workbook.xml: is it an XLSX workbook?")
        )
        {
            while (workbook.Read())
            {
                if (workbook.LocalName == "workbookPr" && workbook.GetAttribute("date1904") is "1" or "true")
                {
                    From1904 = true;
                }
                else if (workbook.NodeType == XmlNodeType.Element && workbook.LocalName == "sheet")
                {
                    sheets.Add((workbook.GetAttribute("name") ?? "", workbook.GetAttribute("id", Relationships) ?? ""));
                }
            }
        }

        var chosen = sheets.Find(s => sheet is null || s.Name == sheet);
        if (chosen.Id is null)
        {
            throw new LedgerException(
                ErrorCode.Refused,
                $"the workbook has no sheet \"{sheet}\": it has {string.Join(", ", sheets.Select(s => $"\"{s.Name}\""))}"
            );
        }

        using var relations =
            Part("xl/_rels/workbook.xml.rels", TableLimits.SharedTextBytes)
            ?? throw new InvalidDataException("it has no xl/_rels/workbook.xml.rels");
        while (relations.Read())
        {
            if (relations.LocalName == "Relationship" && relations.GetAttribute("Id") == chosen.Id)
            {
                var target = relations.GetAttribute("Target") ?? "";
                return target.StartsWith('/') ? target[1..] : "xl/" + target;
            }
        }

        throw new InvalidDataException($"sheet \"{chosen.Name}\" has no part");
    }

    private void ReadSharedTexts()
    {
        using var texts = Part("xl/sharedStrings.xml", TableLimits.SharedTextBytes);
        while (texts?.Read() == true)
        {
            if (texts.NodeType == XmlNodeType.Element && texts.LocalName == "si")
            {
                shared.Add(TextOf(texts));
            }
        }
    }

    private IEnumerable<TableRow> Rows(string path)
    {
        using var xml = Part(path, TableLimits.SheetBytes) ?? throw new InvalidDataException($"{path} is missing");
        var number = 0L;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "row")
            {
                continue;
            }

            number = long.TryParse(xml.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                ? given
                : number + 1;
            yield return Row(xml, number);
        }
    }

    private TableRow Row(XmlReader xml, long number)
    {
        var cells = new List<Cell>();
        string? problem = null;
        var depth = xml.Depth;
        if (!xml.IsEmptyElement)
        {
            while (xml.Read() && xml.Depth > depth)
            {
                if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "c")
                {
                    continue;
                }

                var reference = xml.GetAttribute("r");
                var index = reference is null ? cells.Count : ColumnOf(reference);
                if (index >= TableLimits.Columns)
                {
                    throw new LedgerException(
                        ErrorCode.FileUnreadable,
                        $"row {number} has a cell in column {index + 1:#,0}: expected at most {TableLimits.Columns:#,0} columns"
                    );
                }

                while (cells.Count <= index)
                {
                    cells.Add(new Cell(""));
                }

                cells[index] = CellOf(xml);
                problem ??= cells[index].Kind switch
                {
                    CellKind.Formula => $"cell {reference} holds a formula: a record must not depend on a calculation; paste the values",
                    CellKind.Error => $"cell {reference} holds the error {cells[index].Text}",
                    _ => null,
                };
            }
        }

        return new TableRow(number, cells, Encoding.UTF8.GetBytes(string.Join('\t', cells.Select(c => c.Text))), problem);
    }

    private Cell CellOf(XmlReader xml)
    {
        var (type, text, formula) = (xml.GetAttribute("t"), "", false);
        var depth = xml.Depth;
        if (!xml.IsEmptyElement)
        {
            while (xml.Read() && xml.Depth > depth)
            {
                if (xml.NodeType == XmlNodeType.Element)
                {
                    (text, formula) = xml.LocalName switch
                    {
                        "f" => (text, true),
                        "v" or "is" => (TextOf(xml), formula),
                        _ => (text, formula),
                    };
                }
            }
        }

        return formula
            ? new Cell(text, CellKind.Formula)
            : type switch
            {
                "s" => new Cell(
                    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < shared.Count
                        ? shared[index]
                        : throw new InvalidDataException($"a cell names shared text {text}, there are {shared.Count}")
                ),
                "b" => new Cell(text, CellKind.Boolean),
                "e" => new Cell(text, CellKind.Error),
                "str" or "inlineStr" or "d" => new Cell(text),
                _ => text.Length == 0 ? new Cell("") : new Cell(text, CellKind.Number),
            };
    }

    /// <summary>All text inside the element under the reader, which then stands on its end; phonetic hints are left out.</summary>
    private static string TextOf(XmlReader xml)
    {
        if (xml.IsEmptyElement)
        {
            return "";
        }

        var text = new StringBuilder();
        var buffer = new char[4096];
        var (depth, hint) = (xml.Depth, -1);
        while (xml.Read() && xml.Depth > depth)
        {
            if (hint >= 0 && xml.Depth <= hint)
            {
                hint = -1;
            }

            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "rPh")
            {
                hint = xml.Depth;
            }
            else if (
                hint < 0
                && xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace
            )
            {
                for (int read; (read = xml.ReadValueChunk(buffer, 0, buffer.Length)) > 0; )
                {
                    text.Append(buffer, 0, read);
                    if (text.Length > MostCellCharacters)
                    {
                        throw new InvalidDataException($"a cell has more than {MostCellCharacters:#,0} characters");
                    }
                }
            }
        }

        return text.ToString();
    }

    private static int ColumnOf(string reference)
    {
        var column = 0;
        foreach (var letter in reference.TakeWhile(char.IsAsciiLetterUpper))
        {
            column = Math.Min((column * 26) + (letter - 'A') + 1, TableLimits.Columns + 1);
        }

        return column > 0 ? column - 1 : throw new InvalidDataException($"a cell has the reference \"{reference}\"");
    }

    private XmlReader? Part(string path, long most) =>
        zip.GetEntry(path) is { } entry ? XmlReader.Create(new BoundedStream(entry, most), Settings) : null;

    /// <summary>Unpacks a part up to a size and a ratio; what its header claims is not believed.</summary>
    private sealed class BoundedStream(ZipArchiveEntry entry, long most) : Stream
    {
        private const long Free = 16L * 1024 * 1024;
        private readonly Stream inner = entry.Open();
        private readonly long bound = Math.Min(most, Math.Max(Free, entry.CompressedLength * TableLimits.PackingRatio));
        private long taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => taken;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            taken += read;
            return taken <= bound
                ? read
                : throw new LedgerException(
                    ErrorCode.FileUnreadable,
                    $"{entry.FullName} in the workbook unpacks to more than {bound / (1024 * 1024):#,0} MB out of "
                        + $"{entry.CompressedLength:#,0} bytes: it is refused as a zip bomb; save the data as CSV"
                );
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
