using System.Globalization;
using System.Text.Json;
using Ledger.Api.Tables;
using Ledger.Domain.Json;

namespace Ledger.Api.Mapping;

/// <summary>
/// The data part of a mapping as a tree that is written row by row: objects, lists, constants, templates and typed cells.
/// </summary>
internal sealed partial class RowMapper
{
    private abstract record DataNode(IReadOnlyList<string> Columns);

    private sealed record ObjectNode(IReadOnlyList<(string Name, DataNode Value)> Properties)
        : DataNode([.. Properties.SelectMany(p => p.Value.Columns)]);

    private sealed record ListNode(IReadOnlyList<DataNode> Items) : DataNode([.. Items.SelectMany(i => i.Columns)]);

    private sealed record ConstantNode(JsonElement Value) : DataNode([]);

    private sealed record TextNode(Template Template) : DataNode([.. Template.Columns]);

    private sealed record CellNode(MappedCell Cell, IReadOnlyDictionary<string, JsonElement>? Map) : DataNode([Cell.Column])
    {
        /// <summary>What a date without a time means in it.</summary>
        public DateMeans? DateMeans { get; init; } = Cell.DateMeans;
    }

    private DataNode Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.TryGetProperty("column", out _):
                var cell = element.Deserialize<MappedCell>(LedgerJson.Options)!;
                var map = cell.Map is { } name ? mapping.ValueMaps![name] : null;
                return new CellNode(cell, map?.DistinctBy(m => CellText.Key(m.Key)).ToDictionary(m => CellText.Key(m.Key), m => m.Value));
            case JsonValueKind.Object:
                return new ObjectNode([.. element.EnumerateObject().Select(p => (p.Name, Property(p)))]);
            case JsonValueKind.Array:
                return new ListNode([.. element.EnumerateArray().Select(Node)]);
            case JsonValueKind.String:
                return new TextNode(Template.Parse(element.GetString()!));
            default:
                return new ConstantNode(element.Clone());
        }
    }

    /// <summary>What is due on a day is due by its end.</summary>
    private DataNode Property(JsonProperty property) =>
        Node(property.Value) is var node && node is CellNode { DateMeans: null } due && property.Name == "dueAt"
            ? due with
            {
                DateMeans = DateMeans.EndOfDay,
            }
            : node;

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

                writer.WriteStartObject();
                foreach (var (name, value) in o.Properties)
                {
                    if (HasValue(value, row))
                    {
                        writer.WritePropertyName(name);
                        Write(writer, value, row, faults);
                    }
                }

                writer.WriteEndObject();
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
                writer.WriteStringValue(text.Template.Fill(column => TextOf(row, column, faults)));
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

    private bool HasValue(DataNode node, TableRow row) =>
        node switch
        {
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
            case CellType.Time when times.Moment(cell, node.Cell.Column, node.DateMeans, out problem) is { } at:
                JsonSerializer.Serialize(writer, at, LedgerJson.Options);
                break;
            case CellType.Date when times.Date(cell, node.Cell.Column, out problem) is { } date:
                JsonSerializer.Serialize(writer, date, LedgerJson.Options);
                break;
            case CellType.Month when times.Month(cell, node.Cell.Column, out problem) is { } month:
                JsonSerializer.Serialize(writer, month, LedgerJson.Options);
                break;
            case CellType.Text:
                writer.WriteStringValue(text);
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
