using System.Text;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Tables;

/// <summary>
/// Cells as offices have them: a value is of the type that its cell or the mapping says, and what cannot be read for certain is refused.
/// Most of the files are those of offices that failed.
/// </summary>
public sealed class OfficeFileTests
{
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
        var file = FileOf("numdate.xlsx");
        Assert.Contains("dateMeans", Faults(await ImportAsync(database, file, "numdate")), StringComparison.Ordinal);
        Assert.Empty((await ImportAsync(database, file, Mapping("numdate") with { DateMeans = DateMeans.StartOfDay })).Errors);
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

    [Theory]
    [InlineData("merge.xlsx")]
    [InlineData("sci.csv")]
    public async Task A_table_without_a_mapping_is_told_so_once(string file)
    {
        await using var database = await ReadyAsync();
        using var stream = new MemoryStream(FileOf(file));
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            database.Ledger.Importer.ImportAsync(EventFile.OfEvents(stream, Contract), new ImportOptions(), default)
        );
        Assert.Contains("--map", refused.Message, StringComparison.Ordinal);
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
        Assert.Equal(
            Enumerable.Repeat("the number 2.02511E+17 has more digits than a spreadsheet keeps", 2),
            report.Errors.SelectMany(e => e.Faults).Select(f => f.Problem.Split(':')[0])
        );
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
        Assert.Equal((1L, 0L, 1L, 0L), (report.Recorded, report.Duplicates, report.Repeated, report.Rejected));
    }

    [Fact]
    public async Task A_unit_is_one_however_it_is_typed_and_a_description_stays_as_it_is_written()
    {
        await using var database = await ReadyAsync();
        var rows = "A1,2025-11-03 09:12,环卫所(1),Ａ类：占道,,,,\nA2,2025-11-03 09:12,环卫\u200B所（１）\u3000,b,,,,\n";
        Assert.Empty((await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + rows), "tickets")).Errors);
        Assert.Equal(
            "环卫所(1)",
            await ScalarAsync(database, "(select string_agg(distinct data ->> 'unit', ';') from ledger.mt_events)", "case_dispatched")
        );
        Assert.Equal("Ａ类：占道", await ScalarAsync(database, "data ->> 'category'", "case_received", "case/A1"));
    }

    [Fact]
    public async Task One_cell_has_one_fault_however_many_events_read_it()
    {
        await using var database = await ReadyAsync();
        var file = Encoding.UTF8.GetBytes(Heading + ",2025-11-03 09:12,u1,,,2025-11-04 09:12,是,满意\n");
        var report = await ImportAsync(database, file, "tickets");
        Assert.Equal("column \"工单编号\": expected text, got nothing: what the row is about is named by it", Faults(report));
    }

    [Fact]
    public async Task What_a_time_should_look_like_is_shown_as_one_and_not_in_letters()
    {
        await using var database = await ReadyAsync();
        var file = Encoding.UTF8.GetBytes(Heading + "A1,昨天,,,,,,\n");
        Assert.Equal(
            "column \"受理时间\": expected a time such as 2025-11-03 09:12 or 2025/11/3 9:12:30 or 2025/11/3 9:12, or with an offset, got \"昨天\"",
            Faults(await ImportAsync(database, file, "tickets"))
        );
    }

    [Fact]
    public async Task Two_rows_that_claim_one_id_are_told_as_such_and_not_as_events_of_before()
    {
        await using var database = await ReadyAsync();
        var file = Encoding.UTF8.GetBytes(Heading + "A1,2025-11-03 09:12,,,,,,\nA1,2025-11-03 09:12,,,,,,\nA2,2025-11-03 09:12,,,,,,\n");
        var report = await ImportAsync(database, file, "tickets");
        Assert.Equal((2L, 0L, 1L), (report.Recorded, report.Duplicates, report.Repeated));
        report = await ImportAsync(database, file, "tickets");
        Assert.Equal((0L, 3L, null), (report.Recorded, report.Duplicates, report.Repeated));

        var contradicting = Encoding.UTF8.GetBytes(Heading + "A3,2025-11-03 09:12,,,,,,\nA3,2025-11-03 10:12,,,,,,\n");
        Assert.Contains(
            "an earlier line of this file has event A3-r too, and $.time is",
            Faults(await ImportAsync(database, contradicting, "tickets")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_due_date_is_met_by_the_end_of_its_day_and_any_other_date_is_no_time_until_the_mapping_says_which()
    {
        await using var database = await ReadyAsync();
        var file = FileOf("dateonly.csv");
        Assert.Contains(
            "\"dateMeans\": \"start_of_day\", \"end_of_day\" or, for an event's time, \"any\"",
            Faults(await ImportAsync(database, file, "tickets")),
            StringComparison.Ordinal
        );

        var report = await ImportAsync(database, file, Mapping("tickets") with { DateMeans = DateMeans.EndOfDay });
        Assert.Empty(report.Errors);
        Assert.Equal("2025-11-07T15:59:59.999999Z", await ScalarAsync(database, "data ->> 'dueAt'", "case_received", "case/S1"));
        Assert.Equal("2025-11-03T15:59:59.999999Z", await ScalarAsync(database, "headers ->> 'time'", "case_closed", "case/S2"));
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var findings = await database.Ledger.Findings.AtAsync(Contract, head, History.At("2026-01-28T00:00:00+08:00"), default);
        Assert.DoesNotContain(findings, f => f.Subject.StartsWith("case/S", StringComparison.Ordinal) && f.Rule is "handling" or "F11");
    }

    [Fact]
    public async Task A_closing_on_any_moment_of_its_day_is_kept_as_such_and_not_certainly_before_the_receipt()
    {
        await using var database = await ReadyAsync();
        var mapping = Mapping("tickets") with { DateMeans = DateMeans.Any };
        Assert.Empty((await ImportAsync(database, FileOf("dateonly.csv"), mapping)).Errors);
        Assert.Equal(4, (await ImportAsync(database, FileOf("dateonly.csv"), mapping)).Duplicates / 2);
        Assert.Equal("date", await ScalarAsync(database, "headers ->> 'timeprecision'", "case_closed", "case/S2"));
        Assert.Equal("none", await ScalarAsync(database, "coalesce(headers ->> 'timeprecision', 'none')", "case_closed", "case/S1"));
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var findings = await database.Ledger.Findings.AtAsync(Contract, head, History.At("2026-01-28T00:00:00+08:00"), default);
        var finding = Assert.Single(
            findings,
            f => f.Rule == "F11" && f.Subject == "case/S2" && f.Detail["what"] == "closed before received"
        );
        Assert.Equal((Certainty.Undecidable, "case_closed 2025-11-03"), (finding.Certainty, finding.Detail["first"]));
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
        using var bundle = await BundleFile.OfAsync(database, Contract);
        Assert.True((await bundle.VerifyAsync()).Ok);
    }

    [Theory]
    [InlineData("timePrecision", "\"minute\"", "minute", "2025-11-03T01:12:00Z")]
    [InlineData("timePrecision", "\"date\"", "date", "2025-11-03T01:12:00Z")]
    public async Task A_mapping_says_that_no_more_is_known_than_the_minute_or_the_date(
        string option,
        string value,
        string kept,
        string time
    )
    {
        await using var database = await ReadyAsync();
        var file = Encoding.UTF8.GetBytes(Heading + "A1,2025-11-03 09:12,,,,,,\n");
        Assert.Empty((await ImportAsync(database, file, With("tickets", option, value))).Errors);
        Assert.Equal((kept, time), (await TimeAsync(database, "timeprecision"), await TimeAsync(database, "time")));
    }

    [Theory]
    [InlineData("2025-11-02 01:30", "America/New_York", "repeated_hour", "2025-11-02T05:30:00Z")] // the clocks show it twice
    [InlineData("2025-11-02 02:00", "America/New_York", null, "2025-11-02T07:00:00Z")]
    [InlineData("2025-11-02 00:59", "America/New_York", null, "2025-11-02T04:59:00Z")]
    [InlineData("2025-04-06 01:45", "Australia/Lord_Howe", "repeated_hour", "2025-04-05T14:45:00Z")] // set back by half an hour
    public async Task An_hour_that_a_change_of_clocks_repeats_is_kept_as_such(string text, string zone, string? kept, string time)
    {
        await using var database = await ReadyAsync();
        var file = Encoding.UTF8.GetBytes(Heading + $"A1,{text},,,,,,\n");
        Assert.Empty((await ImportAsync(database, file, With("tickets", "timeZone", $"\"{zone}\""))).Errors);
        Assert.Equal((kept ?? "exact", time), (await TimeAsync(database, "timeprecision"), await TimeAsync(database, "time")));
    }

    [Theory]
    [InlineData("A1,2025-11-01 10:00,,,2025-11-02 01:30,,,", "twice")] // data holds one moment
    [InlineData("A1,2025-11-01,,,,,,", "kept as a day in China")]
    public async Task What_cannot_be_kept_as_what_it_may_be_is_refused(string row, string reason)
    {
        await using var database = await ReadyAsync();
        var mapping = With("tickets", "timeZone", "\"America/New_York\"") with { DateMeans = DateMeans.Any };
        Assert.Contains(
            reason,
            Faults(await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + row + "\n"), mapping)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("repeated_hour", "$.timePrecision")]
    [InlineData("second", "$.timePrecision")]
    public void A_precision_that_no_mapping_can_know_is_refused(string word, string path)
    {
        Assert.Null(ImportMapping.Read(Json("tickets", "timePrecision", $"\"{word}\""), out var faults));
        Assert.Equal(path, Assert.Single(faults).Path);
    }

    private static async Task<string> TimeAsync(TestDatabase database, string header) =>
        await ScalarAsync(database, $"coalesce(headers ->> '{header}', 'exact')", "case_received");

    [Theory]
    [InlineData("start_of_day", "2025-11-02T16:00:00Z")]
    [InlineData("end_of_day", "2025-11-03T15:59:59.999999Z")]
    public async Task A_day_in_a_sheet_is_the_moment_that_its_event_says(string means, string time)
    {
        await using var database = await ReadyAsync();
        var sheet = Workbook.Of(Workbook.Sheet(Row(1, Heading), Workbook.Row(2, [Workbook.Text("A1"), Workbook.Date("45964")])));
        var mapping = Mapping("tickets");
        Assert.True(Words<DateMeans>.TryParse(means, out var meant));
        var report = await ImportAsync(database, sheet, mapping with { Events = [mapping.Events[0] with { DateMeans = meant }] });
        Assert.Empty(report.Errors);
        Assert.Equal(time, await ScalarAsync(database, "headers ->> 'time'", "case_received"));
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
    [InlineData("uuuu年M月d日 tth:mm", "2025年11月3日 下午3:30", "2025-11-03T07:30:00Z")]
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
}
