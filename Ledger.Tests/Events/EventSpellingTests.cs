using System.Text;
using Ledger.Domain.Events;
using Ledger.Tests.Support;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Events;

/// <summary>Events in each spelling that CloudEvents 1.0 and RFC 3339 allow.</summary>
public sealed class EventSpellingTests
{
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
    [InlineData("\"timeprecision\":\"date\"", "")]
    [InlineData("\"timeprecision\":\"day\"", "$.timeprecision")]
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

    [Theory]
    [InlineData("e-1\u200B", "$.id")]
    [InlineData("\uFEFFe-1", "$.id")]
    [InlineData(" e-1", "$.id")]
    [InlineData("e-1\u00A0", "$.id")]
    [InlineData("e 1", "")]
    public void An_id_has_nothing_that_is_not_seen(string id, string fault)
    {
        var line =
            $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"s","type":"case_closed","contract":"c","subject":"case/1","time":"2025-11-03T09:12:00Z","actor":"a","data":{}}""";
        EventReader.Read(Encoding.UTF8.GetBytes(line), null, out var faults);
        Assert.Equal(fault, string.Join(", ", faults.Select(f => f.Path)));
    }

    private static string FaultOf(string attribute, string time)
    {
        var line =
            $$$"""{"specversion":"1.0","id":"e","source":"s","type":"case_closed","contract":"c","subject":"case/1","time":"{{{time}}}","actor":"a",{{{attribute}}},"data":{}}""";
        EventReader.Read(Encoding.UTF8.GetBytes(line), null, out var faults);
        return string.Join(", ", faults.Select(f => f.Path));
    }
}
