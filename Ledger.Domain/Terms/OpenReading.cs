using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain.Json;

namespace Ledger.Domain.Terms;

/// <summary>
/// A question that the contract leaves open. Each choice is a value of one parameter of the clause's rule blocks, so
/// that choosing is nothing but other terms.
/// </summary>
/// <param name="Id">Its stable id, such as <c>gmd-4.6.3-repeat</c>.</param>
/// <param name="Clause">The clause whose blocks it changes.</param>
/// <param name="Parameter">The block parameter that takes the choice.</param>
/// <param name="Question">The question in one sentence.</param>
/// <param name="Default">The choice that holds until another is recorded.</param>
/// <param name="Choices">All choices, each with what it yields.</param>
public sealed record OpenReading(
    string Id,
    string Clause,
    string Parameter,
    string Question,
    string Default,
    IReadOnlyList<ReadingChoice> Choices
)
{
    /// <summary>The terms under that choice; null where it is not offered or no block of the clause takes it.</summary>
    public ContractTerms? Apply(ContractTerms terms, string choice)
    {
        if (Choices.All(c => c.Choice != choice))
        {
            return null;
        }

        var clauses = terms.Clauses.ToList();
        var index = clauses.FindIndex(c => c.Number == Clause);
        if (index < 0 || JsonSerializer.SerializeToNode(clauses[index], LedgerJson.Options) is not { } node)
        {
            return null;
        }

        var takers = (node["rules"] as JsonArray ?? []).OfType<JsonObject>().Where(r => r.ContainsKey(Parameter)).ToList();
        if (takers.Count == 0)
        {
            return null;
        }

        foreach (var rule in takers)
        {
            rule[Parameter] = choice;
        }

        try
        {
            clauses[index] = node.Deserialize<Clause>(LedgerJson.Options)!;
            return terms with { Clauses = clauses };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The choice that is in force in these terms.</summary>
    public string InForce(ContractTerms terms)
    {
        var clause = terms.Clauses.Single(c => c.Number == Clause);
        return (JsonSerializer.SerializeToNode(clause, LedgerJson.Options)!["rules"] as JsonArray ?? [])
            .OfType<JsonObject>()
            .First(r => r.ContainsKey(Parameter))[Parameter]!.GetValue<string>();
    }
}

/// <summary>One answer to an open question, and what it yields.</summary>
public sealed record ReadingChoice(string Choice, string Yields);
