using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Api.Mapping;

/// <summary>
/// A mapping held against the events that it makes, before it reads a row: properties that no event of the type has, required ones that are
/// missing, cells and value maps that can give no value of the property's type. Each fault names the column, or the text of the map.
/// </summary>
internal sealed class MappingCheck(ImportMapping mapping)
{
    private readonly List<Fault> faults = [];
    private bool hasPlace;

    /// <summary>Every fault.</summary>
    public static IEnumerable<Fault> Of(ImportMapping mapping)
    {
        var check = new MappingCheck(mapping);
        check.CheckTemplates();
        check.CheckFormats();
        check.CheckMaps();
        for (var i = 0; i < mapping.Events.Count; i++)
        {
            if (EventCatalogue.Find(mapping.Events[i].Type) is { Class: not EventClass.Derived } type)
            {
                check.Check($"$.events[{i}].data", mapping.Events[i].Data ?? JsonElement.Parse("{}"), type.Data);
            }
        }

        check.Expect(
            mapping.Coordinates is null || check.hasPlace,
            "$.coordinates",
            "no event has a \"lat\" and a \"lon\" in columns to convert"
        );
        return check.faults.Distinct();
    }

    private void Check(string path, JsonElement node, Type type)
    {
        switch (node.ValueKind)
        {
            case JsonValueKind.Object when node.TryGetProperty("column", out _):
                CheckCell(path, node, type);
                break;
            case JsonValueKind.Object when LedgerJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info:
                CheckObject(path, node, info);
                break;
            case JsonValueKind.Array when LedgerJson.Options.GetTypeInfo(type) is { ElementType: { } element }:
                foreach (var (i, item) in node.EnumerateArray().Index())
                {
                    Check($"{path}[{i}]", item, element);
                }

                break;
            case JsonValueKind.String when node.GetString()!.Contains('{', StringComparison.Ordinal):
                // What a template comes to is known with the row alone; a number or a truth it never is.
                Expect(!IsNumber(type) && type != typeof(bool), path, "a template gives text: use {\"column\": …, \"as\": …}");
                break;
            default:
                CheckValue(path, node, type, "");
                break;
        }
    }

    private void CheckTemplates()
    {
        for (var i = 0; i < mapping.Events.Count; i++)
        {
            var e = mapping.Events[i];
            foreach (var (name, text) in new[] { ("id", e.Id), ("subject", e.Subject), ("actor", e.Actor) })
            {
                Expect(Template.IsWhole(text), $"$.events[{i}].{name}", $"a brace is not closed, or not opened, in \"{text}\"");
            }

            var many = EventCatalogue.Find(e.Type)?.Subjects.All(s => s.EndsWith('*')) == true;
            Expect(
                Template.Parse(e.Id).Columns.Any(),
                $"$.events[{i}].id",
                "expected a column in braces: each row has an event of its own"
            );
            Expect(
                !many || Template.Parse(e.Subject).Columns.Any(),
                $"$.events[{i}].subject",
                "expected a column in braces: rows are about different things"
            );
        }
    }

    /// <summary>Two formats that read one text as two moments would make what a cell says depend on which stands first.</summary>
    private void CheckFormats()
    {
        var formats = (mapping.TimeFormats ?? []).Select(f => (Text: f, Format: TimeFormat.Parse(f, out _))).ToList();
        foreach (var (i, (text, format)) in formats.Index())
        {
            var other = format is null
                ? default
                : formats
                    .Take(i)
                    .FirstOrDefault(f =>
                        f.Format?.Read(format.Example, TimeFormat.Marks(format.Example)) is { } read && read != format.ReadExample
                    );
            Expect(
                other.Format is null,
                $"$.timeFormats[{i}]",
                $"\"{text}\" and \"{other.Text}\" read {format?.Example} as two different times: keep the one that the file is written in"
            );
        }
    }

    /// <summary>Two texts of a value map that are one once they are compared, and give two values.</summary>
    private void CheckMaps()
    {
        foreach (var (name, map) in mapping.ValueMaps ?? new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>())
        {
            foreach (
                var same in map.GroupBy(m => CellText.Key(m.Key)).Where(g => g.Select(m => m.Value.GetRawText()).Distinct().Skip(1).Any())
            )
            {
                Expect(
                    false,
                    $"$.valueMaps.{name}.{same.Last().Key}",
                    $"it is compared as \"{same.Key}\", which the map gives another value"
                );
            }
        }
    }

    private void CheckObject(string path, JsonElement node, JsonTypeInfo info)
    {
        var properties = info.Properties.Where(p => p.Get is not null).ToDictionary(p => p.Name);
        foreach (var property in node.EnumerateObject())
        {
            if (properties.TryGetValue(property.Name, out var known))
            {
                Check($"{path}.{property.Name}", property.Value, Bare(known.PropertyType));
            }
            else
            {
                Expect(false, $"{path}.{property.Name}", $"unknown property; expected one of {string.Join(", ", properties.Keys)}");
            }
        }

        hasPlace |= IsColumn(node, "lat") && IsColumn(node, "lon");
        foreach (var missing in properties.Values.Where(p => p.IsRequired && !node.TryGetProperty(p.Name, out _)))
        {
            Expect(false, $"{path}.{missing.Name}", "missing");
        }
    }

    private void CheckCell(string path, JsonElement node, Type type)
    {
        if (StrictJson.Read<MappedCell>(JsonMarshal.GetRawUtf8Value(node), path, out var wrong) is not { } cell)
        {
            faults.AddRange(wrong);
            return;
        }

        if (cell.Default is { } standing)
        {
            CheckValue(path + ".default", standing, type, "");
        }

        Expect(cell.DateMeans != DateMeans.Any, path + ".dateMeans", "expected \"start_of_day\" or \"end_of_day\": data holds one moment");
        if (cell.Plus is { } limit)
        {
            Expect(cell is { As: CellType.Time, Map: null }, path, "a limit runs from a time: expected \"as\": \"time\", and no \"map\"");
            CheckLimit(path + ".plus", limit, type);
            return;
        }

        if (cell.Map is { } name)
        {
            foreach (var (text, value) in MapOf(path, name))
            {
                CheckValue($"$.valueMaps.{name}.{text}", value, type, $", which column \"{cell.Column}\" gives to {path}");
            }

            return;
        }

        var fits = cell.As switch
        {
            CellType.Number or CellType.Integer => IsNumber(type),
            CellType.Boolean => type == typeof(bool),
            CellType.Time => type == typeof(Instant),
            CellType.Date => type == typeof(LocalDate),
            CellType.Month => type == typeof(YearMonth),
            _ => !IsNumber(type) && type != typeof(bool),
        };
        Expect(
            fits,
            path,
            $"column \"{cell.Column}\" is read as {Words<CellType>.Of(cell.As)}, which no {type.Name} is: expected another \"as\", or a "
                + "\"map\""
        );
    }

    private void CheckLimit(string path, AddedTime limit, Type type)
    {
        Expect(type == typeof(Instant), path, "a limit ends at a moment, and this property is none");
        Expect(limit.Number is not null || limit.Column is not null, path, "expected how many in \"number\", or in a \"column\"");
        Expect(limit.Map is null || limit.Column is not null, path + ".map", "expected a \"column\" whose texts it translates");
        if (limit.Number is { } number && limit.ProblemOf(number) is { } wrong)
        {
            Expect(false, path + ".number", $"{wrong}, got {number}");
        }

        if (limit.Map is not { } name)
        {
            return;
        }

        foreach (var (text, value) in MapOf(path, name))
        {
            var problem = limit.ProblemOf(value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var n) ? n : null);
            Expect(problem is null, $"$.valueMaps.{name}.{text}", $"{problem}, got {value.GetRawText()}");
        }
    }

    /// <summary>A value map by its name; nothing, and a fault, where there is none.</summary>
    private IReadOnlyDictionary<string, JsonElement> MapOf(string path, string name)
    {
        var map = mapping.ValueMaps?.GetValueOrDefault(name);
        Expect(map is not null, path + ".map", $"the mapping has no value map \"{name}\"");
        return map ?? new Dictionary<string, JsonElement>();
    }

    private void CheckValue(string path, JsonElement value, Type type, string used)
    {
        if (StrictJson.Read(JsonMarshal.GetRawUtf8Value(value), type, path, out var wrong) is null)
        {
            faults.AddRange(wrong.Select(f => f with { Problem = f.Problem + used }));
        }
    }

    private void Expect(bool holds, string path, string problem)
    {
        if (!holds)
        {
            faults.Add(new Fault(path, problem));
        }
    }

    private static bool IsColumn(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object && value.TryGetProperty("column", out _);

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static bool IsNumber(Type type) => type == typeof(decimal) || type == typeof(int) || type == typeof(long);
}
