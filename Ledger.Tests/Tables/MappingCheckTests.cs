using System.Text;
using Ledger.Api.Mapping;
using Ledger.Tests.Support;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Tables;

/// <summary>A mapping is held against the events that it makes when it is read: what no row could mend is told before any.</summary>
public sealed class MappingCheckTests
{
    [Theory]
    [InlineData("""{"unit":{"column":"u"},"extra":"x"}""", "$.events[0].data.extra: unknown property; expected one of unit, elements")]
    [InlineData("""{"unit":{"column":"u"}}""", "$.events[0].data.elements: missing")]
    [InlineData("""{"unit":{"column":"u"},"elements":"{n}"}""", "$.events[0].data.elements: a template gives text")]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n"}}""", "column \"n\" is read as text, which no Int32 is")]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n","as":"time"}}""", "column \"n\" is read as time")]
    [InlineData("""{"unit":{"column":"u","as":"number"},"elements":{"column":"n","as":"integer"}}""", "column \"u\" is read as number")]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n","map":"m"}}""", "$.valueMaps.m.many: ")]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n","map":"m"}}""", "which column \"n\" gives to $.events[0].data.elements")]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n","map":"other"}}""", "the mapping has no value map \"other\"")]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n","as":"integer","default":"five"}}""", "elements.default: ")]
    [InlineData("""{"unit":{"column":"u","is":"x"},"elements":3}""", "$.events[0].data.unit.is: unknown property")]
    [InlineData("""{"unit":7,"elements":3}""", "$.events[0].data.unit: ")]
    public void A_mapping_that_no_row_could_make_right_is_refused_with_the_place_and_the_reason(string data, string fault)
    {
        Assert.Null(ImportMapping.Read(Replied(data), out var faults));
        Assert.Contains(fault, string.Join("; ", faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subject", "\"case/{no\"", "$.events[0].subject: a brace is not closed, or not opened, in \"case/{no\"")]
    [InlineData("subject", "\"case/1\"", "$.events[0].subject: expected a column in braces: rows are about different things")]
    [InlineData("id", "\"fixed\"", "$.events[0].id: expected a column in braces")]
    [InlineData("id", "\"no}-r\"", "$.events[0].id: a brace is not closed")]
    [InlineData("timeFormats", "[\"uuuu-MM-dd HH:ss\"]", "it has an hour and no minutes")]
    [InlineData("timeFormats", "[\"uuuu-MM-dd HH\"]", "it has an hour and no minutes")]
    [InlineData("timeFormats", "[\"uuuu-MM-dd ss\"]", "it has seconds and no minutes")]
    [InlineData(
        "timeFormats",
        "[\"d/M/uuuu H:mm\",\"M/d/uuuu H:mm\"]",
        "$.timeFormats[1]: \"M/d/uuuu H:mm\" and \"d/M/uuuu H:mm\" read 11/3/2025 9:12"
    )]
    [InlineData("valueMaps", "{\"m\":{\"满意\":1,\"满意 \":2}}", "$.valueMaps.m.满意 : it is compared as \"满意\"")]
    [InlineData("valueMaps", "{\"m\":{\"1\":true,\"１\":false}}", "$.valueMaps.m.１: it is compared as \"1\"")]
    public void A_mapping_that_reads_two_things_as_one_or_one_as_two_is_refused(string property, string value, string fault)
    {
        var mapping = System.Text.Json.Nodes.JsonNode.Parse(
            """{"name":"n","source":"s","events":[{"type":"case_closed","id":"c-{no}","subject":"case/{no}","time":"t","actor":"a"}]}"""
        )!;
        var place = property is "id" or "subject" ? mapping["events"]![0]! : mapping;
        place[property] = System.Text.Json.Nodes.JsonNode.Parse(value);
        Assert.Null(ImportMapping.Read(Encoding.UTF8.GetBytes(mapping.ToJsonString()), out var faults));
        Assert.Contains(fault, string.Join("; ", faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapping_that_an_editor_on_Windows_saved_is_read() =>
        Assert.NotNull(
            ImportMapping.Read(
                [.. "\uFEFF"u8, .. File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "mappings", "generic-311.json"))],
                out _
            )
        );

    [Theory]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n","as":"integer"}}""")]
    [InlineData("""{"unit":"unit {u}","elements":5,"note":{"column":"t"}}""")]
    [InlineData("""{"unit":{"column":"u"},"elements":{"column":"n","as":"number","default":0}}""")]
    public void A_mapping_that_may_be_right_is_taken(string data)
    {
        Assert.NotNull(ImportMapping.Read(Replied(data), out var faults));
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("city-platform")]
    [InlineData("generic-311")]
    public void The_shipped_mappings_are_right(string name)
    {
        var file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "mappings", name + ".json"));
        Assert.NotNull(ImportMapping.Read(file, out var faults));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_text_that_the_value_map_does_not_know_is_refused_and_not_passed_over_by_a_condition()
    {
        await using var database = await ReadyAsync();
        var mapping = Satisfied("""[{"column":"s","in":["满意"]}]""");
        var report = await ImportAsync(database, Rows("1,满意\n2,很满意\n"), mapping);
        Assert.Equal("column \"s\": expected one of \"满意\", \"不满意\", got \"很满意\"", Faults(report));
        Assert.Equal(3, Assert.Single(report.Errors).Line);
    }

    [Fact]
    public async Task What_a_row_does_not_yield_is_counted_by_its_reason()
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, Rows("1,满意\n2,不满意\n3,\n4,\n"), Satisfied("""[{"column":"s","in":["满意"]}]"""));
        Assert.Empty(report.Errors);
        Assert.Equal(5, report.Recorded);
        Assert.Equal(
            ["case_followed_up where \"s\" is blank 2", "case_followed_up where \"s\" is none of those that count 1"],
            report.LeftOut!.Select(l => $"{l.Key} {l.Value}")
        );
    }

    [Fact]
    public async Task What_the_mapping_names_as_no_value_is_left_out_and_counted()
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(
            database,
            Rows("1,满意\n2,未评\n"),
            Satisfied("""[{"column":"s","notIn":["未评"]},{"column":"s"}]""")
        );
        Assert.Empty(report.Errors);
        Assert.Equal(1, report.LeftOut!["case_followed_up where \"s\" is none of those that count"]);
    }

    [Theory]
    [InlineData("2025-10-27 23:59", 1)] // the day before the first
    [InlineData("2025-10-28 00:00", 0)]
    [InlineData("2026-10-27 23:59", 0)]
    [InlineData("2026-10-28 00:00", 1)] // the day after the last
    public async Task Facts_on_no_day_of_the_term_are_told(string at, int outside)
    {
        await using var database = await ReadyAsync();
        var file = Encoding.UTF8.GetBytes($"no,at,s\n1,{at},\n2,2026-01-03 09:12,\n");
        var report = await ImportAsync(database, file, Satisfied("""[{"column":"s"}]"""));
        Assert.Equal((2, outside), (report.Recorded, report.OutsideTerm ?? 0));
    }

    [Fact]
    public async Task An_unknown_contract_is_told_once_however_many_lines_name_it()
    {
        await using var database = await ReadyAsync();
        var lines = Enumerable
            .Range(0, 50)
            .Select(i =>
                $$$"""{"specversion":"1.0","id":"{{{i}}}","source":"s","type":"case_closed","contract":"{{{(i < 40 ? "nowhere" : "elsewhere")}}}","subject":"case/1","time":"2025-11-03T09:12:00Z","actor":"a"}"""
            );
        var report = await Ledgers.ImportAsync(database.Ledger, string.Join('\n', lines));
        Assert.Equal(50, report.Rejected);
        Assert.Equal([1L, 41L], report.Errors.Select(e => e.Line));
    }

    private static byte[] Replied(string data) =>
        Encoding.UTF8.GetBytes(
            $$$"""{"name":"n","source":"s","valueMaps":{"m":{"few":1,"many":"lots"}},"events":[{"type":"case_replied","id":"{u}","subject":"case/{u}","time":"t","actor":"a","data":{{{data}}}}]}"""
        );

    private static ImportMapping Satisfied(string when) =>
        ImportMapping.Read(
            Encoding.UTF8.GetBytes(
                $$$"""
                {"name":"n","source":"s","timeFormats":["uuuu-MM-dd HH:mm"],"valueMaps":{"m":{"满意":"satisfied","不满意":"dissatisfied"}},
                 "events":[
                  {"type":"case_closed","id":"{no}-c","subject":"case/{no}","time":"at","actor":"a"},
                  {"type":"case_followed_up","id":"{no}-f","subject":"case/{no}","time":"at","actor":"a","when":{{{when}}},
                   "data":{"result":{"column":"s","map":"m"},"contacted":true,"resolved":true}}]}
                """
            ),
            out var faults
        ) ?? throw new InvalidDataException(string.Join("; ", faults));

    private static byte[] Rows(string rows) =>
        Encoding.UTF8.GetBytes(
            "no,at,s\n"
                + string.Join('\n', rows.Trim().Split('\n').Select(r => r.Replace(",", ",2025-11-03 09:12,", StringComparison.Ordinal)))
                + "\n"
        );
}
