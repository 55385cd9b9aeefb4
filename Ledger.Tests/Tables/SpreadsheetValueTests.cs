using System.Text;
using Ledger.Domain.Time;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Tables;

/// <summary>Values as spreadsheets save and show them.</summary>
public sealed class SpreadsheetValueTests
{
    [Theory]
    [InlineData("2.02511E17")]
    [InlineData("#########")]
    [InlineData("#N/A")]
    [InlineData("#REF!")]
    [InlineData("\"=HYPERLINK(\"\"x\"\",\"\"A1\"\")\"")]
    public async Task What_a_spreadsheet_saved_instead_of_a_value_is_no_id(string id)
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + $"{id},2025-11-03 09:12,,,,,,\n"), "tickets");
        Assert.Equal((0L, 1L), (report.Recorded, report.Rejected));
        Assert.Contains("spreadsheet", Faults(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#1 building")]
    [InlineData("##")]
    [InlineData("1E10")]
    [InlineData("=A1")]
    public async Task What_only_looks_like_it_is_one(string id)
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + $"{id},2025-11-03 09:12,,,,,,\n"), "tickets");
        Assert.Empty(report.Errors);
    }

    [Fact]
    public async Task A_number_is_the_text_that_the_sheet_shows_of_it()
    {
        await using var database = await ReadyAsync();
        var sheet = Workbook.Sheet(
            Row(1, Heading),
            Workbook.Row(2, [Workbook.Padded("1234"), Workbook.Moment("45964.5"), Workbook.Percent("0.5")])
        );
        Assert.Empty((await ImportAsync(database, Workbook.Of(sheet), "tickets")).Errors);
        Assert.Equal("50%", await ScalarAsync(database, "data ->> 'unit'", "case_dispatched", "case/001234"));
        var score = Workbook.Sheet(
            Row(1, "工单编号,时间,考核月,得分"),
            Workbook.Row(2, [Workbook.Text("A1"), Workbook.Moment("45964.5"), Workbook.Text("2025-11"), Workbook.Percent("0.9")])
        );
        Assert.Contains(
            "expected a number, got \"90%\"",
            Faults(await ImportAsync(database, Workbook.Of(score), "score")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Serial_dates_count_from_where_the_workbook_counts()
    {
        await using var database = await ReadyAsync();
        var sheet = Workbook.Sheet(Row(1, Heading), Workbook.Row(2, [Workbook.Text("A1"), Workbook.Number("44502.5")]));
        var mapping = Mapping("tickets") with { SerialDates = ["受理时间"] };
        Assert.Empty((await ImportAsync(database, Workbook.From1904(sheet), mapping)).Errors);
        Assert.Equal("2025-11-03T04:00:00Z", await ScalarAsync(database, "headers ->> 'time'", "case_received"));
    }

    [Fact]
    public async Task A_due_time_that_is_known_to_its_day_is_met_by_its_end()
    {
        await using var database = await ReadyAsync();
        var file = Encoding.UTF8.GetBytes(Heading + "A1,2025-11-03 00:00,,,2025-11-07 00:00,,,\n");
        Assert.Empty((await ImportAsync(database, file, Mapping("tickets") with { TimePrecision = TimePrecision.Date })).Errors);
        Assert.Equal("2025-11-07T15:59:59.999999Z", await ScalarAsync(database, "data ->> 'dueAt'", "case_received"));
    }

    [Fact]
    public async Task A_month_is_read_as_the_ledger_writes_it()
    {
        await using var database = await ReadyAsync();
        var mapping = Mapping("score") with { TimeFormats = ["uuuu-MM-dd HH:mm"] };
        var file = Encoding.UTF8.GetBytes("工单编号,时间,考核月,得分\nA1,2025-12-02 09:12,2025-11,90\n");
        Assert.Empty((await ImportAsync(database, file, mapping)).Errors);
        Assert.Equal("2025-11", await ScalarAsync(database, "data ->> 'cycle'", "case_scored"));
    }
}
