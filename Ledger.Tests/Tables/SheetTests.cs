using Ledger.Domain.Errors;
using Ledger.Tests.Support;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Tables;

/// <summary>Workbooks as other programs write them: what the sheet shows is what is read.</summary>
public sealed class SheetTests
{
    [Fact]
    public async Task What_a_merged_range_shows_stands_in_each_of_its_rows()
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, FileOf("merge.xlsx"), "tickets");
        Assert.Equal((12L, 0L), (report.Recorded, report.Rejected));
    }

    [Fact]
    public async Task And_in_each_of_its_columns()
    {
        await using var database = await ReadyAsync();
        var rows =
            $"<sheetData>{Row(1, Heading)}{Workbook.Row(2, [Workbook.Text("A1"), Workbook.Moment("45964.5"), Workbook.Text("城管科")])}</sheetData>";
        var sheet = Workbook.Worksheet(rows + "<mergeCells><mergeCell ref=\"C2:D2\"/></mergeCells>");
        Assert.Empty((await ImportAsync(database, Workbook.Of(sheet), "tickets")).Errors);
        Assert.Equal("城管科", await ScalarAsync(database, "data ->> 'category'", "case_received"));
    }

    [Theory]
    [InlineData("xl/worksheets/sheet1.xml", "xl/worksheets/Sheet1.xml")]
    [InlineData("xl/worksheets/sheet1.xml", "xl/WorkSheets/SHEET1.XML")]
    [InlineData("xl/styles.xml", "xl/Styles.xml")]
    public async Task A_part_is_found_however_its_name_is_cased(string path, string spelled)
    {
        await using var database = await ReadyAsync();
        var sheet = Workbook.Sheet(Row(1, Heading), Workbook.Row(2, [Workbook.Text("A1"), Workbook.Moment("45964.5")]));
        Assert.Empty((await ImportAsync(database, Workbook.Renamed(sheet, path, spelled), "tickets")).Errors);
        Assert.Equal("2025-11-03T04:00:00Z", await ScalarAsync(database, "headers ->> 'time'", "case_received"));
    }

    [Fact]
    public async Task A_hidden_row_is_left_out_and_counted_unless_the_mapping_asks_for_it()
    {
        await using var database = await ReadyAsync();
        var sheet = Workbook.Of(
            Workbook.Sheet(
                Row(1, Heading),
                Workbook.Row(2, [Workbook.Text("A1"), Workbook.Moment("45964.5")]),
                Workbook.HiddenRow(3, [Workbook.Text("A2"), Workbook.Moment("45964.5")])
            )
        );
        var report = await ImportAsync(database, sheet, "tickets");
        Assert.Equal((1L, 1L), (report.Recorded, report.LeftOut!["hidden rows"]));
        report = await ImportAsync(database, sheet, Mapping("tickets") with { HiddenRows = true });
        Assert.Equal((1L, 1L), (report.Recorded, report.Duplicates));
        Assert.DoesNotContain("hidden rows", report.LeftOut!.Keys);
    }

    [Fact]
    public async Task A_hidden_column_is_read_where_no_visible_one_has_its_heading()
    {
        await using var database = await ReadyAsync();
        var heading = Workbook.Row(1, Heading.Trim().Split(',').Append("承办单位").Select(Workbook.Text));
        var row = Workbook.Row(
            2,
            [
                Workbook.Text("A1"),
                Workbook.Moment("45964.5"),
                Workbook.Text("hidden"),
                Workbook.Text("hidden too"),
                .. Enumerable.Repeat(Workbook.Text(""), 4),
                Workbook.Text("shown"),
            ]
        );
        var sheet = Workbook.Worksheet($"<cols><col min=\"3\" max=\"4\" hidden=\"1\"/></cols><sheetData>{heading}{row}</sheetData>");
        Assert.Empty((await ImportAsync(database, Workbook.Of(sheet), "tickets")).Errors);
        Assert.Equal("shown", await ScalarAsync(database, "data ->> 'unit'", "case_dispatched"));
        Assert.Equal("hidden too", await ScalarAsync(database, "data ->> 'category'", "case_received"));
    }

    [Fact]
    public async Task The_sheet_is_the_only_visible_one_or_the_one_that_is_named()
    {
        await using var database = await ReadyAsync();
        string Sheet(string id) => Workbook.Sheet(Row(1, Heading), Workbook.Row(2, [Workbook.Text(id), Workbook.Moment("45964.5")]));
        var hidden = Workbook.Of((("Old", "hidden"), Sheet("old")), (("Now", ""), Sheet("now")));
        await ImportAsync(database, hidden, "tickets");
        Assert.Equal("case/now", await ScalarAsync(database, "stream_id", "case_received"));
        Assert.Equal(1, (await ImportAsync(database, hidden, Mapping("tickets") with { Sheet = "Old" })).Recorded);

        var two = Workbook.Of((("One", ""), Sheet("1")), (("Two", ""), Sheet("2")));
        var refused = await Assert.ThrowsAsync<LedgerException>(() => ImportAsync(database, two, "tickets"));
        Assert.Contains("2 visible sheets: it has \"One\", \"Two\"; name the one", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x000d.xlsx")]
    [InlineData("x000d_map.xlsx")]
    public async Task A_character_that_a_workbook_escapes_is_what_it_stands_for(string file)
    {
        await using var database = await ReadyAsync();
        Assert.Empty((await ImportAsync(database, FileOf(file), "tickets")).Errors);
        Assert.Equal(
            "城管科",
            await database.ScalarAsync<string>(
                "select string_agg(distinct data ->> 'unit', ',') from ledger.mt_events where type = 'case_dispatched'"
            )
        );
    }

    [Fact]
    public async Task An_escaped_underscore_begins_no_escape()
    {
        await using var database = await ReadyAsync();
        var cells = new[] { Workbook.Text("A1"), Workbook.Moment("45964.5"), Workbook.Text("a_x005F_x0041_"), Workbook.Text("b_x0041_") };
        Assert.Empty((await ImportAsync(database, Workbook.Of(Workbook.Sheet(Row(1, Heading), Workbook.Row(2, cells))), "tickets")).Errors);
        Assert.Equal("a_x0041_", await ScalarAsync(database, "data ->> 'unit'", "case_dispatched"));
        Assert.Equal("bA", await ScalarAsync(database, "data ->> 'category'", "case_received"));
    }

    [Theory]
    [InlineData("sstcase.xlsx")]
    [InlineData("sst_elsewhere.xlsx")]
    [InlineData("wb2.xlsx")]
    [InlineData("strict.xlsx")]
    [InlineData("isodate.xlsx")]
    public async Task A_workbooks_parts_are_found_by_their_relationships_and_in_the_strict_form(string file)
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, FileOf(file), "tickets");
        Assert.Empty(report.Errors);
        Assert.Equal(4, report.Recorded);
    }
}
