using System.IO.Compression;
using System.Text;

namespace Ledger.Tests.Tables;

/// <summary>Workbooks as other programs write them, and some that nobody should.</summary>
internal static class Workbook
{
    public static string Text(string text) => $"<c t=\"inlineStr\"><is><t>{text}</t></is></c>";

    public static string Number(string number) => $"<c><v>{number}</v></c>";

    public static string Row(int number, IEnumerable<string> cells) => $"<row r=\"{number}\">{string.Concat(cells)}</row>";

    public static string Sheet(params IEnumerable<string> rows) => $"<worksheet><sheetData>{string.Concat(rows)}</sheetData></worksheet>";

    public static byte[] Of(string sheet) =>
        Zip(
            (
                "xl/workbook.xml",
                """<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Cases" r:id="rId1"/></sheets></workbook>"""
            ),
            ("xl/_rels/workbook.xml.rels", """<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"""),
            ("xl/worksheets/sheet1.xml", sheet)
        );

    public static byte[] Zip(params IEnumerable<(string Path, string Text)> parts)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in parts)
            {
                using var part = zip.CreateEntry(path).Open();
                part.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }

    /// <summary>A gigabyte of one digit in a comment.</summary>
    public static byte[] Bomb(IEnumerable<string> heading)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (
                var (path, text) in new[]
                {
                    (
                        "xl/workbook.xml",
                        """<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Cases" r:id="rId1"/></sheets></workbook>"""
                    ),
                    (
                        "xl/_rels/workbook.xml.rels",
                        """<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"""
                    ),
                }
            )
            {
                using var part = zip.CreateEntry(path).Open();
                part.Write(Encoding.UTF8.GetBytes(text));
            }

            using var sheet = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.SmallestSize).Open();
            sheet.Write(Encoding.UTF8.GetBytes($"<worksheet><sheetData>{Row(1, heading.Select(Text))}<!--"));
            var digits = new byte[1 << 20];
            Array.Fill(digits, (byte)'1');
            for (var i = 0; i < 1024; i++)
            {
                sheet.Write(digits);
            }
        }

        return stream.ToArray();
    }
}
