using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Api.Web;

/// <summary>Made-up values of the types that requests bring: what is required, in the ledger's spelling.</summary>
internal static class Examples
{
    private static readonly Dictionary<Type, string> Values = new()
    {
        [typeof(string)] = "…",
        [typeof(Cny)] = "1000.00",
        [typeof(Percentage)] = "6",
        [typeof(LocalDate)] = "2026-01-30",
        [typeof(YearMonth)] = "2026-01",
        [typeof(Instant)] = "2026-02-06T18:00:00+08:00",
        [typeof(Uri)] = "https://office.example/ledger",
    };

    private const string Fact = """
        {"specversion":"1.0","id":"e-000017","source":"platform-12345","type":"case_signed","contract":"gaomidian-2025",
        "subject":"case/GMD-0001","time":"2025-11-03T09:12:00+08:00","actor":"seat-07","data":{}}
        """;

    /// <summary>A document of a type.</summary>
    public static JsonNode? Of(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (Values.TryGetValue(bare, out var text))
        {
            return text;
        }

        var info = LedgerJson.Options.GetTypeInfo(bare);
        return bare == typeof(NewCloudEvent) ? JsonNode.Parse(Fact)
            : bare == typeof(bool) ? true
            : bare == typeof(JsonElement) ? new JsonObject()
            : bare.IsPrimitive || bare == typeof(decimal) ? 1
            : bare.IsEnum ? JsonSerializer.SerializeToNode(Enum.GetValues(bare).GetValue(0), bare, LedgerJson.Options)
            : info.Kind == JsonTypeInfoKind.Enumerable ? new JsonArray(Of(info.ElementType!))
            : info.Kind == JsonTypeInfoKind.Dictionary ? new JsonObject { ["…"] = Of(info.ElementType!) }
            : new JsonObject(info.Properties.Where(p => p.IsRequired).Select(p => KeyValuePair.Create(p.Name, Of(p.PropertyType))));
    }
}
