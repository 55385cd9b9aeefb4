using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ledger.Domain.Json;

/// <summary>Strict reading of one JSON document as a type.</summary>
public static class StrictJson
{
    /// <summary>
    /// Reads <paramref name="utf8"/>; gives null and every fault, with paths under <paramref name="path"/>, where
    /// the document is not exactly a <typeparamref name="T"/>.
    /// </summary>
    public static T? Read<T>(ReadOnlySpan<byte> utf8, string path, out IReadOnlyList<Fault> faults)
        where T : class
    {
        var value = Read(utf8, typeof(T), path, out faults);
        return (T?)value;
    }

    /// <summary>
    /// Reads a file that people edit, with every fault under <c>$</c>: its <c>$schema</c> helps editors and is no part of it. The schema
    /// itself, known by its title, is refused.
    /// </summary>
    public static T? ReadFile<T>(ReadOnlySpan<byte> utf8, string schemaTitle, out IReadOnlyList<Fault> faults)
        where T : class
    {
        // Editors on Windows put a byte-order mark before a text.
        utf8 = utf8 is [0xEF, 0xBB, 0xBF, .. var text] ? text : utf8;
        if (NodeOf(utf8) is JsonObject document && document.Remove("$schema"))
        {
            if (document.ContainsKey("$defs") || document["title"]?.ToString() == schemaTitle)
            {
                faults = [new Fault("$", $"this is the schema \"{schemaTitle}\", not a file that follows it")];
                return null;
            }

            utf8 = LedgerJson.Write(document);
        }

        return Read<T>(utf8, "$", out faults);
    }

    /// <summary>Reads <paramref name="utf8"/> as a type that is known only at run time; null, with every fault, where it is none.</summary>
    public static object? Read(ReadOnlySpan<byte> utf8, Type type, string path, out IReadOnlyList<Fault> faults)
    {
        try
        {
            if (JsonSerializer.Deserialize(utf8, type, LedgerJson.Options) is { } value)
            {
                faults = [];
                return value;
            }

            faults = [new Fault(path, "expected an object, got null")];
            return null;
        }
        catch (JsonException e)
        {
            faults = Explained(utf8, type, path, e);
            return null;
        }
    }

    private static IReadOnlyList<Fault> Explained(ReadOnlySpan<byte> utf8, Type type, string path, JsonException cause)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            using var document = JsonDocument.ParseValue(ref reader);
            var faults = Explain.Faults(document.RootElement, type, path);
            return faults.Count > 0 ? faults : [new Fault(path + (cause.Path ?? "$")[1..], cause.Message)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var at = e is JsonException { BytePositionInLine: { } column } ? $" at byte {column + 1}" : "";
            return [new Fault(path, $"no valid JSON{at}: expected one JSON object in UTF-8")];
        }
    }

    private static JsonNode? NodeOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            // Reported by the reader, with its place.
            return null;
        }
    }
}
