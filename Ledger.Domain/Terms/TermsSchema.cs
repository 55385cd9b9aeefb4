using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Ledger.Domain.Json;

namespace Ledger.Domain.Terms;

/// <summary>The published JSON Schema (draft 2020-12) of a terms file, made from the types that read it.</summary>
public static class TermsSchema
{
    /// <summary>The schema's own title.</summary>
    public const string Title = "Terms of a service contract";

    private static readonly JsonSerializerOptions Layout = new(LedgerJson.Indented) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as text.</summary>
    public static string Generate()
    {
        var schema = LedgerJson.Options.GetJsonSchemaAsNode(typeof(ContractTerms), new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = Transform,
        }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", Title);
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
