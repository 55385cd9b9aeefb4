using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ledger.Domain.Json;

/// <summary>
/// Says everything that is wrong with a JSON value for a type. The reader stops at its first error; this walks
/// the whole value beside the type's contract and is only called once the reader has failed.
/// </summary>
public static class Explain
{
    /// <summary>All faults of <paramref name="value"/>, read as <paramref name="type"/>, under <paramref name="path"/>.</summary>
    public static IReadOnlyList<Fault> Faults(JsonElement value, Type type, string path)
    {
        var faults = new List<Fault>();
        Walk(value, Nullable.GetUnderlyingType(type) ?? type, path, faults);
        return faults;
    }

    private static void Walk(JsonElement value, Type type, string path, List<Fault> faults)
    {
        if (type == typeof(JsonElement))
        {
            WalkFree(value, path, faults);
            return;
        }

        var info = LedgerJson.Options.GetTypeInfo(type);
        if (info.PolymorphismOptions is { } polymorphism)
        {
            WalkDerived(value, polymorphism, path, faults);
        }
        else if (info.Kind == JsonTypeInfoKind.Object)
        {
            WalkObject(value, info, path, faults, discriminator: null);
        }
        else if (info.Kind == JsonTypeInfoKind.Enumerable && info.ElementType is { } element)
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                faults.Add(new Fault(path, $"expected an array, got {Show(value)}"));
                return;
            }

            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Walk(item, Nullable.GetUnderlyingType(element) ?? element, $"{path}[{index++}]", faults);
            }
        }
        else if (info.Kind == JsonTypeInfoKind.Dictionary && info.ElementType is { } entry && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                Walk(property.Value, Nullable.GetUnderlyingType(entry) ?? entry, $"{path}.{property.Name}", faults);
            }
        }
        else
        {
            WalkScalar(value, info, path, faults);
        }
    }

    /// <summary>A part that is read later, by another type: only what no reader could take is named here.</summary>
    private static void WalkFree(JsonElement value, string path, List<Fault> faults)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var seen = new HashSet<string>();
                foreach (var property in value.EnumerateObject())
                {
                    var name = NameOf(property);
                    var at = $"{path}.{name ?? "?"}";
                    if (name is null || !seen.Add(name))
                    {
                        faults.Add(new Fault(at, name is null ? "the property's name is no valid text" : "the property stands twice"));
                    }

                    WalkFree(property.Value, at, faults);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    WalkFree(item, $"{path}[{index++}]", faults);
                }

                break;
            case JsonValueKind.String:
                WalkScalar(value, LedgerJson.Options.GetTypeInfo(typeof(string)), path, faults);
                break;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static void WalkDerived(JsonElement value, JsonPolymorphismOptions polymorphism, string path, List<Fault> faults)
    {
        var name = polymorphism.TypeDiscriminatorPropertyName;
        var words = polymorphism.DerivedTypes.Select(d => (string)d.TypeDiscriminator!).ToList();
        if (
            value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty(name, out var word)
            || word.ValueKind != JsonValueKind.String
            || polymorphism.DerivedTypes.FirstOrDefault(d => word.ValueEquals((string)d.TypeDiscriminator!)).DerivedType is not { } type
        )
        {
            faults.Add(new Fault($"{path}.{name}", $"expected one of {string.Join(", ", words)}"));
            return;
        }

        if (value.EnumerateObject().First().Name != name)
        {
            faults.Add(new Fault($"{path}.{name}", "expected as the first property of its object"));
        }

        WalkObject(value, LedgerJson.Options.GetTypeInfo(type), path, faults, name);
    }

    private static void WalkObject(JsonElement value, JsonTypeInfo info, string path, List<Fault> faults, string? discriminator)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new Fault(path, $"expected an object, got {Show(value)}"));
            return;
        }

        var known = info
            .Properties.Where(p => !p.IsExtensionData && (p.Get is not null || p.Set is not null || p.AssociatedParameter is not null))
            .ToDictionary(p => p.Name);
        var open = info.Properties.Any(p => p.IsExtensionData);
        var seen = new HashSet<string>();
        foreach (var property in value.EnumerateObject())
        {
            var at = $"{path}.{property.Name}";
            if (!seen.Add(property.Name))
            {
                faults.Add(new Fault(at, "the property stands twice"));
            }
            else if (property.Name == discriminator)
            {
                continue;
            }
            else if (!known.TryGetValue(property.Name, out var expected))
            {
                // What else it holds is for the type itself to judge.
                if (open)
                {
                    continue;
                }

                faults.Add(
                    new Fault(at, $"unknown property; expected {(known.Count == 0 ? "none" : "one of " + string.Join(", ", known.Keys))}")
                );
            }
            else if (property.Value.ValueKind == JsonValueKind.Null)
            {
                if (expected.IsRequired || !expected.IsSetNullable)
                {
                    faults.Add(new Fault(at, "expected a value, got null"));
                }
            }
            else
            {
                Walk(property.Value, Nullable.GetUnderlyingType(expected.PropertyType) ?? expected.PropertyType, at, faults);
            }
        }

        faults.AddRange(
            known
                .Values.Where(p => p.IsRequired && !seen.Contains(p.Name))
                .Select(p => new Fault($"{path}.{p.Name}", $"missing; expected {Expected(p.PropertyType)}"))
        );
    }

    private static void WalkScalar(JsonElement value, JsonTypeInfo info, string path, List<Fault> faults)
    {
        try
        {
            if (value.ValueKind != JsonValueKind.Null && JsonSerializer.Deserialize(value, info) is not null)
            {
                return;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not readable as this type: said below in the type's own words.
        }

        faults.Add(new Fault(path, $"expected {Expected(info.Type)}, got {Show(value)}"));
    }

    private static string Expected(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var info = LedgerJson.Options.GetTypeInfo(type);
        return info switch
        {
            { Converter: IExpect expect } => expect.Expected,
            { Kind: JsonTypeInfoKind.Enumerable } => "an array",
            { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary } => "an object",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ => "a value of another kind",
        };
    }

    private static string Show(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
    }
}
