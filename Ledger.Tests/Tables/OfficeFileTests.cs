using System.Text;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Api.Operations;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Tests.Support;

namespace Ledger.Tests.Tables;

/// <summary>
/// Files as offices have them: what a sheet shows is what is read, a value is of the type that its cell or the mapping says, and what
/// cannot be read for certain is refused. Most of the files are those of offices that failed.
/// </summary>
public sealed class OfficeFileTests
{
    private const string Contract = "gaomidian-2025";
    private const string Heading = "工单编号,受理时间,承办单位,问题分类,办结时限,办结时间,是否解决,是否满意\n";

    [Fact]
    public async Task A_number_is_read_by_the_mappings_own_format_and_a_later_score_of_that_month_cancels_the_first()
    {
        await using var database = await ReadyAsync();
        Assert.Equal(1, (await ImportAsync(database, FileOf("m1.xlsx"), "score")).Recorded);
        Assert.Equal("2025-11", await ScalarAsync(database, "data ->> 'cycle'", "case_scored"));
        Assert.Equal(1, (await ImportAsync(database, FileOf("m2.xlsx"), "score2")).Recorded);
        await database.Ledger.AssessAsync(Contract, History.At("2026-01-28T00:00:00+08:00"));
        Assert.Empty(await database.Ledger.Read.DeductionsAsync(Contract, null, default));
    }

    [Fact]
    public async Task A_date_of_eight_digits_is_read_where_the_mapping_has_its_format()
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, FileOf("numdate.xlsx"), "numdate");
        Assert.Empty(report.Errors);
        Assert.Equal("2025-11-02T16:00:00Z", await ScalarAsync(database, "headers ->> 'time'", "case_received"));
    }

    [Fact]
    public async Task A_number_that_no_style_shows_as_a_date_is_none_unless_the_mapping_says_so()
    {
        await using var database = await ReadyAsync();
        var sheet = Workbook.Of(Workbook.Sheet(Row(1, Heading), Workbook.Row(2, [Workbook.Text("A1"), Workbook.Number("45964.5")])));
        Assert.Contains("expected a time such as", Faults(await ImportAsync(database, sheet, "tickets")), StringComparison.Ordinal);
        var report = await ImportAsync(database, sheet, Mapping("tickets") with { SerialDates = ["受理时间"] });
        Assert.Empty(report.Errors);
        Assert.Equal("2025-11-03T04:00:00Z", await ScalarAsync(database, "headers ->> 'time'", "case_received"));
    }

    [Fact]
    public async Task A_date_read_as_text_is_what_the_sheet_shows()
    {
        await using var database = await ReadyAsync();
        var cells = new[] { Workbook.Text("A1"), Workbook.Moment("45964.5"), Workbook.Date("45964"), Workbook.Truth(true) };
        Assert.Empty((await ImportAsync(database, Workbook.Of(Workbook.Sheet(Row(1, Heading), Workbook.Row(2, cells))), "tickets")).Errors);
        Assert.Equal("2025年11月3日", await ScalarAsync(database, "data ->> 'unit'", "case_dispatched"));
        Assert.Equal("TRUE", await ScalarAsync(database, "data ->> 'category'", "case_received"));
    }

    [Theory]
    [InlineData("A1,2025-11-03 09:12,,,2025-11-01 09:12,,,", "expected a time on or after the receipt")]
    [InlineData("A1,1999-12-31 09:12,,,,,,", "expected a year from 2000 to 2100, got 1999")]
    [InlineData("A1,2101-01-01 09:12,,,,,,", "expected a year from 2000 to 2100, got 2101")]
    public async Task What_is_not_plausible_beside_its_neighbours_is_refused(string row, string reason)
    {
        await using var database = await ReadyAsync();
        Assert.Contains(
            reason,
            Faults(await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + row + "\n"), "tickets")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("2024-10", true)]
    [InlineData("2024-09", false)]
    [InlineData("2026-12", true)]
    [InlineData("2027-01", false)]
    public async Task A_cycle_lies_within_thirteen_months_of_its_scoring(string cycle, bool taken)
    {
        await using var database = await ReadyAsync();
        var line =
            $$$"""{"specversion":"1.0","id":"s-1","source":"city","type":"case_scored","contract":"{{{Contract}}}","subject":"case/1","time":"2025-11-20T09:00:00+08:00","actor":"city","data":{"cycle":"{{{cycle}}}","score":90,"responded":true,"resolved":true,"satisfaction":"satisfied"}}""";
        var report = await Ledgers.ImportAsync(database.Ledger, line);
        Assert.Equal(taken ? "" : "$.data.cycle", string.Join(", ", report.Errors.SelectMany(e => e.Faults).Select(f => f.Path)));
    }

    [Fact]
    public async Task An_id_that_a_spreadsheet_has_rounded_is_refused_in_text_as_in_a_workbook()
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, FileOf("sci.csv"), "tickets");
        Assert.Equal((0L, 0L, 2L), (report.Recorded, report.Duplicates, report.Rejected));
        Assert.Contains("2.02511E+17 has more digits than a spreadsheet keeps", Faults(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'202511030001")]
    [InlineData("\"=\"\"202511030001\"\"\"")]
    [InlineData("\u00A0202511030001\u3000")]
    [InlineData("2025\u200B1103\uFEFF0001")]
    [InlineData("２０２５１１０３０００１")]
    public async Task An_id_is_what_is_seen_of_it(string written)
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(
            database,
            Encoding.UTF8.GetBytes(Heading + $"202511030001,2025-11-03 09:12,,,,,,\n{written},2025-11-03 09:12,,,,,,\n"),
            "tickets"
        );
        Assert.Equal((1L, 1L, 0L), (report.Recorded, report.Duplicates, report.Rejected));
    }

    [Theory]
    [InlineData("hh", "\"uuuu-MM-dd hh:mm\" fixes no moment: hh are hours of twelve")]
    [InlineData("mm", "\"uuuu-mm-dd\" fixes no moment: it has no month: MM are months, mm are minutes")]
    [InlineData("noyear", "\"M月d日 H:mm\" fixes no moment: it has no year")]
    [InlineData("ampm", "fixes no moment: hh are hours of twelve")]
    public void A_format_that_fixes_no_moment_is_refused_with_its_mapping(string mapping, string reason)
    {
        Assert.Null(ImportMapping.Read(FileOf(mapping + ".json"), out var faults));
        Assert.Contains(reason, string.Join("; ", faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uuuu/M/d tt h:mm", "2025/11/3 下午 3:30", "2025-11-03T07:30:00Z")]
    [InlineData("uuuu/M/d h:mm tt", "2025/11/3 12:05 AM", "2025-11-02T16:05:00Z")]
    [InlineData("uuuu年M月d日 HH'时'mm'分'", "2025年11月3日 15时30分", "2025-11-03T07:30:00Z")]
    [InlineData("uuuuMMdd HHmm", "20251103 1530", "2025-11-03T07:30:00Z")]
    public async Task A_format_with_the_half_of_the_day_or_hours_of_twenty_four_is_read(string format, string text, string time)
    {
        await using var database = await ReadyAsync();
        var mapping = Mapping("tickets") with { TimeFormats = [format] };
        Assert.Empty((await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + $"A1,{text},,,,,,\n"), mapping)).Errors);
        Assert.Equal(time, await ScalarAsync(database, "headers ->> 'time'", "case_received"));
    }

    [Theory]
    [InlineData("uuuu-MM HH:mm", "it has an hour and no day")]
    [InlineData("MM-dd HH:mm", "it has no year")]
    [InlineData("uuuu-MM-dd mm", "it has minutes and no hour")]
    public void Other_formats_that_fix_none_are_refused_too(string format, string reason)
    {
        var mapping = Encoding.UTF8.GetString(FileOf("hh.json")).Replace("uuuu-MM-dd hh:mm", format, StringComparison.Ordinal);
        Assert.Null(ImportMapping.Read(Encoding.UTF8.GetBytes(mapping), out var faults));
        Assert.Contains(reason, string.Join("; ", faults), StringComparison.Ordinal);
    }

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
        Assert.Equal((1L, 1L, null), (report.Recorded, report.Duplicates, report.LeftOut));
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

    [Fact]
    public async Task Title_rows_totals_blank_words_and_values_that_stand_once_are_the_mappings_to_name()
    {
        await using var database = await ReadyAsync();
        var mapping = Mapping("tickets") with
        {
            HeaderRow = 2,
            Skip = [new RowCondition("工单编号", In: ["合计"])],
            Blank = ["无", "-"],
            FillDown = ["承办单位"],
        };
        var file =
            "十一月工单,,,,,,,\n"
            + Heading
            + "A1,2025-11-03 09:12,城管科,-,无,,,\nA2,2025-11-03 10:12,,垃圾,,,,\n合　计,2,,,,,,\n合计,,,,,,,\n";
        var report = await ImportAsync(database, Encoding.UTF8.GetBytes(file.Replace("合　计", "合计", StringComparison.Ordinal)), mapping);
        Assert.Empty(report.Errors);
        Assert.Equal((4L, 2L), (report.Recorded, report.LeftOut!["rows that the mapping skips"]));
        Assert.Equal("城管科", await ScalarAsync(database, "data ->> 'unit'", "case_dispatched", "case/A2"));
        Assert.Equal("none", await ScalarAsync(database, "coalesce(data ->> 'category', 'none')", "case_received", "case/A1"));
    }

    [Fact]
    public async Task Events_in_each_spelling_of_their_standards_are_taken_and_what_is_dropped_is_named()
    {
        await using var database = await ReadyAsync();
        var report = await Ledgers.ImportAsync(database.Ledger, Encoding.UTF8.GetString(FileOf("ce.ndjson")));
        Assert.Empty(report.Errors);
        Assert.Equal((4L, 1L), (report.Recorded, report.LeftOut!["extension attribute traceparent"]));
        Assert.Equal(
            "2025-11-03T01:12:00.123Z",
            await database.ScalarAsync<string>("select headers ->> 'time' from ledger.mt_events where stream_id = 'case/3'")
        );
    }

    [Theory]
    [InlineData("\"datacontenttype\":\"Application/JSON\"", "")]
    [InlineData("\"datacontenttype\":\"application/json; charset=gbk\"", "$.datacontenttype")]
    [InlineData("\"datacontenttype\":\"text/json\"", "$.datacontenttype")]
    [InlineData("\"sequence\":7,\"sampled\":true", "")]
    [InlineData("\"expectedVersion\":3", "$.expectedVersion")]
    [InlineData("\"extra\":{\"a\":1}", "$.extra")]
    public void Media_types_have_parameters_and_events_extensions(string attribute, string fault) =>
        Assert.Equal(fault, FaultOf(attribute, "2025-11-03T09:12:00+08:00"));

    [Theory]
    [InlineData("2025-11-03 09:12:00+08:00", "")]
    [InlineData("2025-11-03T09:12:00.123456000000Z", "")]
    [InlineData("2025-11-03T09:12:00.1234561z", "$.time")]
    [InlineData("2025-11-03T09:12:00-00:00", "")]
    [InlineData("2025-11-03T09:12:00", "$.time")]
    public void Times_are_taken_as_RFC_3339_spells_them_and_no_finer_than_they_are_kept(string time, string fault) =>
        Assert.Equal(fault, FaultOf("\"sampled\":true", time));

    [Fact]
    public async Task A_year_from_the_29th_of_February_ends_on_the_28th()
    {
        var terms = Domain.Terms.TermsReader.Read(FileOf("leap.json"), out var faults);
        Assert.Empty(faults);
        await using var database = await TestDatabase.CreateAsync();
        Assert.True((await database.Ledger.SendAsync<Registration>(terms!.Id, new RegisterContract(terms, "test"))).Recorded);
    }

    private static string FaultOf(string attribute, string time)
    {
        var line =
            $$$"""{"specversion":"1.0","id":"e","source":"s","type":"case_closed","contract":"c","subject":"case/1","time":"{{{time}}}","actor":"a",{{{attribute}}},"data":{}}""";
        Domain.Events.EventReader.Read(Encoding.UTF8.GetBytes(line), null, out var faults);
        return string.Join(", ", faults.Select(f => f.Path));
    }

    private static string Row(int number, string csv) => Workbook.Row(number, csv.Trim().Split(',').Select(Workbook.Text));

    private static byte[] FileOf(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Tables", "files", name));

    private static ImportMapping Mapping(string name) =>
        ImportMapping.Read(FileOf(name + ".json"), out var faults) ?? throw new InvalidDataException(string.Join("; ", faults));

    private static string Faults(ImportReport report) => string.Join("; ", report.Errors.SelectMany(e => e.Faults));

    private static Task<string> ScalarAsync(TestDatabase database, string what, string type, string? stream = null) =>
        database.ScalarAsync<string>(
            $"select {what} from ledger.mt_events where type = '{type}'{(stream is null ? "" : $" and stream_id = '{stream}'")} limit 1"
        );

    private static async Task<TestDatabase> ReadyAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await Ledgers.RegisterAllAsync(database.Ledger);
        return database;
    }

    private static Task<ImportReport> ImportAsync(TestDatabase database, byte[] file, string mapping) =>
        ImportAsync(database, file, Mapping(mapping));

    private static async Task<ImportReport> ImportAsync(TestDatabase database, byte[] file, ImportMapping mapping)
    {
        using var stream = new MemoryStream(file);
        return await database.Ledger.Importer.ImportAsync(EventFile.OfTable(stream, mapping, Contract), new ImportOptions(), default);
    }
}
