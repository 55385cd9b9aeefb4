using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Api.Tables;

/// <summary>
/// Writes tables as a workbook (ECMA-376), a sheet each, in constant memory: numbers and dates are such, texts stand in their cells,
/// and the heading stays in place. What OpenXmlWriter does inside a package grows with the rows.
/// </summary>
public static class XlsxFile
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const int MostCellCharacters = 32_767;
    private const int MostSheetName = 31;
    private const decimal NanosecondsPerDay = 86_400_000_000_000m;
    private static readonly LocalDate Zero = new(1899, 12, 30);
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The styles, in the order of styles.xml.
    private enum Style
    {
        General,
        Heading,
        Date,
        Moment,
        Yuan,
    }

    /// <summary>The same tables give the same bytes.</summary>
    public static void Write(Stream stream, IReadOnlyList<ReportTable> tables, bool chinese)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);
        for (var i = 0; i < tables.Count; i++)
        {
            Part(zip, $"xl/worksheets/sheet{i + 1}.xml", xml => WriteSheet(xml, tables[i], chinese));
        }

        Part(
            zip,
            "xl/styles.xml",
            xml =>
                xml.WriteRaw(
                    """
                    <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"/><xf fontId="1" xfId="0" applyFont="1"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" xfId="0" applyNumberFormat="1"/><xf numFmtId="4" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>
                    """
                )
        );
        Part(
            zip,
            "xl/workbook.xml",
            xml =>
            {
                xml.WriteStartElement("workbook", Main);
                xml.WriteAttributeString("xmlns", "r", null, Relations);
                xml.WriteStartElement("sheets", Main);
                for (var i = 0; i < tables.Count; i++)
                {
                    xml.WriteStartElement("sheet", Main);
                    xml.WriteAttributeString("name", SheetName(chinese ? tables[i].NameZh : tables[i].Name));
                    xml.WriteAttributeString("sheetId", $"{i + 1}");
                    xml.WriteAttributeString("id", Relations, $"rId{i + 1}");
                    xml.WriteEndElement();
                }

                xml.WriteEndElement();
                xml.WriteEndElement();
            }
        );
        var sheets = string.Concat(
            tables.Select(
                (_, i) => $"""<Relationship Id="rId{i + 1}" Type="{Relations}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>"""
            )
        );
        Part(
            zip,
            "xl/_rels/workbook.xml.rels",
            xml =>
                xml.WriteRaw(
                    $"""
                    <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{sheets}<Relationship Id="rId{tables.Count
                        + 1}" Type="{Relations}/styles" Target="styles.xml"/></Relationships>
                    """
                )
        );
        Part(
            zip,
            "_rels/.rels",
            xml =>
                xml.WriteRaw(
                    $"""
                    <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>
                    """
                )
        );
        var types = string.Concat(
            tables.Select(
                (_, i) =>
                    $"""<Override PartName="/xl/worksheets/sheet{i + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"""
            )
        );
        Part(
            zip,
            "[Content_Types].xml",
            xml =>
                xml.WriteRaw(
                    $"""
                    <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{types}</Types>
                    """
                )
        );
    }

    private static void Part(ZipArchive zip, string path, Action<XmlWriter> write)
    {
        var entry = zip.CreateEntry(path);
        entry.LastWriteTime = Epoch;
        using var stream = entry.Open();
        using var xml = XmlWriter.Create(
            stream,
            new XmlWriterSettings
            {
                Encoding = new UTF8Encoding(false),
                CheckCharacters = false,
                ConformanceLevel = ConformanceLevel.Fragment,
            }
        );
        xml.WriteProcessingInstruction("xml", "version=\"1.0\" encoding=\"UTF-8\"");
        write(xml);
    }

    private static string SheetName(string name)
    {
        var allowed = string.Concat(name.Select(c => "[]:*?/\\".Contains(c, StringComparison.Ordinal) ? '-' : c));
        return allowed.Length > MostSheetName ? allowed[..MostSheetName] : allowed;
    }

    private static void WriteSheet(XmlWriter xml, ReportTable table, bool chinese)
    {
        var notes = table.Notes ?? [];
        var above = notes.Count + 1;
        xml.WriteStartElement("worksheet", Main);
        xml.WriteRaw(
            $"""<sheetViews><sheetView workbookViewId="0"><pane ySplit="{above}" topLeftCell="A{above + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="{table.Columns.Count}" width="20" customWidth="1"/></cols>"""
        );
        xml.WriteStartElement("sheetData", Main);
        foreach (var note in notes)
        {
            WriteRow(xml, [note], Style.General);
        }

        WriteRow(xml, [.. table.Columns.Select(c => chinese ? c.HeadingZh : c.Heading)], Style.Heading);
        foreach (var row in table.Rows)
        {
            WriteRow(xml, row, Style.General);
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteRow(XmlWriter xml, IReadOnlyList<object?> values, Style text)
    {
        xml.WriteStartElement("row", Main);
        foreach (var value in values)
        {
            xml.WriteStartElement("c", Main);
            switch (value)
            {
                case null:
                    break;
                case bool truth:
                    xml.WriteAttributeString("t", "b");
                    xml.WriteElementString("v", Main, truth ? "1" : "0");
                    break;
                case LocalDate date:
                    Number(xml, Style.Date, Days(date).ToString(CultureInfo.InvariantCulture));
                    break;
                case Instant at:
                    var local = ChinaTime.Show(at);
                    Number(
                        xml,
                        Style.Moment,
                        (Days(local.Date) + (local.TimeOfDay.NanosecondOfDay / NanosecondsPerDay)).ToString(
                            "0.##########",
                            CultureInfo.InvariantCulture
                        )
                    );
                    break;
                case Cny yuan:
                    Number(xml, Style.Yuan, yuan.ToString());
                    break;
                case string words:
                    xml.WriteAttributeString("s", $"{(int)text}");
                    xml.WriteAttributeString("t", "inlineStr");
                    xml.WriteStartElement("is", Main);
                    xml.WriteStartElement("t", Main);
                    xml.WriteAttributeString("xml", "space", null, "preserve");
                    xml.WriteString(Legible(words));
                    xml.WriteEndElement();
                    xml.WriteEndElement();
                    break;
                default:
                    Number(xml, Style.General, ReportTable.Text(value));
                    break;
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Number(XmlWriter xml, Style style, string value)
    {
        xml.WriteAttributeString("s", $"{(int)style}");
        xml.WriteElementString("v", Main, value);
    }

    private static int Days(LocalDate date) => Period.DaysBetween(Zero, date);

    /// <summary>Without what XML cannot hold, and no longer than a cell may be; the cut is marked.</summary>
    private static string Legible(string text)
    {
        var clean = text.All(XmlConvert.IsXmlChar)
            ? text
            : string.Concat(text.EnumerateRunes().Where(r => r.Value > 0xFFFF || XmlConvert.IsXmlChar((char)r.Value)));
        return clean.Length <= MostCellCharacters ? clean : clean[..(MostCellCharacters - 1)] + "…";
    }
}
