using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Ledger.Domain.Json;

/// <summary>Published JSON Schemas (draft 2020-12) of files that people edit, made from the types that read them.</summary>
public static class SchemaFile
{
    private static readonly JsonSerializerOptions Layout = new(LedgerJson.Indented)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema of a type as text.</summary>
    public static string Generate(Type type, string title)
    {
        var schema = LedgerJson
            .Options.GetJsonSchemaAsNode(
                type,
                new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform }
            )
            .AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        schema["properties"]!.AsObject().Insert(0, "$schema", new JsonObject { ["type"] = "string" });
        return schema.ToJsonString(Layout).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if (SchemaOf(context.TypeInfo.Type) is { } own)
        {
            return own;
        }

        // The exporter asks nothing about optional properties that our converters read, and leaves their default alone in their schema.
        foreach (var property in context.TypeInfo.Properties)
        {
            if (
                node is JsonObject schema
                && schema["properties"]?[property.Name] is JsonObject { Count: 1 } optional
                && optional.ContainsKey("default")
                && SchemaOf(property.PropertyType) is JsonObject known
            )
            {
                var standing = optional["default"]?.DeepClone();
                schema["properties"]![property.Name] =
                    property.IsSetNullable || standing is null
                        ? new JsonObject { ["anyOf"] = new JsonArray(known, new JsonObject { ["type"] = "null" }) }
                        : known;
                schema["properties"]![property.Name]!["default"] = standing;
            }
        }

        return node;
    }

    /// <summary>The schema of what a converter of ours reads; null for any other type.</summary>
    private static JsonNode? SchemaOf(Type type) =>
        LedgerJson.Options.GetConverter(Nullable.GetUnderlyingType(type) ?? type) is IExpect expect ? JsonNode.Parse(expect.Schema) : null;
}
