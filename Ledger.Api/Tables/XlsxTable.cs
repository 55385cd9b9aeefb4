using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Ledger.Domain.Errors;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Tables;

/// <summary>
/// Reads one sheet of a workbook (ECMA-376) row by row, as the sheet shows it: merged ranges filled, dates in their formats, hidden rows
/// left out. The Open XML SDK finds the parts and reads them; <see cref="XlsxPart"/> bounds what a hostile one may cost.
/// </summary>
internal sealed partial class XlsxTable : IDisposable
{
    private static readonly IPattern<LocalDateTime> IsoDate = new CompositePatternBuilder<LocalDateTime>
    {
        { LocalDateTimePattern.ExtendedIso, _ => true },
        { LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm"), _ => true },
        { LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd"), _ => true },
    }.Build();

    private const long UnpacksFreely = 16L * 1024 * 1024;

    private readonly SpreadsheetDocument document;
    private readonly List<string> shared = [];

    private readonly Stream? copy;

    private XlsxTable(SpreadsheetDocument document, Stream? copy) => (this.document, this.copy) = (document, copy);

    /// <summary>The columns that the sheet hides, from 0; known once a row was read.</summary>
    public IReadOnlySet<int> HiddenColumns { get; private set; } = new HashSet<int>();

    /// <summary>How many rows were left out because the sheet hides them.</summary>
    public long HiddenRows { get; private set; }

    private WorkbookPart Workbook => document.WorkbookPart ?? throw new InvalidDataException("it has no workbook: is it an XLSX workbook?");

    /// <summary>Opens a workbook; throws <see cref="LedgerException"/> where it is none, or is damaged.</summary>
    public static XlsxTable Open(Stream stream)
    {
        RefuseBombs(stream);
        return Guarded(() =>
        {
            var spelled = XlsxPartNames.Spelled(stream);
            try
            {
                return new XlsxTable(SpreadsheetDocument.Open(spelled, isEditable: false), spelled == stream ? null : spelled);
            }
            catch (Exception e) when (e is OpenXmlPackageException or FileFormatException)
            {
                throw new InvalidDataException($"{e.Message.TrimEnd('.')}: is it an XLSX workbook?", e);
            }
        });
    }

    /// <summary>
    /// The rows of the named sheet, or of the only visible one; a row that the file leaves out is not given, and one that is hidden only
    /// where <paramref name="hiddenRows"/> are asked for.
    /// </summary>
    public async IAsyncEnumerable<TableRow> ReadAsync(string? sheet, bool hiddenRows, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        using var rows = Guarded(() => Rows(sheet, hiddenRows)).GetEnumerator();
        while (Guarded(rows.MoveNext))
        {
            cancel.ThrowIfCancellationRequested();
            yield return rows.Current;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        document.Dispose();
        copy?.Dispose();
    }

    /// <summary>The place that a reference such as <c>B3</c> names: the row from 1, the column from 0.</summary>
    internal static (long Row, int Column) PlaceOf(string reference)
    {
        var column = 0;
        var i = 0;
        for (; i < reference.Length && char.IsAsciiLetter(reference[i]); i++)
        {
            column = Math.Min((column * 26) + (char.ToUpperInvariant(reference[i]) - 'A') + 1, TableLimits.Columns + 1);
        }

        return column > 0 && long.TryParse(reference.AsSpan(i), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? (row, column - 1)
            : throw new InvalidDataException($"a cell has the reference \"{reference}\"");
    }

    /// <summary>What its directory claims of a part is an upper bound of what the part unpacks to.</summary>
    private static void RefuseBombs(Stream stream)
    {
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            if (
                zip.Entries.FirstOrDefault(e => e.Length > Math.Max(UnpacksFreely, e.CompressedLength * TableLimits.PackingRatio)) is
                { } bomb
            )
            {
                throw new LedgerException(
                    ErrorCode.FileUnreadable,
                    $"{bomb.FullName} in the workbook unpacks to {bomb.Length / (1024 * 1024):#,0} MB out of {bomb.CompressedLength:#,0} "
                        + "bytes: it is refused as a zip bomb; save the data as CSV"
                );
            }
        }
        catch (InvalidDataException e)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                "the workbook is damaged or cut off: its directory of parts cannot be read; save it again",
                e
            );
        }

        stream.Position = 0;
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
            when (e is XmlException or InvalidDataException or EndOfStreamException or UriFormatException or OpenXmlPackageException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"the workbook is damaged: {e.Message}", e);
        }
    }

    private IEnumerable<TableRow> Rows(string? sheet, bool hiddenRows)
    {
        var (part, from1904) = Choose(sheet);
        var styles = XlsxStyles.Read(Workbook, from1904);
        ReadSharedTexts();
        var merges = XlsxMerges.Read(part);
        return Rows(part, styles, merges, hiddenRows);
    }

    private IEnumerable<TableRow> Rows(WorksheetPart part, XlsxStyles styles, XlsxMerges merges, bool hiddenRows)
    {
        using var xml = XlsxPart.Open(part, TableLimits.SheetBytes);
        var number = 0L;
        var hidden = new HashSet<int>();
        while (xml.Reader.Read())
        {
            if (!xml.Reader.IsStartElement)
            {
                continue;
            }

            if (xml.Reader.ElementType == typeof(Column) && IsTrue(xml.Attribute("hidden")))
            {
                var first = xml.Number("min") ?? 1;
                var last = xml.Number("max") ?? first;
                hidden.UnionWith(Enumerable.Range(first - 1, Math.Clamp(last - first + 1, 0, TableLimits.Columns)));
                HiddenColumns = hidden;
            }
            else if (xml.Reader.ElementType == typeof(Row))
            {
                xml.BeginPiece();
                number = xml.Number("r") ?? number + 1;
                var left = !hiddenRows && IsTrue(xml.Attribute("hidden"));
                var cells = Cells(xml, number, styles);
                merges.Fill(number, cells);
                if (left)
                {
                    HiddenRows++;
                }
                else
                {
                    yield return RowOf(number, cells);
                }
            }
        }
    }

    private static TableRow RowOf(long number, List<Cell> cells)
    {
        string? problem = null;
        for (var i = 0; i < cells.Count && problem is null; i++)
        {
            problem = cells[i].Kind switch
            {
                CellKind.Formula =>
                    $"cell {NameOf(i)}{number} holds a formula: a record must not depend on a calculation; paste the values",
                CellKind.Error => $"cell {NameOf(i)}{number} holds the error {cells[i].Text}",
                _ => null,
            };
        }

        return new TableRow(number, cells, Encoding.UTF8.GetBytes(string.Join('\t', cells.Select(c => c.Text))), problem);
    }

    /// <summary>The named sheet, or the only visible one; and whether dates count from 1904.</summary>
    private (WorksheetPart Part, bool From1904) Choose(string? sheet)
    {
        var (sheets, from1904) = (new List<(string Name, string Id, bool Visible)>(), false);
        using var xml = XlsxPart.Open(Workbook, TableLimits.KeptBytes);
        while (xml.Reader.Read())
        {
            if (xml.Reader.IsStartElement && xml.Reader.ElementType == typeof(WorkbookProperties))
            {
                from1904 = IsTrue(xml.Attribute("date1904"));
            }
            else if (xml.Reader.IsStartElement && xml.Reader.ElementType == typeof(Sheet))
            {
                sheets.Add((xml.Attribute("name") ?? "", xml.Attribute("id") ?? "", xml.Attribute("state") is null or "visible"));
            }
        }

        var names = string.Join(", ", sheets.Select(s => $"\"{s.Name}\"{(s.Visible ? "" : " (hidden)")}"));
        var chosen = sheets.FindAll(s => sheet is null ? s.Visible : s.Name == sheet);
        if (chosen.Count != 1)
        {
            throw new LedgerException(
                ErrorCode.Refused,
                sheet is null
                    ? $"the workbook has {chosen.Count} visible sheets: it has {names}; name the one to read in the mapping (\"sheet\")"
                    : $"the workbook has no sheet \"{sheet}\": it has {names}"
            );
        }

        return Workbook.TryGetPartById(chosen[0].Id, out var found) && found is WorksheetPart part
            ? (part, from1904)
            : throw new InvalidDataException($"sheet \"{chosen[0].Name}\" has no cells");
    }

    private void ReadSharedTexts()
    {
        if (Workbook.SharedStringTablePart is not { } part)
        {
            return;
        }

        using var xml = XlsxPart.Open(part, TableLimits.KeptBytes);
        while (xml.Reader.Read())
        {
            if (xml.Reader.IsStartElement && xml.Reader.ElementType == typeof(SharedStringItem))
            {
                xml.BeginPiece();
                shared.Add(TextOf(xml));
            }
        }
    }

    private List<Cell> Cells(XlsxPart xml, long row, XlsxStyles styles)
    {
        var cells = new List<Cell>();
        var depth = xml.Reader.Depth;
        while (xml.Reader.Read() && xml.Reader.Depth > depth)
        {
            if (!xml.Reader.IsStartElement || xml.Reader.ElementType != typeof(DocumentFormat.OpenXml.Spreadsheet.Cell))
            {
                continue;
            }

            var (reference, type, style) = AttributesOf(xml);
            var index = reference is null ? cells.Count : PlaceOf(reference).Column;
            if (index >= TableLimits.Columns)
            {
                throw new LedgerException(
                    ErrorCode.FileUnreadable,
                    $"row {row} has a cell in column {index + 1:#,0}: expected at most {TableLimits.Columns:#,0} columns"
                );
            }

            cells.Reach(index);
            cells[index] = CellOf(xml, type, style, styles);
        }

        return cells;
    }

    /// <summary>A cell's place, type and style: the reader makes a list of its attributes each time it is asked for one.</summary>
    private static (string? Reference, string? Type, string? Style) AttributesOf(XlsxPart xml)
    {
        var (reference, type, style) = ((string?)null, (string?)null, (string?)null);
        foreach (var attribute in xml.Reader.Attributes)
        {
            switch (attribute.LocalName)
            {
                case "r":
                    reference = attribute.Value;
                    break;
                case "t":
                    type = attribute.Value;
                    break;
                case "s":
                    style = attribute.Value;
                    break;
            }
        }

        return (reference, type, style);
    }

    private Cell CellOf(XlsxPart xml, string? type, string? style, XlsxStyles styles)
    {
        var (text, formula) = ("", false);
        var depth = xml.Reader.Depth;
        while (xml.Reader.Read() && xml.Reader.Depth > depth)
        {
            if (xml.Reader.IsStartElement)
            {
                var element = xml.Reader.ElementType;
                formula |= element == typeof(CellFormula);
                text =
                    element == typeof(CellValue) ? Bounded(xml.Reader.GetText())
                    : element == typeof(InlineString) ? TextOf(xml)
                    : text;
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
                "b" => new Cell(IsTrue(text) ? "TRUE" : "FALSE", CellKind.Boolean),
                "e" => new Cell(text, CellKind.Error),
                "str" => new Cell(Decoded(text)),
                "inlineStr" => new Cell(text),
                "d" => IsoDate.Parse(text) is { Success: true, Value: var at }
                    ? new Cell(text, CellKind.Date, at, IsDay: !text.Contains('T', StringComparison.Ordinal))
                    : new Cell(text),
                _ => text.Length == 0 ? new Cell("") : styles.CellOf(text, style),
            };
    }

    /// <summary>All text inside the element under the reader; phonetic hints are left out.</summary>
    private static string TextOf(XlsxPart xml)
    {
        var (text, depth) = (new StringBuilder(), xml.Reader.Depth);
        while (xml.Reader.Read() && xml.Reader.Depth > depth)
        {
            if (xml.Reader.IsStartElement && xml.Reader.ElementType == typeof(PhoneticRun))
            {
                xml.Reader.Skip();
            }

            if (xml.Reader.IsStartElement && xml.Reader.ElementType == typeof(Text))
            {
                text.Append(Bounded(xml.Reader.GetText()));
            }
        }

        return Decoded(Bounded(text.ToString()));
    }

    private static string Bounded(string text) =>
        text.Length <= TableLimits.CellCharacters
            ? text
            : throw new InvalidDataException($"a cell has more than {TableLimits.CellCharacters:#,0} characters");

    /// <summary>What XML cannot hold stands as <c>_xHHHH_</c>, and so does an underscore that could begin one (ST_Xstring).</summary>
    private static string Decoded(string text) =>
        text.Contains("_x", StringComparison.Ordinal)
            ? Escapes().Replace(text, m => ((char)ushort.Parse(m.ValueSpan.Slice(2, 4), NumberStyles.HexNumber)).ToString())
            : text;

    private static string NameOf(int column)
    {
        var name = "";
        for (var rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        {
            name = (char)('A' + ((rest - 1) % 26)) + name;
        }

        return name;
    }

    private static bool IsTrue(string? value) => value is "1" or "true" or "on";

    [GeneratedRegex("_x[0-9A-Fa-f]{4}_", RegexOptions.None, 1000)]
    private static partial Regex Escapes();
}
