using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Events;

/// <summary>docs/events.md is made from the catalogue: every event, its fields, who may record it, an example, what refuses it.</summary>
public sealed class EventGuideTests
{
    private const string Time = "2026-01-30T10:00:00+08:00";

    // What a value of its type alone would not be right for.
    private static readonly Dictionary<string, string> Values = new()
    {
        ["case_received.urgency"] = "\"routine\"",
        ["case_replied.elements"] = "5",
        ["case_scored.score"] = "92.5",
        ["*.sha256"] = "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
        ["*.lat"] = "39.9",
        ["*.lon"] = "116.4",
        ["*.cycle"] = "\"2026-01\"",
        ["*.clause"] = "\"4.6.4\"",
        ["*.category"] = "\"噪音扰民\"",
        ["*.unit"] = "\"unit-07\"",
        ["*.grid"] = "\"grid-03\"",
        ["*.person"] = "\"p-017\"",
        ["*.to"] = "\"2026-12-31\"",
        ["*.reason"] = "\"entered twice\"",
        ["scoring_scheme_adopted.cycle"] = "\"calendar_month\"",
        ["scoring_scheme_adopted.response"] = "0.1",
        ["scoring_scheme_adopted.resolution"] = "0.5",
        ["scoring_scheme_adopted.satisfaction"] = "0.4",
        ["scoring_scheme_adopted.mostlySatisfied"] = "0.9",
        ["historical_load_declared.source"] = "\"12345/export\"",
        ["historical_load_declared.from"] = "\"2025-10-28\"",
        ["historical_load_declared.until"] = "\"2025-12-31\"",
        ["actor_registered.roles"] = "[\"principal\"]",
        ["actor_registered.from"] = "\"2025-10-28\"",
        ["contract_registered.terms"] = "{\"id\":\"gaomidian-2025\"}",
        ["*.item"] = "\"2.2.4\"",
        ["obligation_overdue.obligation"] = "\"handover\"",
        ["work_report_submitted.kind"] = "\"weekly\"",
        ["dispute_decided.outcome"] = "\"upheld\"",
        ["calendar_published.publishedYears"] = "[2026]",
        ["calendar_published.holidays"] = "[\"2026-01-01\"]",
        ["calendar_published.makeUpWorkingDays"] = "[\"2026-01-04\"]",
    };

    // Of optional properties the examples show these.
    private static readonly HashSet<string> Shown =
    [
        "case_received.category",
        "case_received.dueAt",
        "case_amended.category",
        "deduction_assessed.amount",
        "citizen_contacted.recording",
    ];

    public static readonly TheoryData<string> Recordable = new(
        EventCatalogue.All.Where(t => t.Class != EventClass.Derived).Select(t => t.Alias)
    );

    [Fact]
    public void Docs_events_is_made_from_the_catalogue()
    {
        var summaries = Summaries();
        var text = new StringBuilder(
            """
            # Events

            Made from the catalogue by a specification (`UPDATE_GOLDEN=1` writes it anew). An event comes in as CloudEvents 1.0 in JSON;
            each example is one that the ledger reads. *Facts* are taken whenever they are well formed, also where they contradict each
            other. *Decisions* are checked against the state, and refused with nothing recorded where they do not follow from it.
            *Derived* events are recorded by the ledger alone. A property with `?` may be left out.


            """
        );
        foreach (
            var (kind, title) in new[] { (EventClass.Fact, "Facts"), (EventClass.Decision, "Decisions"), (EventClass.Derived, "Derived") }
        )
        {
            text.Append($"## {title}\n\n");
            foreach (var type in EventCatalogue.All.Where(t => t.Class == kind))
            {
                text.Append($"### `{type.Alias}`\n\n{summaries[type.Data.FullName!]}\n\n");
                text.Append(
                    $"- subject: {string.Join(" or ", type.Subjects.Select(s => $"`{s.Replace("*", "…", StringComparison.Ordinal)}`"))}\n"
                );
                text.Append($"- recorded by: {string.Join(", ", type.By.Select(Words<Role>.Of))}\n");
                text.Append($"- data: {FieldsOf(type.Data)}\n");
                text.Append(type.RefusedWhen is { } why ? $"- refused: {why}\n" : "");
                text.Append(kind == EventClass.Derived ? "\n" : $"\n```json\n{Example(type)}\n```\n\n");
            }
        }

        Golden.Equal("docs/events.md", text.ToString());
    }

    [Theory]
    [MemberData(nameof(Recordable))]
    public void Each_example_is_one_that_the_ledger_reads(string alias)
    {
        EventReader.Read(Encoding.UTF8.GetBytes(Example(EventCatalogue.Find(alias)!)), null, out var faults);
        Assert.Empty(faults);
    }

    private static string Example(EventType type)
    {
        var data = (JsonObject)Sample(type, type.Data, "");
        var subject = type.Subjects[0].Replace("*", KeyOf(type, data), StringComparison.Ordinal);
        var e = new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = "e-000017",
            ["source"] = "12345/export",
            ["type"] = type.Alias,
            ["contract"] = type.Alias == "calendar_published" ? "_ledger" : "gaomidian-2025",
            ["subject"] = subject,
            ["time"] = Time,
            ["actor"] = $"{Words<Role>.Of(type.By[0])}-01",
            ["data"] = data,
        };
        return e.ToJsonString(new JsonSerializerOptions { Encoder = LedgerJson.Options.Encoder });
    }

    private static string KeyOf(EventType type, JsonObject data) =>
        type.Subjects[0].Split('/')[0] switch
        {
            "case" => "GMD-0001",
            "rating" => "2026-01",
            "staff" => "p-017",
            "deliverable" => "2.2.4",
            "obligation" => "handover",
            "report" => "weekly/2026-W05",
            "evaluation" => data["quarter"]!.ToString(),
            "period" => "1",
            "deduction" => "4.6.1:case/GMD-0001:2026-01",
            "load" => "12345/export",
            "finding" => "F12-0123456789abcdef",
            _ => "17",
        };

    private static JsonNode Sample(EventType of, Type type, string name)
    {
        if (Values.TryGetValue($"{of.Alias}.{name}", out var set) || Values.TryGetValue($"*.{name}", out set))
        {
            return JsonNode.Parse(set)!;
        }

        var info = LedgerJson.Options.GetTypeInfo(type);
        return type == typeof(string) ? "…"
            : type == typeof(bool) ? true
            : type == typeof(int) || type == typeof(long) || type == typeof(decimal) ? 1
            : type == typeof(Cny) ? "1000.00"
            : type == typeof(Percentage) ? "6"
            : type == typeof(LocalDate) ? "2026-01-30"
            : type == typeof(YearMonth) ? "2026-01"
            : type == typeof(Instant) ? "2026-02-06T18:00:00+08:00"
            : type.IsEnum ? JsonSerializer.SerializeToNode(Enum.GetValues(type).GetValue(0), type, LedgerJson.Options)!
            : info.Kind == JsonTypeInfoKind.Enumerable ? new JsonArray(Sample(of, info.ElementType!, name + "[]"))
            : info.Kind == JsonTypeInfoKind.Dictionary ? new JsonObject { ["quality"] = Sample(of, info.ElementType!, "") }
            : new JsonObject(
                info.Properties.Where(p => p.IsRequired || Shown.Contains($"{of.Alias}.{p.Name}"))
                    .Select(p => KeyValuePair.Create(p.Name, (JsonNode?)Sample(of, Bare(p.PropertyType), p.Name)))
            );
    }

    private static string FieldsOf(Type type) =>
        LedgerJson.Options.GetTypeInfo(type).Properties.Where(p => p.Get is not null).ToList() is { Count: > 0 } properties
            ? string.Join(", ", properties.Select(p => $"`{p.Name}`{(p.IsRequired ? "" : "?")} {NameOf(Bare(p.PropertyType))}"))
            : "none";

    private static string NameOf(Type type)
    {
        if (
            type == typeof(JsonElement)
            || LedgerJson.Options.GetTypeInfo(type)
                is not { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary } info
        )
        {
            return type == typeof(string) ? "text"
                : type == typeof(bool) ? "true or false"
                : type == typeof(int) || type == typeof(long) ? "whole number"
                : type == typeof(decimal) ? "number"
                : type == typeof(Cny) ? "yuan"
                : type == typeof(Percentage) ? "percentage"
                : type == typeof(LocalDate) ? "date"
                : type == typeof(YearMonth) ? "month"
                : type == typeof(Instant) ? "time"
                : type.IsEnum
                    ? string.Join(
                        " | ",
                        Enum.GetValues(type).Cast<object>().Select(v => JsonSerializer.SerializeToNode(v, type, LedgerJson.Options))
                    )
                : "object";
        }

        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => $"[{NameOf(info.ElementType!)}]",
            JsonTypeInfoKind.Dictionary => $"{{name: {NameOf(info.ElementType!)}}}",
            _ => $"{{{FieldsOf(type)}}}",
        };
    }

    private static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static Dictionary<string, string> Summaries() =>
        XDocument
            .Load(Path.Combine(AppContext.BaseDirectory, "Ledger.Domain.xml"))
            .Descendants("member")
            .Where(m => m.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal))
            .ToDictionary(m => m.Attribute("name")!.Value[2..], m => Plain(m.Element("summary")));

    private static string Plain(XElement? summary) =>
        summary is null
            ? ""
            : string.Join(' ', string.Concat(summary.Nodes().Select(Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Text(XNode node) =>
        node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
            XElement other => other.Value,
            _ => node.ToString(),
        };
}
