using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain.Json;

namespace Ledger.Domain.Terms;

/// <summary>Reads a terms file strictly.</summary>
public static class TermsReader
{
    /// <summary>The terms in a file's bytes; null, with every fault and its JSON path, when they are not to be registered.</summary>
    public static ContractTerms? Read(ReadOnlySpan<byte> utf8, out IReadOnlyList<Fault> faults)
    {
        // The reference to the schema helps editors; it is no part of the terms.
        if (JsonNodeOf(utf8) is JsonObject document && document.Remove("$schema"))
        {
            if (document.ContainsKey("$defs") || document["title"]?.ToString() == TermsSchema.Title)
            {
                faults = [new Fault("$", "this is the schema of terms files, not a contract's terms")];
                return null;
            }

            utf8 = Encoding.UTF8.GetBytes(document.ToJsonString(LedgerJson.Options));
        }

        if (Reading.Read<ContractTerms>(utf8, "$", out faults) is not { } terms)
        {
            return null;
        }

        faults = [.. terms.Faults().Select(f => f with { Path = "$" + f.Path })];
        return faults.Count == 0 ? terms : null;
    }

    private static JsonNode? JsonNodeOf(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8);
        }
        catch (JsonException)
        {
            // Reported by the reader below, with its place.
            return null;
        }
    }
}
