using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Tests.Support;

namespace Ledger.Tests.Contracts;

/// <summary>docs/clauses.md, made from the terms files: every clause with its class, rule, test and reading.</summary>
public sealed class ClauseTableTests
{
    private static readonly ILookup<(string Contract, string Clause), string> Specifications = (
        from type in typeof(ClauseTableTests).Assembly.GetTypes()
        from method in type.GetMethods()
        from named in method.GetCustomAttributes<ClausesAttribute>()
        from number in named.Numbers
        orderby type.Name, method.Name
        select (Key: (named.Contract, number), Test: $"{type.Name}.{method.Name}")
    ).ToLookup(x => x.Key, x => x.Test);

    public static TheoryData<string> Contracts => Terms.All;

    [Fact]
    public void The_table_in_the_documentation_is_the_one_of_the_terms() => Golden.Equal("docs/clauses.md", Table());

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_computed_clause_has_a_specification_that_names_it(string contract) =>
        Assert.Empty(
            Terms
                .Of(contract)
                .Clauses.Where(c => c.Class == ClauseClass.Computed && !Specifications.Contains((contract, c.Number)))
                .Select(c => $"{c.Number} {c.Title}")
        );

    [Fact]
    public void A_specification_names_only_clauses_that_there_are() =>
        Assert.All(Specifications.Select(s => s.Key), k => Assert.Contains(k.Clause, Terms.Of(k.Contract).Clauses.Select(c => c.Number)));

    private static string Table()
    {
        var text = new StringBuilder(
            """
            # Clauses

            Every numbered clause of the five contracts, made from `contracts/*.json` and from the specifications that name clauses
            (`[Clauses]`). `ClauseTableTests` holds this page to both; `UPDATE_GOLDEN=1 dotnet test --filter ClauseTable` writes it anew.

            *computed*: a rule block, or the part of the terms named, computes it.
            *judgement*: an officer decides; the product checks the range and records it.
            *not modelled*: outside the product, with the reason.
            A reading in bold is the default.


            """.ReplaceLineEndings("\n")
        );
        foreach (var id in Terms.Ids)
        {
            var terms = Terms.Of(id);
            text.Append(
                $"## {id}\n\n{terms.TitleZh} · {terms.From:uuuu-MM-dd} to {terms.To:uuuu-MM-dd} · {terms.Total.ToDisplay()}\n\n| "
                    + "clause | | class | rule | reading | specifications |\n| --- | --- | --- | --- | --- | --- |\n"
            );
            foreach (var clause in terms.Clauses)
            {
                var readings = terms
                    .Readings.Where(r => r.Clause == clause.Number)
                    .Select(r =>
                        $"{r.Id}: {string.Join(", ", r.Choices.Select(c => c.Choice == r.Default ? $"**{c.Choice}**" : c.Choice))}"
                    );
                var tests = Specifications[(id, clause.Number)].Select(t => t.Replace('_', ' '));
                text.Append(
                    $"| {clause.Number} | {clause.Title} · {clause.TitleZh} | "
                        + $"{Words<ClauseClass>.Of(clause.Class).Replace('_', ' ')} | {Rule(clause)} | {string.Join("<br>", readings)} | {string.Join("<br>", tests)} |\n"
                );
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Rule(Clause clause) =>
        string.Join(
            "<br>",
            (clause.Rules ?? [])
                .Select(Block)
                .Concat(clause.By is { } part ? [$"the terms: {Words<TermsPart>.Of(part).Replace('_', ' ')}"] : [])
                .Concat(clause.Note is { } note ? [note] : [])
        );

    /// <summary>A block with its parameters: <c>`late_dispatch` amount 1000.00, routineMinutes 30</c>.</summary>
    private static string Block(Domain.Terms.RuleBlock rule)
    {
        var node = JsonSerializer.SerializeToNode(rule, LedgerJson.Options)!.AsObject();
        return $"`{node["block"]}` {string.Join(", ", node.Where(p => p.Key != "block").Select(p => $"{p.Key} {Show(p.Value)}"))}".TrimEnd();
    }

    private static string Show(JsonNode? value) =>
        value switch
        {
            JsonArray list when list.All(i => i is JsonValue) => string.Join('/', list),
            JsonArray list => string.Join("; ", list.Select(Show)),
            JsonObject o => string.Join(' ', o.Select(p => Show(p.Value))),
            _ => $"{value}",
        };
}
