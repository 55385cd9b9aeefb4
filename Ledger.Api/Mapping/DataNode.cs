using System.Globalization;
using System.Text.Json;
using Ledger.Api.Tables;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;

namespace Ledger.Api.Mapping;

/// <summary>
/// The data part of a mapping as a tree that is written row by row: objects, lists, constants, templates and typed cells.
/// </summary>
internal sealed partial class RowMapper
{
    private const string ConvertedFrom = "convertedFrom";

    // The properties by which things are told apart and counted; any other text stays as it is written.
    private static readonly HashSet<string> Codes =
    [
        "unit",
        "grid",
        "patroller",
        "round",
        "point",
        "person",
        "approvedBy",
        "number",
        "case",
    ];

    private abstract record DataNode(IReadOnlyList<string> Columns);

    private sealed record ObjectNode(IReadOnlyList<(string Name, DataNode Value)> Properties)
        : DataNode([.. Properties.SelectMany(p => p.Value.Columns)])
    {
        private DataNode? Of(string name) => Properties.FirstOrDefault(p => p.Name == name).Value;

        /// <summary>The cells of a place that is to be converted to WGS 84; null where it is none.</summary>
        public (MappedCell Lat, MappedCell Lon)? Place =>
            (Of("lat"), Of("lon"), Of(ConvertedFrom)) is (CellNode { Map: null } lat, CellNode { Map: null } lon, null)
                ? (lat.Cell, lon.Cell)
                : null;
    }

    private sealed record ListNode(IReadOnlyList<DataNode> Items) : DataNode([.. Items.SelectMany(i => i.Columns)]);

    private sealed record ConstantNode(JsonElement Value) : DataNode([]);

    private sealed record TextNode(Template Template) : DataNode([.. Template.Columns])
    {
        public bool IsCode { get; init; }
    }

    private sealed record CellNode(
        MappedCell Cell,
        IReadOnlyDictionary<string, JsonElement>? Map,
        IReadOnlyDictionary<string, JsonElement>? PlusMap
    ) : DataNode(Cell.Plus?.Column is { } added ? [Cell.Column, added] : [Cell.Column])
    {
        /// <summary>What a date without a time means in it.</summary>
        public DateMeans? DateMeans { get; init; } = Cell.DateMeans;

        /// <summary>With what precision times of its event are known, where that is less than they show.</summary>
        public TimePrecision? Known { get; init; }

        public bool IsCode { get; init; }
    }

    private DataNode Node(JsonElement element, TimePrecision? known)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.TryGetProperty("column", out _):
                var cell = element.Deserialize<MappedCell>(LedgerJson.Options)!;
                return new CellNode(cell, MapOf(cell.Map), MapOf(cell.Plus?.Map)) { Known = known };
            case JsonValueKind.Object:
                return new ObjectNode([.. element.EnumerateObject().Select(p => (p.Name, Property(p, known)))]);
            case JsonValueKind.Array:
                return new ListNode([.. element.EnumerateArray().Select(e => Node(e, known))]);
            case JsonValueKind.String:
                return new TextNode(Template.Parse(element.GetString()!));
            default:
                return new ConstantNode(element.Clone());
        }
    }

    private Dictionary<string, JsonElement>? MapOf(string? name) =>
        name is null
            ? null
            : mapping.ValueMaps![name].DistinctBy(m => CellText.Key(m.Key)).ToDictionary(m => CellText.Key(m.Key), m => m.Value);

    /// <summary>What is due on a day is due by its end, and codes are one however they are typed.</summary>
    private DataNode Property(JsonProperty property, TimePrecision? known) =>
        Node(property.Value, known) switch
        {
            CellNode { DateMeans: null, Cell.Plus: null } due when property.Name == "dueAt" => due with { DateMeans = DateMeans.EndOfDay },
            CellNode cell when Codes.Contains(property.Name) => cell with { IsCode = true },
            TextNode text when Codes.Contains(property.Name) => text with { IsCode = true },
            var node => node,
        };

    /// <summary>Writes a value, or says that there is none and writes nothing.</summary>
    private bool Write(Utf8JsonWriter writer, DataNode node, TableRow row, List<Fault> faults)
    {
        switch (node)
        {
            case ObjectNode o:
                if (!HasValue(o, row))
                {
                    return false;
                }

                WriteObject(writer, o, row, faults);
                return true;
            case ListNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items.Where(i => HasValue(i, row)))
                {
                    Write(writer, item, row, faults);
                }

                writer.WriteEndArray();
                return true;
            case TextNode text:
                var filled = text.Template.Fill(column => TextOf(row, column, faults));
                writer.WriteStringValue(text.IsCode ? CellText.Key(filled) : filled);
                return true;
            case ConstantNode constant:
                constant.Value.WriteTo(writer);
                return true;
            case CellNode cell:
                WriteCell(writer, cell, row, faults);
                return true;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void WriteObject(Utf8JsonWriter writer, ObjectNode node, TableRow row, List<Fault> faults)
    {
        var place = PlaceOf(node, row, faults);
        writer.WriteStartObject();
        foreach (var (name, value) in node.Properties.Where(p => HasValue(p.Value, row)))
        {
            writer.WritePropertyName(name);
            if (place is var (lat, lon) && name is "lat" or "lon")
            {
                writer.WriteNumberValue(name == "lat" ? lat : lon);
            }
            else
            {
                Write(writer, value, row, faults);
            }
        }

        if (place is not null)
        {
            writer.WriteString(ConvertedFrom, Words<CoordinateSystem>.Of(mapping.Coordinates!.Value));
        }

        writer.WriteEndObject();
    }

    /// <summary>A place in WGS 84, where the mapping says that the file has it in another system.</summary>
    private (decimal Lat, decimal Lon)? PlaceOf(ObjectNode node, TableRow row, List<Fault> faults)
    {
        if (
            mapping.Coordinates is not { } system
            || node.Place is not var (lat, lon)
            || NumberIn(Shown(CellOf(row, lat.Column))) is not { } y
            || NumberIn(Shown(CellOf(row, lon.Column))) is not { } x
        )
        {
            return null;
        }

        var place = Coordinates.ToWgs84(system, y, x);
        if (place is null)
        {
            faults.Add(
                new Fault(
                    $"columns \"{lat.Column}\" and \"{lon.Column}\"",
                    $"expected a place in China in {Words<CoordinateSystem>.Of(system)}, got {y} and {x}: is it in this system, "
                        + "and not exchanged?"
                )
            );
        }

        return place;
    }

    private bool HasValue(DataNode node, TableRow row) =>
        node switch
        {
            CellNode { Cell.Plus: { Number: null, Column: { } added } } when CellOf(row, added).IsBlank => false,
            CellNode cell => cell.Cell.Default is not null || !CellOf(row, cell.Cell.Column).IsBlank,
            TextNode text => !text.Template.Columns.Any() || text.Template.Columns.Any(c => !CellOf(row, c).IsBlank),
            ObjectNode o => o.Properties.Count == 0 || o.Properties.Any(p => HasValue(p.Value, row)),
            _ => true,
        };

    private void WriteCell(Utf8JsonWriter writer, CellNode node, TableRow row, List<Fault> faults)
    {
        var (cell, map) = (CellOf(row, node.Cell.Column), node.Map);
        if (cell.IsBlank)
        {
            node.Cell.Default!.Value.WriteTo(writer);
            return;
        }

        var text = TextOf(row, node.Cell.Column, faults);
        if (map is not null)
        {
            if (map.TryGetValue(CellText.Key(text), out var value))
            {
                value.WriteTo(writer);
                return;
            }

            Refuse($"expected one of {Listed(map.Keys)}");
            return;
        }

        if (node.Cell.Plus is { } plus)
        {
            WriteEnd(writer, node, plus, row, faults);
            return;
        }

        string? problem = null;
        switch (node.Cell.As)
        {
            case CellType.Number when NumberIn(text) is { } number:
                writer.WriteNumberValue(number);
                break;
            case CellType.Integer
                when NumberIn(text) is { } number && number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue:
                writer.WriteNumberValue((long)number);
                break;
            case CellType.Boolean when Truth(text) is { } truth:
                writer.WriteBooleanValue(truth);
                break;
            case CellType.Time when times.Moment(cell, node.Cell.Column, node.DateMeans, node.Known, out problem) is { } at:
                JsonSerializer.Serialize(writer, at, LedgerJson.Options);
                break;
            case CellType.Date when times.Date(cell, node.Cell.Column, out problem) is { } date:
                JsonSerializer.Serialize(writer, date, LedgerJson.Options);
                break;
            case CellType.Month when times.Month(cell, node.Cell.Column, out problem) is { } month:
                JsonSerializer.Serialize(writer, month, LedgerJson.Options);
                break;
            case CellType.Text:
                writer.WriteStringValue(node.IsCode ? CellText.Key(text) : text);
                break;
            default:
                Refuse(
                    problem
                        ?? node.Cell.As switch
                        {
                            CellType.Number => "expected a number",
                            CellType.Integer => "expected a whole number",
                            _ => "expected true or false",
                        }
                );
                break;
        }

        void Refuse(string expected)
        {
            faults.Add(new Fault($"column \"{node.Cell.Column}\"", $"{expected}, got \"{text}\""));
            writer.WriteNullValue();
        }
    }

    /// <summary>Writes when a limit ends that runs from a cell's time.</summary>
    private void WriteEnd(Utf8JsonWriter writer, CellNode node, AddedTime limit, TableRow row, List<Fault> faults)
    {
        var (column, start) = (node.Cell.Column, CellOf(row, node.Cell.Column));
        var said = limit.Column is null || CellOf(row, limit.Column).IsBlank ? null : TextOf(row, limit.Column, faults);
        var number =
            said is null ? limit.Number
            : node.PlusMap is not { } map ? NumberIn(said)
            : map.TryGetValue(CellText.Key(said), out var mapped) ? mapped.GetDecimal()
            : null;
        if (limit.ProblemOf(number) is { } wrong)
        {
            wrong = node.PlusMap is { } known ? $"expected one of {Listed(known.Keys)}" : wrong;
            faults.Add(new Fault($"column \"{limit.Column}\"", $"{wrong}, got \"{said}\""));
        }
        else if (times.End(start, column, node.Known, limit.Unit, number!.Value, out var problem) is { } end)
        {
            JsonSerializer.Serialize(writer, end, LedgerJson.Options);
            return;
        }
        else
        {
            faults.Add(new Fault($"column \"{column}\"", $"{problem}, got \"{TextOf(row, column, faults)}\""));
        }

        writer.WriteNullValue();
    }

    private static string Listed(IEnumerable<string> texts) => string.Join(", ", texts.Take(20).Select(k => $"\"{k}\""));

    private static IEnumerable<CellNode> Cells(DataNode node) =>
        node switch
        {
            CellNode cell => [cell],
            ObjectNode o => o.Properties.SelectMany(p => Cells(p.Value)),
            ListNode list => list.Items.SelectMany(Cells),
            _ => [],
        };

    private static decimal? NumberIn(string text) =>
        decimal.TryParse(
            text,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    private static bool? Truth(string text) =>
        text.ToUpperInvariant() switch
        {
            "TRUE" or "1" or "YES" or "Y" or "是" => true,
            "FALSE" or "0" or "NO" or "N" or "否" => false,
            _ => null,
        };
}
