using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;

namespace Ledger.Domain.Contracts;

/// <summary>
/// What a <c>contract_amended</c> makes of the terms: top-level properties are replaced, clauses are replaced or added by
/// their number and readings by their id, and the term moves with <c>from</c> and <c>to</c>.
/// </summary>
public static class Amendment
{
    /// <summary>The amended terms; null, with every fault and its path in the event's data, when they are not to be.</summary>
    public static ContractTerms? Apply(ContractTerms terms, ContractAmended amended, out IReadOnlyList<Fault> faults)
    {
        var document = JsonSerializer.SerializeToNode(terms, LedgerJson.Options)!.AsObject();
        var before = document.ToJsonString(LedgerJson.Options);
        if (amended.Terms is { } changes)
        {
            if (changes.ValueKind != JsonValueKind.Object)
            {
                faults = [new Fault("$.data.terms", "expected an object with the changed terms")];
                return null;
            }

            foreach (var (name, value) in JsonObject.Create(changes)!)
            {
                if (name is "id" or "from" or "to")
                {
                    faults =
                    [
                        new Fault(
                            $"$.data.terms.{name}",
                            name == "id" ? "a contract keeps its id" : $"expected beside terms, as $.data.{name}"
                        ),
                    ];
                    return null;
                }

                document[name] = (name, value) switch
                {
                    ("clauses", JsonArray clauses) => Merged(document[name]!.AsArray(), clauses, "number"),
                    ("readings", JsonArray readings) => Merged(document[name]!.AsArray(), readings, "id"),
                    _ => value?.DeepClone(),
                };
            }
        }

        if (
            amended.From is { } moved
            && document["payment"]!.ToJsonString(LedgerJson.Options) == JsonSerializer.Serialize(terms.Payment, LedgerJson.Options)
        )
        {
            document["payment"] = JsonSerializer.SerializeToNode(terms.Payment.Moved(terms.From, moved), LedgerJson.Options);
        }

        document["from"] = JsonSerializer.SerializeToNode(amended.From ?? terms.From, LedgerJson.Options);
        document["to"] = JsonSerializer.SerializeToNode(amended.To ?? terms.To, LedgerJson.Options);
        var after = document.ToJsonString(LedgerJson.Options);
        if (after == before)
        {
            faults = [new Fault("$.data", "changes nothing: name from, to or terms")];
            return null;
        }

        var read = TermsReader.Read(System.Text.Encoding.UTF8.GetBytes(after), out var wrong);
        faults = [.. wrong.Select(f => f with { Path = PathOf(f.Path, amended) })];
        return read;
    }

    /// <summary>Where in the event the fault lies: what the event does not name itself is its data's fault as a whole.</summary>
    private static string PathOf(string path, ContractAmended amended) =>
        path is "$.from" or "$.to" ? "$.data" + path[1..]
        : amended.Terms is null ? "$.data"
        : "$.data.terms" + path[1..];

    private static JsonArray Merged(JsonArray known, JsonArray changed, string key)
    {
        var merged = known.Select(n => n!.DeepClone()).ToList();
        foreach (var item in changed)
        {
            var index = merged.FindIndex(m => m is JsonObject && item is JsonObject o && (string?)m[key] == o[key]?.ToString());
            if (index < 0)
            {
                merged.Add(item!.DeepClone());
            }
            else
            {
                merged[index] = item!.DeepClone();
            }
        }

        return [.. merged];
    }
}
