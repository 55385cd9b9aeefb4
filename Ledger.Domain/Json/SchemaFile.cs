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
        if (context.TypeInfo.Converter is IExpect expect)
        {
            return JsonNode.Parse(expect.Schema)!;
        }

        if (Nullable.GetUnderlyingType(context.TypeInfo.Type) is { } type && LedgerJson.Options.GetConverter(type) is IExpect nullable)
        {
            return JsonNode.Parse(nullable.Schema)!;
        }

        return node;
    }
}
