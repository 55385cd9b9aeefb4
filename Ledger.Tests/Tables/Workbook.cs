using System.IO.Compression;
using System.Text;

namespace Ledger.Tests.Tables;

/// <summary>Workbooks as other programs write them, and some that nobody should.</summary>
internal static class Workbook
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Documents = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Packages = "http://schemas.openxmlformats.org/package/2006";
    private const string Types = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    public static string Text(string text) => $"<c t=\"inlineStr\"><is><t>{text}</t></is></c>";

    public static string Number(string number) => $"<c><v>{number}</v></c>";

    /// <summary>A date and a time, in the format that is built in as number 22.</summary>
    public static string Moment(string number) => $"<c s=\"1\"><v>{number}</v></c>";

    /// <summary>A date, shown as 2025年11月20日.</summary>
    public static string Date(string number) => $"<c s=\"2\"><v>{number}</v></c>";

    /// <summary>A number of six digits with zeros before it.</summary>
    public static string Padded(string number) => $"<c s=\"3\"><v>{number}</v></c>";

    /// <summary>A number in percent.</summary>
    public static string Percent(string number) => $"<c s=\"4\"><v>{number}</v></c>";

    public static string Truth(bool truth) => $"<c t=\"b\"><v>{(truth ? 1 : 0)}</v></c>";

    public static string Row(int number, IEnumerable<string> cells) => $"<row r=\"{number}\">{string.Concat(cells)}</row>";

    public static string HiddenRow(int number, IEnumerable<string> cells) =>
        $"<row r=\"{number}\" hidden=\"1\">{string.Concat(cells)}</row>";

    public static string Sheet(params IEnumerable<string> rows) => Worksheet($"<sheetData>{string.Concat(rows)}</sheetData>");

    public static string Worksheet(string content) => $"<worksheet xmlns=\"{Main}\">{content}</worksheet>";

    /// <summary>A workbook with one sheet.</summary>
    public static byte[] Of(string sheet) => Of((("Cases", ""), sheet));

    /// <summary>A workbook with sheets: the name, its state (hidden), the XML.</summary>
    public static byte[] Of(params IReadOnlyList<((string Name, string State) Sheet, string Xml)> sheets) =>
        Zip([.. Frame([.. sheets.Select(s => s.Sheet)]), .. sheets.Select((s, i) => ($"xl/worksheets/sheet{i + 1}.xml", s.Xml))]);

    /// <summary>A workbook of one sheet whose dates count from 1904.</summary>
    public static byte[] From1904(string sheet) =>
        Zip([
            .. Frame([("Cases", "")])
                .Select(p =>
                    p.Item1 == "xl/workbook.xml" ? (p.Item1, p.Item2.Replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>")) : p
                ),
            ("xl/worksheets/sheet1.xml", sheet),
        ]);

    /// <summary>A workbook of one sheet, a part of which is cased otherwise than in the list of types.</summary>
    public static byte[] Renamed(string sheet, string path, string spelled) =>
        Zip(
            Frame([("Cases", "")])
                .Append(("xl/worksheets/sheet1.xml", sheet))
                .Select(p => (p.Item1 == path ? spelled : p.Item1, p.Item2))
                .Select(p =>
                    p.Item1 == "[Content_Types].xml"
                        ? (
                            p.Item1,
                            p.Item2.Replace(
                                "</Types>",
                                $"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{Types}.worksheet+xml\"/></Types>"
                            )
                        )
                        : p
                )
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

    /// <summary>A gigabyte of one digit in a comment; with <paramref name="lying"/>, its directory claims a thousand bytes.</summary>
    public static byte[] Bomb(IEnumerable<string> heading, bool lying)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in Frame([("Cases", "")]))
            {
                using var part = zip.CreateEntry(path).Open();
                part.Write(Encoding.UTF8.GetBytes(text));
            }

            using var sheet = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.SmallestSize).Open();
            sheet.Write(Encoding.UTF8.GetBytes($"<worksheet xmlns=\"{Main}\"><sheetData>{Row(1, heading.Select(Text))}<!--"));
            var digits = new byte[1 << 20];
            Array.Fill(digits, (byte)'1');
            for (var i = 0; i < 1024; i++)
            {
                sheet.Write(digits);
            }
        }

        var bytes = stream.ToArray();
        if (lying)
        {
            // The last entry of the directory: its claimed size stands 24 bytes behind its signature.
            var entry = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
            BitConverter.GetBytes(1000).CopyTo(bytes, entry + 24);
        }

        return bytes;
    }

    private static IEnumerable<(string Path, string Text)> Frame(IReadOnlyList<(string Name, string State)> sheets)
    {
        var numbered = sheets.Select((s, i) => (s.Name, State: s.State.Length == 0 ? "" : $" state=\"{s.State}\"", Number: i + 1)).ToList();
        yield return (
            "[Content_Types].xml",
            $"""<Types xmlns="{Packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="{Types}.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="{Types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{Types}.styles+xml"/></Types>"""
        );
        yield return (
            "_rels/.rels",
            $"""<Relationships xmlns="{Packages}/relationships"><Relationship Id="rId1" Type="{Documents}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
        );
        yield return (
            "xl/workbook.xml",
            $"""<workbook xmlns="{Main}" xmlns:r="{Documents}"><sheets>{string.Concat(numbered.Select(s => $"<sheet name=\"{s.Name}\" sheetId=\"{s.Number}\"{s.State} r:id=\"rId{s.Number}\"/>"))}</sheets></workbook>"""
        );
        yield return (
            "xl/_rels/workbook.xml.rels",
            $"""<Relationships xmlns="{Packages}/relationships">{string.Concat(numbered.Select(s => $"<Relationship Id=\"rId{s.Number}\" Type=\"{Documents}/worksheet\" Target=\"worksheets/sheet{s.Number}.xml\"/>"))}<Relationship Id="rId99" Type="{Documents}/styles" Target="styles.xml"/></Relationships>"""
        );
        yield return (
            "xl/styles.xml",
            $"""<styleSheet xmlns="{Main}"><numFmts count="2"><numFmt numFmtId="165" formatCode="000000"/><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/></cellXfs></styleSheet>"""
        );
    }
}
