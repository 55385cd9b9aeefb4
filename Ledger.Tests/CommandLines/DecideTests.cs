using System.Text.Json;
using Ledger.Tests.Support;

namespace Ledger.Tests.CommandLines;

/// <summary>Officers decide on the command line: what a decision changes is shown in yuan, and each is an event.</summary>
public sealed class DecideTests
{
    private const string Dispatch = "4.6.4-dispatch:case/GMD-0002";

    [Fact]
    public async Task A_quarter_is_confirmed_disputed_decided_issued_and_its_register_kept()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var ledger = new Shell(database);
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
        await ledger.JsonAsync("import", Path.Combine("Samples", "gaomidian-first-quarter.ndjson"));
        await ledger.JsonAsync("assess", "gaomidian-2025", "--as-of", "2026-01-31T23:59:59+08:00");
        await ProposalsAsync(ledger);
        await DisputeAsync(ledger);
        await IssueAsync(ledger);
        await RegisterAsync(ledger);
        Assert.True((await ledger.JsonAsync("verify")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_decision_of_any_type_is_recorded_with_its_data_and_its_own_time_and_what_is_none_is_told()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        using var ledger = new Shell(database);
        const string Loss = """{"clause":"4.4","amount":"120.00","reason":"advanced to a resident"}""";
        string[] line = ["record", "loss_claimed", "claim/2026-1", "--actor", "officer-1"];
        await DecideAsync(ledger, 0, [.. line, "--data", Loss, "--time", "2026-03-02T09:00:00+08:00"]);
        Assert.Equal(
            "2026-03-02T01:00:00Z",
            (await ledger.JsonAsync("event", "6")).GetProperty("event").GetProperty("occurredAt").GetString()
        );

        // At another time it is another decision; from a file it is the same.
        var file = Path.Combine(ledger.Files, "loss.json");
        await File.WriteAllTextAsync(file, Loss);
        var same = await DecideAsync(ledger, 0, [.. line, "--data", file, "--time", "2026-03-02 09:00:00"]);
        Assert.True(same.GetProperty("decisions")[0].GetProperty("repeated").GetBoolean());
        var other = await DecideAsync(ledger, 1, [.. line, "--data", file, "--time", "2026-03-03 09:00:00"]);
        Assert.Contains("2026-1", other.GetRawText(), StringComparison.Ordinal);

        // One file of data for each of a list.
        var many = await DecideAsync(ledger, 0, ["record", "loss_claimed", "claim/3", "claim/4", "--actor", "officer-1", "--data", file]);
        Assert.Equal(2, many.GetProperty("decisions").GetArrayLength());

        foreach (
            var (type, data, expected) in new[]
            {
                ("loss_claimed", """{"clause":"4.4","amount":120}""", "$.data.amount"),
                ("case_received", "{}", "is a fact, not a decision: import it"),
                ("deduction_proposed", "{}", "is recorded by the ledger alone"),
                ("loss", "{}", "expected a type of decision"),
            }
        )
        {
            string[] wrong = ["record", type, "claim/2", "--actor", "officer-1", "--contract", "gaomidian-2025", "--data", data];
            var (status, _, error) = await ledger.RunAsync(wrong);
            Assert.Equal(2, status);
            Assert.Contains(expected, error, StringComparison.Ordinal);
        }
    }

    private static async Task ProposalsAsync(Shell ledger)
    {
        // Nothing is recorded by a dry run, and it shows what the decision then changes.
        var before = await EffectiveAsync(ledger);
        var wouldBe = await DecideAsync(ledger, 0, "confirm", Dispatch, "--actor", "officer-1", "--dry-run");
        Assert.Equal(before, await EffectiveAsync(ledger));
        var confirmed = await DecideAsync(ledger, 0, "confirm", Dispatch, "--actor", "officer-1");
        Assert.Equal(wouldBe.GetProperty("changes").GetRawText(), confirmed.GetProperty("changes").GetRawText());
        Assert.Contains(confirmed.GetProperty("changes").EnumerateArray(), c => c.GetProperty("field").GetString() == "netPayable");
        Assert.Equal("1000.00", await EffectiveAsync(ledger));

        // A lost answer: the same again is the decision that is on record.
        var again = (await DecideAsync(ledger, 0, "confirm", Dispatch, "--actor", "officer-1")).GetProperty("decisions")[0];
        Assert.True(again.GetProperty("repeated").GetBoolean());
        Assert.Equal(confirmed.GetProperty("decisions")[0].GetProperty("position").GetInt64(), again.GetProperty("position").GetInt64());
        Assert.Equal("1000.00", await EffectiveAsync(ledger));

        // Of a list the good ones are recorded, and each bad one says why.
        var list = Path.Combine(ledger.Files, "list.txt");
        var proposed = (await ledger.JsonAsync("deductions", "gaomidian-2025"))
            .EnumerateArray()
            .Where(d => d.GetProperty("status").GetString() == "proposed")
            .Select(d => d.GetProperty("id").GetString()!)
            .ToList();
        Assert.True(proposed.Count > 1);
        await File.WriteAllTextAsync(list, $"{proposed[0]}\r\n\n4.6.1:nothing\n");
        var bulk = (
            await DecideAsync(ledger, 1, "waive", "--list", list, "--actor", "officer-1", "--reason", "call recorded late")
        ).GetProperty("decisions");
        Assert.Equal([0, 1], bulk.EnumerateArray().Select(d => d.GetProperty("refusals").GetArrayLength()));
    }

    private static async Task DisputeAsync(Shell ledger)
    {
        await DecideAsync(ledger, 0, "dispute", Dispatch, "--actor", "vendor-1", "--reason", "dispatched in time");
        string[] reduced = ["decide", Dispatch, "--outcome", "reduced", "--amount", "400.00", "--reason", "half of it"];
        var refused = await DecideAsync(ledger, 1, [.. reduced, "--actor", "officer-1"]);
        Assert.Contains("somebody else decides its dispute", refused.GetRawText(), StringComparison.Ordinal);
        await DecideAsync(ledger, 0, [.. reduced, "--actor", "officer-2"]);
        Assert.Equal("400.00", await EffectiveAsync(ledger));
        foreach (var wrong in new[] { "--amount 4 --outcome reduced", "--outcome halved" })
        {
            string[] line = ["decide", Dispatch, .. wrong.Split(' '), "--reason", "x", "--actor", "o", "--contract", "gaomidian-2025"];
            Assert.Equal(2, (await ledger.RunAsync(line)).Status);
        }
    }

    private static async Task IssueAsync(Shell ledger)
    {
        string[] documents = ["service_report", "workload_list", "assessment_materials"];
        await DecideAsync(ledger, 0, ["report", "1", "--document", .. documents, "--actor", "vendor-1"]);
        await DecideAsync(ledger, 0, "accept", "1", "--actor", "officer-2");
        var (status, _, error) = await ledger.RunAsync("issue", "1", "--actor", "finance-1", "--contract", "gaomidian-2025");
        Assert.Equal(1, status);
        Assert.Matches(@"\d+ deductions of the period are proposed \([\d,.]+\) and 0 disputed \(0\.00\)", error);
        await DecideAsync(ledger, 0, "issue", "1", "--actor", "finance-1", "--leave-undecided");
        string[] invoice = ["--number", "24700001", "--kind", "vat_special", "--tax-rate", "6", "--issued-on", "2026-02-10"];
        var net = (await ledger.JsonAsync("statement", "gaomidian-2025", "--period", "1")).GetProperty("netPayable").GetString()!;
        await DecideAsync(ledger, 0, ["invoice", "1", "--amount", net, .. invoice, "--actor", "finance-1"]);
        var early = await DecideAsync(ledger, 1, "pay", "1", "--amount", net, "--on", "2026-02-12", "--actor", "officer-1");
        Assert.Contains("officer-1", early.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task RegisterAsync(Shell ledger)
    {
        string[] administrator =
        [
            "actor",
            "register",
            "admin-1",
            "--party",
            "principal",
            "--role",
            "administrator",
            "--from",
            "2025-10-28",
        ];
        await DecideAsync(ledger, 0, [.. administrator, "--actor", "admin-1"]);
        var stranger = await DecideAsync(ledger, 1, "reject", "2", "--reason", "x", "--actor", "officer-2");
        Assert.Contains("register of actors", stranger.GetRawText(), StringComparison.Ordinal);
        var last = await DecideAsync(ledger, 1, "actor", "withdraw", "admin-1", "--reason", "left", "--actor", "admin-1");
        Assert.Contains("last administrator", last.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> DecideAsync(Shell ledger, int expected, params string[] line)
    {
        var (status, output, error) = await ledger.RunAsync([.. line, "--contract", "gaomidian-2025", "--json"]);
        Assert.True(status == expected, $"{string.Join(' ', line)} ended with {status}: {error}");
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<string> EffectiveAsync(Shell ledger) =>
        (await ledger.JsonAsync("statement", "gaomidian-2025", "--period", "1"))
            .GetProperty("totals")
            .GetProperty("effective")
            .GetString()!;
}
