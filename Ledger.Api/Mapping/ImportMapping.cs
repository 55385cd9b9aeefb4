using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Api.Tables;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Api.Mapping;

/// <summary>
/// How the rows of a table (CSV or XLSX) become events; a JSON file, whose schema is docs/mappings/mapping.schema.json. A column is
/// named by its heading. Texts in braces are templates: <c>case/{工单编号}</c>.
/// </summary>
/// <param name="Name">What kind of file it reads.</param>
/// <param name="Source">The events' source; together with their ids it makes a second import recognise them.</param>
/// <param name="Events">What a row becomes; all of it or nothing.</param>
/// <param name="Contract">The contract; <c>--contract</c> goes before it.</param>
/// <param name="Encoding">utf-8 or gb18030 for CSV; left out, the file's own bytes tell.</param>
/// <param name="Delimiter">Between the fields of CSV.</param>
/// <param name="Sheet">The sheet of a workbook, hidden or not; left out, the only visible one.</param>
/// <param name="HiddenRows">Whether rows are read that the sheet hides; hidden columns are where the mapping names them.</param>
/// <param name="HeaderRow">Which row holds the headings, from 1.</param>
/// <param name="TimeZone">The zone of times without an offset (IANA). A time in an hour that its clocks show twice
/// is recorded as such (<c>timeprecision</c> <c>repeated_hour</c>).</param>
/// <param name="TimeFormats">Formats of times, dates and months (NodaTime's pattern letters), tried in order, also on a number's digits,
/// besides ISO 8601. Each fixes a year, a month, and an hour of twenty-four (HH) or of twelve with its half (hh tt).</param>
/// <param name="DateMeans">Where in its day a date without a time stands, where a moment is asked for; an event and a cell may say it for
/// themselves. A due time is the end of its day unless its cell says otherwise (Civil Code art. 203); any other such date is refused until
/// it is said. The event keeps that no more was known (<c>timeprecision</c> <c>date</c>), and rules judge by the whole day.</param>
/// <param name="TimePrecision">What of the times of events is known, where it is less than they show: <c>minute</c> or <c>date</c>; an
/// event may say it for itself.</param>
/// <param name="Coordinates">The system of the file's places, where it is not WGS 84: each <c>lat</c> with its <c>lon</c> is converted and
/// marked as such (<c>convertedFrom</c>). Of <c>bd09mc</c> they are the columns of y and x.</param>
/// <param name="SerialDates">Columns whose plain numbers are a spreadsheet's days since 1899-12-30; any other number is no date.</param>
/// <param name="Skip">A row for which one of these conditions holds is left out, and counted: a total under the table.</param>
/// <param name="Blank">Texts that mean no value, such as <c>-</c> and <c>无</c>.</param>
/// <param name="FillDown">Columns in which a blank cell has the value above it.</param>
/// <param name="ValueMaps">Translations by name: from a cell's text to a value.</param>
/// <param name="PersonalData">Columns that name or reach a person: they can stand in the caller of <c>case_received</c>, whose values are
/// stored apart, and nowhere else.</param>
public sealed record ImportMapping(
    string Name,
    string Source,
    IReadOnlyList<MappedEvent> Events,
    string? Contract = null,
    string? Encoding = null,
    string Delimiter = ",",
    string? Sheet = null,
    bool HiddenRows = false,
    int HeaderRow = 1,
    string TimeZone = "Asia/Shanghai",
    IReadOnlyList<string>? TimeFormats = null,
    DateMeans? DateMeans = null,
    TimePrecision? TimePrecision = null,
    CoordinateSystem? Coordinates = null,
    IReadOnlyList<string>? SerialDates = null,
    IReadOnlyList<RowCondition>? Skip = null,
    IReadOnlyList<string>? Blank = null,
    IReadOnlyList<string>? FillDown = null,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>? ValueMaps = null,
    IReadOnlyList<string>? PersonalData = null
)
{
    /// <summary>The schema's own title.</summary>
    public const string SchemaTitle = "Mapping of a table's rows to events";

    /// <summary>The mapping in a file's bytes; null, with every fault and its JSON path, where it is none.</summary>
    public static ImportMapping? Read(byte[] utf8, out IReadOnlyList<Fault> faults)
    {
        if (StrictJson.ReadFile<ImportMapping>(utf8, SchemaTitle, out faults) is not { } mapping)
        {
            return null;
        }

        faults = [.. mapping.Faults(), .. MappingCheck.Of(mapping)];
        return faults.Count == 0 ? mapping : null;
    }

    /// <summary>The types of which a changed row yields another event.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Refreshed =>
        [.. Events.Where(e => e.Id.Contains("{digest}", StringComparison.Ordinal)).Select(e => e.Type).Distinct()];

    private IEnumerable<Fault> Faults()
    {
        if (Events.Count == 0)
        {
            yield return new Fault("$.events", "expected at least one event that a row becomes");
        }

        if (Encoding is not null && !TableEncoding.Names.Contains(Encoding))
        {
            yield return new Fault("$.encoding", $"expected {string.Join(" or ", TableEncoding.Names)}, got \"{Encoding}\"");
        }

        if (Delimiter.Length != 1 || Delimiter is "\"" or "\r" or "\n")
        {
            yield return new Fault("$.delimiter", "expected one character that is neither a quotation mark nor a line break");
        }

        if (HeaderRow < 1)
        {
            yield return new Fault("$.headerRow", $"expected 1 or more, got {HeaderRow}");
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone) is null)
        {
            yield return new Fault("$.timeZone", $"expected an IANA time zone such as Asia/Shanghai, got \"{TimeZone}\"");
        }

        for (var i = 0; i < TimeFormats?.Count; i++)
        {
            if (TimeFormat.Parse(TimeFormats[i], out var problem) is null)
            {
                yield return new Fault($"$.timeFormats[{i}]", $"\"{TimeFormats[i]}\" fixes no moment: {problem}");
            }
        }

        if (TimePrecision == Ledger.Domain.Time.TimePrecision.RepeatedHour)
        {
            yield return Repeated("$");
        }

        for (var i = 0; i < Events.Count; i++)
        {
            if (EventCatalogue.Find(Events[i].Type) is not { Class: not EventClass.Derived })
            {
                yield return new Fault($"$.events[{i}].type", $"expected the type of a fact or a decision, got \"{Events[i].Type}\"");
            }

            if (Events[i].TimePrecision == Ledger.Domain.Time.TimePrecision.RepeatedHour)
            {
                yield return Repeated($"$.events[{i}]");
            }
        }
    }

    private static Fault Repeated(string path) =>
        new(path + ".timePrecision", "expected \"minute\" or \"date\": which hour is repeated follows from the zone");
}

/// <summary>One event that a row becomes.</summary>
/// <param name="Type">The event's type.</param>
/// <param name="Id">Template of its id. <c>{digest}</c> stands for a digest of what the event says: in an export that comes again, a row
/// that did not change yields the event that is on record, a changed one a new event of the same type.</param>
/// <param name="Subject">Template of its subject.</param>
/// <param name="Time">The column with the time at which it happened.</param>
/// <param name="Actor">Template of who did it.</param>
/// <param name="DateMeans">What a date without a time means in <paramref name="Time"/>.</param>
/// <param name="TimePrecision">What of its time is known, where it is less than the cell shows.</param>
/// <param name="When">Conditions, all of which must hold; the time's column must hold something in any case.</param>
/// <param name="Data">
/// The event's data: objects and lists as they are, texts as templates, and <c>{"column": …, "as":
/// text|number|integer|boolean|time|date|month, "map": …, "default": …}</c> for one typed cell. A blank cell without a default leaves its
/// property out, and an object of which nothing is left, too.
/// </param>
public sealed record MappedEvent(
    string Type,
    string Id,
    string Subject,
    string Time,
    string Actor,
    IReadOnlyList<RowCondition>? When = null,
    JsonElement? Data = null,
    DateMeans? DateMeans = null,
    TimePrecision? TimePrecision = null
);

/// <summary>Where in its day a date without a time stands.</summary>
public enum DateMeans
{
    /// <summary>Its first.</summary>
    StartOfDay,

    /// <summary>Its last microsecond.</summary>
    EndOfDay,

    /// <summary>No certain one; it is recorded at its first. For the times of events alone.</summary>
    Any,
}

/// <summary>A condition on a column: not blank, or blank, or one of some texts, or none of them.</summary>
public sealed record RowCondition(string Column, bool? Blank = null, IReadOnlyList<string>? In = null, IReadOnlyList<string>? NotIn = null)
{
    /// <summary>Whether a cell meets it.</summary>
    public bool Holds(string text) =>
        In is not null ? In.Contains(text)
        : NotIn is not null ? !NotIn.Contains(text)
        : text.Length == 0 == (Blank ?? false);
}

/// <summary>As what type a cell is read.</summary>
public enum CellType
{
    /// <summary>Text without the space around it.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>true/false, 1/0, yes/no, 是/否.</summary>
    Boolean,

    /// <summary>A moment.</summary>
    Time,

    /// <summary>A date.</summary>
    Date,

    /// <summary>The month of a date.</summary>
    Month,
}

/// <summary>A typed cell in an event's data.</summary>
/// <param name="Column">Its column.</param>
/// <param name="As">Its type.</param>
/// <param name="Map">The value map that translates it; a text that the map lacks is a fault.</param>
/// <param name="Default">The value where it is blank.</param>
/// <param name="DateMeans">What a date without a time means, where a time is asked for.</param>
/// <param name="Plus">A limit that runs from the cell's time: the value is when it ends.</param>
public sealed record MappedCell(
    string Column,
    CellType As = CellType.Text,
    string? Map = null,
    JsonElement? Default = null,
    DateMeans? DateMeans = null,
    AddedTime? Plus = null
);
