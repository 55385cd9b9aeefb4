using System.Text;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Domain.Time;
using Ledger.Tests.Support;
using NodaTime;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Tables;

/// <summary>
/// Due times that a file does not hold but that follow from a limit in hours, days or working days: hours from the moment, days to the end
/// of the last (Civil Code art. 201 to 203), working days by the calendar of the ledger.
/// </summary>
public sealed class LimitTimeTests
{
    [Theory]
    [InlineData("hours", "24", "2025-11-03 09:12:00", "2025-11-04T01:12:00Z")]
    [InlineData("hours", "0.5", "2025-11-03 09:12:00", "2025-11-03T01:42:00Z")]
    [InlineData("hours", "0", "2025-11-03 09:12:00", "2025-11-03T01:12:00Z")]
    [InlineData("days", "1", "2025-11-03 09:12:00", "2025-11-04T15:59:59.999999Z")]
    [InlineData("days", "1", "2025-11-03", "2025-11-04T15:59:59.999999Z")] // the day is counted from whichever of its moments
    [InlineData("days", "5", "2025-11-03 23:59:59", "2025-11-10T15:59:59.999999Z")] // the 8th is a Saturday: the Monday after
    [InlineData("working_days", "5", "2025-11-03 09:12:00", "2025-11-10T15:59:59.999999Z")]
    [InlineData("working_days", "1", "2025-11-07 00:00:00", "2025-11-10T15:59:59.999999Z")]
    [InlineData("working_days", "1", "2025-09-27 08:00:00", "2025-09-28T15:59:59.999999Z")] // a Sunday on which offices work
    [InlineData("working_days", "3", "2025-09-29 08:00:00", "2025-10-10T15:59:59.999999Z")] // over the eight days of October
    public async Task A_due_time_follows_from_a_limit(string unit, string number, string received, string due)
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, $"{received},{number}", Mapped(unit));
        Assert.Empty(report.Errors);
        Assert.Equal(due, await ScalarAsync(database, "data ->> 'dueAt'", "case_received"));
    }

    [Fact]
    public async Task A_limit_may_be_one_number_for_all_or_a_text_of_a_value_map()
    {
        await using var database = await ReadyAsync();
        var fixedDays = Mapped("working_days", "\"number\":5");
        Assert.Empty((await ImportAsync(database, "2025-11-03 09:12:00,", fixedDays)).Errors);
        Assert.Equal("2025-11-10T15:59:59.999999Z", await ScalarAsync(database, "data ->> 'dueAt'", "case_received", "case/7"));

        var named = Mapped("hours", "\"column\":\"limit\",\"map\":\"limits\"");
        Assert.Empty((await ImportAsync(database, "2025-11-03 09:12:00,紧急", named, "2")).Errors);
        Assert.Equal("2025-11-03T03:12:00Z", await DueAsync(database, "2"));
        Assert.Equal(
            "column \"limit\": expected one of \"紧急\", \"一般\", got \"特急\"",
            Faults(await ImportAsync(database, "2025-11-03 09:12:00,特急", named, "3"))
        );
    }

    [Fact]
    public async Task A_blank_limit_leaves_the_due_time_out_or_is_the_number_that_the_mapping_gives()
    {
        await using var database = await ReadyAsync();
        Assert.Empty((await ImportAsync(database, "2025-11-03 09:12:00,", Mapped("hours"))).Errors);
        Assert.Equal("none", await DueAsync(database, "7"));
        var mapping = Mapped("hours", "\"column\":\"limit\",\"number\":2");
        Assert.Empty((await ImportAsync(database, "2025-11-03 09:12:00,", mapping, "8")).Errors);
        Assert.Equal("2025-11-03T03:12:00Z", await DueAsync(database, "8"));
    }

    [Theory]
    [InlineData("hours", "87840", null)]
    [InlineData("hours", "87840.1", "column \"limit\": expected a number of hours from 0 to 87840, got \"87840.1\"")]
    [InlineData("hours", "-1", "column \"limit\": expected a number of hours from 0 to 87840, got \"-1\"")]
    [InlineData("hours", "two", "column \"limit\": expected a number of hours from 0 to 87840, got \"two\"")]
    [InlineData("days", "2.5", "column \"limit\": expected a whole number of days from 0 to 3660, got \"2.5\"")]
    [InlineData("days", "3661", "column \"limit\": expected a whole number of days from 0 to 3660, got \"3661\"")]
    [InlineData("working_days", "5个", "column \"limit\": expected a whole number of working days from 0 to 3660, got \"5个\"")]
    public async Task A_limit_that_is_none_is_refused(string unit, string number, string? fault)
    {
        await using var database = await ReadyAsync();
        Assert.Equal(fault ?? "", Faults(await ImportAsync(database, $"2025-11-03 09:12:00,{number}", Mapped(unit))));
    }

    [Fact]
    public async Task Hours_from_a_day_without_a_time_end_at_no_certain_moment_and_are_refused()
    {
        await using var database = await ReadyAsync();
        const string expected = "hours run from a certain time of the day: expected one, or a limit in days";
        foreach (var options in new[] { "", "\"dateMeans\":\"start_of_day\",", "\"dateMeans\":\"end_of_day\"," })
        {
            var mapping = Mapped("hours", "\"column\":\"limit\"", options);
            Assert.Contains(expected, Faults(await ImportAsync(database, "2025-11-03,24", mapping)), StringComparison.Ordinal);
        }

        var coarse = Mapped("hours", "\"column\":\"limit\"", "\"timePrecision\":\"date\",");
        Assert.Contains(expected, Faults(await ImportAsync(database, "2025-11-03 00:00:00,24", coarse)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_that_ends_in_a_year_without_announced_holidays_is_refused_until_the_calendar_is_recorded()
    {
        await using var database = await ReadyAsync();
        var faults = Faults(await ImportAsync(database, "2021-12-31 09:00:00,3", Mapped("working_days")));
        Assert.Contains("3 working days from 2021-12-31 are not: record the calendar", faults, StringComparison.Ordinal);
        var calendar = WorkingDays.Of([2021, 2022], [new LocalDate(2022, 1, 3)], []);
        Assert.Empty((await ImportAsync(database, "2021-12-31 09:00:00,3", Mapped("working_days"), calendar: calendar)).Errors);
        Assert.Equal("2022-01-06T15:59:59.999999Z", await DueAsync(database, "7"));
    }

    [Theory]
    [InlineData(
        """{"column":"received","as":"time","plus":{"unit":"hours"}}""",
        "plus: expected how many in \"number\", or in a \"column\""
    )]
    [InlineData(
        """{"column":"received","plus":{"unit":"hours","number":1}}""",
        "dueAt: a limit runs from a time: expected \"as\": \"time\""
    )]
    [InlineData(
        """{"column":"received","as":"time","plus":{"unit":"days","number":1.5}}""",
        "plus.number: expected a whole number of days"
    )]
    [InlineData("""{"column":"received","as":"time","plus":{"unit":"weeks","number":1}}""", "plus.unit")]
    [InlineData(
        """{"column":"received","as":"time","plus":{"unit":"hours","number":1,"map":"limits"}}""",
        "plus.map: expected a \"column\""
    )]
    [InlineData("""{"column":"received","as":"time","plus":{"unit":"hours","column":"limit","map":"no"}}""", "no value map \"no\"")]
    [InlineData(
        """{"column":"received","as":"time","plus":{"unit":"days","column":"limit","map":"limits"}}""",
        "$.valueMaps.limits.一般: expected a whole number of days"
    )]
    public void A_mapping_with_a_limit_that_is_none_is_refused(string due, string fault)
    {
        Assert.Null(ImportMapping.Read(Json(due), out var faults));
        Assert.Contains(fault, string.Join("; ", faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_moment_is_when_a_limit_ends()
    {
        var category =
            """{"column":"received","as":"time","plus":{"unit":"hours","number":1}},"category":{"column":"received","as":"time","plus":{"unit":"hours","number":1}}""";
        Assert.Null(ImportMapping.Read(Json(category), out var faults));
        Assert.Contains("category.plus: a limit ends at a moment", string.Join("; ", faults), StringComparison.Ordinal);
    }

    private static byte[] Json(string due, string options = "") =>
        Encoding.UTF8.GetBytes(
            $$$"""
            {"name":"limits","source":"s",{{{options}}} "valueMaps":{"limits":{"紧急":2,"一般":24.5}},
            "events":[{"type":"case_received","id":"r-{no}","subject":"case/{no}","time":"received","dateMeans":"any","actor":"a",
            "data":{"platform":"city","channel":"phone","urgency":"routine","dueAt":{{{due}}} }}]}
            """
        );

    private static ImportMapping Mapped(string unit, string limit = "\"column\":\"limit\"", string options = "") =>
        ImportMapping.Read(
            Json($$$"""{"column":"received","as":"time","plus":{"unit":"{{{unit}}}",{{{limit}}} } }""", options),
            out var faults
        ) ?? throw new InvalidDataException(string.Join("; ", faults));

    private static async Task<ImportReport> ImportAsync(
        TestDatabase database,
        string row,
        ImportMapping mapping,
        string number = "7",
        WorkingDays? calendar = null
    )
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($"no,received,limit\n{number},{row}\n"));
        return await database.Ledger.Importer.ImportAsync(
            EventFile.OfTable(stream, mapping, Contract, calendar ?? WorkingDays.Shipped),
            new ImportOptions(),
            default
        );
    }

    private static Task<string> DueAsync(TestDatabase database, string number) =>
        ScalarAsync(database, "coalesce(data ->> 'dueAt', 'none')", "case_received", $"case/{number}");
}
