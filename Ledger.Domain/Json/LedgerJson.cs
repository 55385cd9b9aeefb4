using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ledger.Domain.Json;

/// <summary>
/// The one set of JSON rules: camelCase names, snake_case words, strict on unknown, missing, doubled and
/// wrongly typed values; written without whitespace, without nulls, with non-ASCII text unescaped. What it writes
/// for a value is canonical: equal values give equal bytes.
/// </summary>
public static class LedgerJson
{
    /// <summary>The rules, for reading and for canonical writing.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>The same rules, indented: for documents that people read.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>The canonical UTF-8 bytes of a value.</summary>
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DictionaryKeyPolicy = null,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectRequiredConstructorParameters = true,
            RespectNullableAnnotations = true,
            AllowDuplicateProperties = false,
            // PostgreSQL's jsonb keeps properties in an order of its own.
            AllowOutOfOrderMetadataProperties = true,
            NumberHandling = JsonNumberHandling.Strict,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { DiscriminatorAttribute.FindDerived } },
            WriteIndented = indented,
        };
        foreach (var converter in ScalarConverters.All)
        {
            options.Converters.Add(converter);
        }

        options.Converters.Add(new WordConverterFactory());
        options.Converters.Add(new HeaderConverter());
        options.MakeReadOnly();
        return options;
    }
}
