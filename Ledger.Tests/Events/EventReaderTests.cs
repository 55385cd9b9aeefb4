using System.Text;
using Ledger.Domain.Events;
using Ledger.Domain.Json;

namespace Ledger.Tests.Events;

public sealed class EventReaderTests
{
    private const string Good =
        """{"specversion":"1.0","id":"e-1","source":"s","type":"case_scored","contract":"gaomidian-2025","subject":"case/1","time":"2025-11-20T12:00:00+08:00","actor":"city","data":{"cycle":"2025-11","score":0.00,"responded":true,"resolved":false,"satisfaction":"dissatisfied"}}""";

    [Fact]
    public void A_good_event_is_read_whole()
    {
        var e = EventReader.Read(Encoding.UTF8.GetBytes(Good), null, out var faults);
        Assert.Empty(faults);
        Assert.Equal(new CaseScored(new NodaTime.YearMonth(2025, 11), 0, true, false, Satisfaction.Dissatisfied), e!.Data);
        Assert.Equal(
            """{"cycle":"2025-11","score":0,"responded":true,"resolved":false,"satisfaction":"dissatisfied"}""",
            Encoding.UTF8.GetString(LedgerJson.Write((CaseScored)e.Data))
        );
    }

    [Theory]
    [InlineData("\"specversion\":\"1.0\"", "\"specversion\":\"0.3\"", "$.specversion", "expected \"1.0\"")]
    [InlineData("\"id\":\"e-1\",", "", "$.id", "missing")]
    [InlineData("\"id\":\"e-1\"", "\"id\":17", "$.id", "expected a string")]
    [InlineData("\"id\":\"e-1\"", "\"id\":\"\"", "$.id", "1 to 256 characters")]
    [InlineData("\"id\":\"e-1\"", "\"id\":\"ledger:run-7\"", "$.id", "the ledger's own")]
    [InlineData("\"id\":\"e-1\"", "\"id\":\"a\\nb\"", "$.id", "without control characters")]
    [InlineData("\"id\":\"e-1\"", "\"id\":\"a\\u0000b\"", "$.id", "without NUL")]
    [InlineData("\"id\":\"e-1\"", "\"id\":\"a\\ud800b\"", "$.id", "lone surrogates")]
    [InlineData("\"id\":\"e-1\"", "\"id\":\"e-1\",\"id\":\"e-2\"", "$.id", "stands twice")]
    [InlineData("\"actor\":\"city\"", "\"actor\":\"city\",\"com_ment\":1", "$.com_ment", "unknown property")]
    [InlineData("+08:00", "", "$.time", "a time with an offset")]
    [InlineData("12:00:00+08:00", "12:00:00.1234567+08:00", "$.time", "at most microseconds")]
    [InlineData("2025-11-20T", "2025-11-31T", "$.time", "a time with an offset")]
    [InlineData("case_scored", "case_scord", "$.type", "unknown event type")]
    [InlineData("case/1", "rating/2025-11", "$.subject", "expected case/… for case_scored")]
    [InlineData("\"score\":0.00", "\"score\":\"0\"", "$.data.score", "expected a number")]
    [InlineData("\"score\":0.00", "\"score\":-0.01", "$.data.score", "from 0 to 100")]
    [InlineData("\"score\":0.00", "\"score\":100.01", "$.data.score", "from 0 to 100")]
    [InlineData("\"score\":0.00", "\"score\":1.001", "$.data.score", "at most two places")]
    [InlineData("\"score\":0.00", "\"score\":1e400", "$.data.score", "expected a number")]
    [InlineData("\"responded\":true", "\"responded\":1", "$.data.responded", "expected true or false")]
    [InlineData("\"responded\":true,", "", "$.data.responded", "missing; expected true or false")]
    [InlineData(
        "\"dissatisfied\"",
        "\"Dissatisfied\"",
        "$.data.satisfaction",
        "expected one of \"satisfied\", \"mostly_satisfied\", \"dissatisfied\""
    )]
    [InlineData("\"dissatisfied\"", "2", "$.data.satisfaction", "expected one of")]
    [InlineData("\"cycle\":\"2025-11\"", "\"cycle\":\"2025-13\"", "$.data.cycle", "a cycle such as")]
    [InlineData("\"resolved\":false", "\"resolved\":false,\"note\":\"x\"", "$.data.note", "unknown property; expected one of cycle, score")]
    public void A_fault_names_its_path_and_what_was_expected(string good, string bad, string path, string expected)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        var e = EventReader.Read(Encoding.UTF8.GetBytes(Good.Replace(good, bad, StringComparison.Ordinal)), null, out var faults);
        Assert.Null(e);
        Assert.Contains(faults, f => f.Path == path && f.Problem.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"score\":0.00", "\"score\":0.00,\"score\":5", "$.data.score", "stands twice")]
    [InlineData("\"score\":0.00", "\"sc\\ud800\":1", "$.data.?", "no valid text")]
    [InlineData("\"actor\":\"city\"", "\"actor\":\"city\",\"dataschema\":\"a\\u0000\"", "$.dataschema", "without NUL")]
    public void What_no_reader_could_take_is_named_inside_the_data_too(string good, string bad, string path, string expected) =>
        A_fault_names_its_path_and_what_was_expected(good, bad, path, expected);

    [Theory]
    [InlineData("deduction/", 512, true)]
    [InlineData("deduction/", 513, false)]
    [InlineData("case/", 256, true)]
    [InlineData("case/", 257, false)]
    public void The_subject_of_a_deduction_has_room_for_the_subject_that_it_names(string stream, int length, bool accepted)
    {
        var subject = stream + new string('x', length - stream.Length);
        var e =
            stream == "case/"
                ? Good.Replace("case/1", subject, StringComparison.Ordinal)
                : $$"""{"specversion":"1.0","id":"e-1","source":"s","type":"deduction_confirmed","contract":"c","subject":"{{subject}}","time":"2025-11-20T12:00:00Z","actor":"a"}""";
        Assert.Equal(accepted, EventReader.Read(Encoding.UTF8.GetBytes(e), null, out _) is not null);
    }

    [Fact]
    public void All_faults_of_an_event_are_named_at_once()
    {
        var bad = Good.Replace("\"score\":0.00", "\"score\":\"0\"", StringComparison.Ordinal)
            .Replace("\"resolved\":false", "\"resolved\":\"no\"", StringComparison.Ordinal);
        Assert.Null(EventReader.Read(Encoding.UTF8.GetBytes(bad), null, out var faults));
        Assert.Equal(["$.data.score", "$.data.resolved"], faults.Select(f => f.Path));
    }

    [Fact]
    public void Broken_JSON_and_broken_UTF8_are_refused_with_their_place()
    {
        Assert.Null(EventReader.Read("{\"specversion\":"u8, null, out var cut));
        Assert.Contains("no valid JSON", Assert.Single(cut).Problem, StringComparison.Ordinal);
        Assert.Null(EventReader.Read([.. "{\"id\":\""u8, 0xC3, 0x28, .. "\"}"u8], null, out var utf8));
        Assert.NotEmpty(utf8);
        Assert.Null(EventReader.Read("[]"u8, null, out var array));
        Assert.Contains("expected an object", Assert.Single(array).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void An_attribute_holds_256_characters_at_most(int length, bool accepted)
    {
        var e = EventReader.Read(
            Encoding.UTF8.GetBytes(Good.Replace("\"e-1\"", $"\"{new string('x', length)}\"", StringComparison.Ordinal)),
            null,
            out _
        );
        Assert.Equal(accepted, e is not null);
    }

    [Fact]
    public void An_urgent_case_carries_its_own_limit_and_a_caller_s_number_is_not_given_from_outside()
    {
        const string received =
            """{"specversion":"1.0","id":"e-1","source":"s","type":"case_received","contract":"c","subject":"case/1","time":"2025-11-20T12:00:00Z","actor":"a","data":{"platform":"city","channel":"phone","urgency":"urgent","caller":{"person":"p-1","name":""}}}""";
        Assert.Null(EventReader.Read(Encoding.UTF8.GetBytes(received), null, out var faults));
        Assert.Equal(["$.data.dispatchLimitMinutes", "$.data.caller.person", "$.data.caller.name"], faults.Select(f => f.Path));
    }

    [Fact]
    public void A_contract_given_from_outside_stands_in_and_refuses_another()
    {
        var without = Encoding.UTF8.GetBytes(Good.Replace("\"contract\":\"gaomidian-2025\",", "", StringComparison.Ordinal));
        Assert.Equal("gaomidian-2025", EventReader.Read(without, "gaomidian-2025", out _)!.Contract);
        Assert.Null(EventReader.Read(without, null, out _));
        Assert.Null(EventReader.Read(Encoding.UTF8.GetBytes(Good), "anding-2023", out var faults));
        Assert.Equal("$.contract", Assert.Single(faults).Path);
    }

    [Fact]
    public void What_is_written_is_read_back_as_the_same_event()
    {
        var year = Domain.Simulation.ServiceYear.Of(Support.Terms.Of("gaomidian-2025"), 7, 20);
        Assert.All(
            year,
            e =>
            {
                var back = EventReader.Read(EventWriter.Write(e), null, out var faults);
                Assert.Empty(faults);
                Assert.Equal(EventWriter.Write(e), EventWriter.Write(back!));
            }
        );
    }
}
