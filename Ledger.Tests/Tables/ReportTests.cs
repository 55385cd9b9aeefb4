using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using Ledger.Api.Tables;
using Ledger.Domain.Money;
using Ledger.Tests.Support;
using Cell = DocumentFormat.OpenXml.Spreadsheet.Cell;

namespace Ledger.Tests.Tables;

/// <summary>What goes out: workbooks that a program we did not write finds valid, and CSV as spreadsheets read it.</summary>
public sealed class ReportTests
{
    private static readonly ReportTable Table = new(
        "things",
        "东西",
        ReportTable.Headings("text|文本", "count|数量", "yuan|金额", "date|日期", "moment|时间", "true|真", "none|无"),
        [
            ["=1+1 \"、\n", 3, Cny.OfFen(-123456), History.Date("2025-11-20"), History.At("2025-11-20T09:30:00+08:00"), true, null],
        ],
        ["as of position 7"]
    );

    [Fact]
    public async Task A_workbook_is_valid_and_holds_numbers_and_dates_under_a_frozen_heading()
    {
        using var stream = new MemoryStream();
        await XlsxFile.WriteAsync(stream, [Table, Table with { Name = "other", NameZh = "其他" }], chinese: true, default);
        stream.Position = 0;
        using var document = SpreadsheetDocument.Open(stream, false);
        Assert.Empty(new OpenXmlValidator().Validate(document).Select(e => $"{e.Path?.XPath}: {e.Description}"));
        Assert.Equal(["东西", "其他"], document.WorkbookPart!.Workbook.Sheets!.Elements<Sheet>().Select(s => s.Name!.Value));

        var sheet = document.WorkbookPart.WorksheetParts.First().Worksheet;
        Assert.Equal("A3", sheet.Descendants<Pane>().Single().TopLeftCell!.Value);
        var rows = sheet.Descendants<Row>().ToList();
        Assert.Equal("as of position 7", rows[0].InnerText);
        Assert.Equal(["文本", "数量", "金额", "日期", "时间", "真", "无"], rows[1].Elements<Cell>().Select(c => c.InnerText));
        Assert.Equal(
            ["=1+1 \"、\n", "3", "-1234.56", "45981", "45981.39583333333", "1", ""],
            rows[2].Elements<Cell>().Select(c => c.InnerText)
        );
        Assert.Equal(
            [CellValues.InlineString, null, null, null, null, CellValues.Boolean, null],
            rows[2].Elements<Cell>().Select(c => c.DataType?.Value)
        );
    }

    [Fact]
    public async Task The_same_tables_give_the_same_bytes()
    {
        async Task<byte[]> BytesAsync()
        {
            using var stream = new MemoryStream();
            await XlsxFile.WriteAsync(stream, [Table], chinese: false, default);
            return stream.ToArray();
        }

        var first = await BytesAsync();
        Assert.Equal(first, await BytesAsync());

        // Two that are written within a moment would agree anyway: no part tells when it was written.
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(first));
        Assert.All(zip.Entries, e => Assert.Equal(new DateTime(1980, 1, 1), e.LastWriteTime.DateTime));
    }

    [Fact]
    public void Csv_is_marked_quoted_and_runs_no_formula()
    {
        using var stream = new MemoryStream();
        CsvFile.Write(stream, Table, chinese: false);
        Assert.Equal(
            "\uFEFFtext,count,yuan,date,moment,true,none\r\n\"'=1+1 \"\"、\n\",3,-1234.56,2025-11-20,2025-11-20 09:30:00,true,\r\n",
            System.Text.Encoding.UTF8.GetString(stream.ToArray())
        );
    }
}
