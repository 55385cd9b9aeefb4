using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Tests.Support;

namespace Ledger.Tests.Contracts;

/// <summary>The worked examples, replayed in memory: their statements to the fen.</summary>
public sealed class SampleSpecifications
{
    [Theory]
    [InlineData("anding-first-quarter")]
    [InlineData("gaomidian-first-quarter")]
    [InlineData("yongdinglu-staff-and-errors")]
    public void The_statements_are_the_expected_ones(string sample)
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(PathOf(sample + ".expected.json")));
        var history = Replay(sample, expected.RootElement.GetProperty("contract").GetString()!);
        history.Assess(expected.RootElement.GetProperty("assessAsOf").GetString()!);
        Assert.All(
            expected.RootElement.GetProperty("statements").EnumerateArray(),
            e =>
            {
                var statement = JsonSerializer.SerializeToElement(
                    history.Statement(e.GetProperty("period").GetInt32()),
                    LedgerJson.Options
                );
                Contains(e, statement, "$");
            }
        );
    }

    [Theory]
    [InlineData("4.6.4-dispatch:case/GMD-0001", false)]
    [InlineData("4.6.4-dispatch:case/GMD-0002", true)]
    [InlineData("4.6.1:case/GMD-0003:2025-11", false)]
    [InlineData("4.6.4-dispatch:case/GMD-0004", true)]
    [InlineData("4.6.3:3", true)]
    public void Exactly_thirty_minutes_is_in_time_a_second_more_is_late_and_an_excluded_zero_costs_nothing(string deduction, bool found)
    {
        var history = Replay("gaomidian-first-quarter", "gaomidian-2025");
        Assert.Equal(found, history.Assess("2026-02-10").Any(f => f.Id == deduction));
    }

    private static History Replay(string sample, string contract)
    {
        var history = new History(contract);
        foreach (var line in File.ReadLines(PathOf(sample + ".ndjson")))
        {
            var e = EventReader.Read(System.Text.Encoding.UTF8.GetBytes(line), null, out var faults);
            Assert.Empty(faults);
            history.Add(JsonDocument.Parse(line).RootElement.GetProperty("time").GetString()!, e!.Subject, e.Data, e.Actor, e.Id);
        }

        return history;
    }

    private static void Contains(JsonElement expected, JsonElement actual, string path)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in expected.EnumerateObject())
                {
                    Contains(property.Value, actual.GetProperty(property.Name), $"{path}.{property.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
                for (var i = 0; i < expected.GetArrayLength(); i++)
                {
                    Contains(expected[i], actual[i], $"{path}[{i}]");
                }

                break;
            default:
                Assert.True(expected.ToString() == actual.ToString(), $"{path}: expected {expected}, got {actual}");
                break;
        }
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Samples", file);
}
