using System.Text.Json;
using Ledger.Tests.Support;

namespace Ledger.Tests.CommandLines;

/// <summary>Lines, what they print and their statuses.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task The_three_samples_give_their_expected_statements_through_the_command_line()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var ledger = new Shell(database);
        var registered = await ledger.JsonAsync([
            "contracts",
            "register",
            .. Terms.Ids.Select(id => Path.Combine("contracts", id + ".json")),
        ]);
        Assert.Equal(5, registered.GetArrayLength());
        foreach (var sample in new[] { "anding-first-quarter", "gaomidian-first-quarter", "yongdinglu-staff-and-errors" })
        {
            using var expected = JsonDocument.Parse(
                await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Samples", sample + ".expected.json"))
            );
            var contract = expected.RootElement.GetProperty("contract").GetString()!;
            await ledger.JsonAsync("import", Path.Combine("Samples", sample + ".ndjson"));
            await ledger.JsonAsync("assess", contract, "--as-of", expected.RootElement.GetProperty("assessAsOf").GetString()!);
            var statements = await ledger.JsonAsync("statement", contract);
            foreach (var e in expected.RootElement.GetProperty("statements").EnumerateArray())
            {
                var s = statements[e.GetProperty("period").GetInt32() - 1];
                Assert.Equal(
                    [
                        .. e.GetProperty("deductions")
                            .EnumerateArray()
                            .Select(d => $"{d.GetProperty("id")} {d.GetProperty("amount")} {d.GetProperty("attributedOn")}"),
                    ],
                    s.GetProperty("deductions")
                        .EnumerateArray()
                        .Select(d => $"{d.GetProperty("id")} {d.GetProperty("amount")} {d.GetProperty("attributedOn")}")
                );
                foreach (var figure in new[] { "gross", "netPayable", "shortfall", "exposure" })
                {
                    Assert.Equal(e.GetProperty(figure).GetString(), s.GetProperty(figure).GetString());
                }
            }
        }

        Assert.True((await ledger.JsonAsync("verify")).GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData(2, "statement")]
    [InlineData(2, "no-such-command")]
    [InlineData(2, "assess gaomidian-2025 --as-of yesterday")]
    [InlineData(2, "statement gaomidian-2025 --position 1 --as-of 2026-01-01")]
    [InlineData(3, "import no-such-file.ndjson")]
    [InlineData(3, "contracts register no-such-file.json")]
    [InlineData(1, "statement gaomidian-2025")]
    [InlineData(1, "statement gaomidian-2025 --position 99")]
    public async Task A_wrong_command_ends_with_its_status_and_one_line_on_standard_error(int status, string arguments)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var ledger = new Shell(database);
        var (ended, output, error) = await ledger.RunAsync(arguments.Split(' '));
        Assert.Equal(status, ended);
        Assert.Empty(output);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => l.StartsWith("ledger: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rejects_never_overwrite_a_file_least_of_all_the_one_that_is_imported()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var ledger = new Shell(database);
        var file = Path.Combine(ledger.Files, "events.ndjson");
        await File.WriteAllTextAsync(file, "{}");
        var (status, _, error) = await ledger.RunAsync("import", file, "--rejects", file);
        Assert.Equal((2, "{}"), (status, await File.ReadAllTextAsync(file)));
        Assert.Contains("exists already", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simulated_year_is_the_same_for_the_same_seed()
    {
        using var one = new Shell();
        var files = new[] { "a", "b", "c" }.Select(n => Path.Combine(one.Files, n)).ToArray();
        await one.JsonAsync("simulate", "gaomidian-2025", "--seed", "7", "--cases-per-month", "5", "--out", files[0]);
        await one.JsonAsync("simulate", "gaomidian-2025", "--seed", "7", "--cases-per-month", "5", "--out", files[1]);
        await one.JsonAsync("simulate", "gaomidian-2025", "--seed", "8", "--cases-per-month", "5", "--out", files[2]);
        Assert.Equal(await File.ReadAllBytesAsync(files[0]), await File.ReadAllBytesAsync(files[1]));
        Assert.NotEqual(await File.ReadAllBytesAsync(files[0]), await File.ReadAllBytesAsync(files[2]));
    }

    [Fact]
    public void A_demo_runs_on_a_later_clock_where_the_machine_s_lies_before_the_year_s_end_and_says_so()
    {
        var said = new List<string>();
        var year = new Api.Operations.DemoYear(Terms.Of("gaomidian-2025"));
        var early = year.Clock(new SetClock("2026-01-01T00:00:00Z"), said.Add);
        Assert.True(early.GetCurrentInstant() >= History.At("2026-11-10T23:59:59+08:00"));
        Assert.Contains("goes on from there", Assert.Single(said), StringComparison.Ordinal);
        var late = new SetClock("2030-01-01T00:00:00Z");
        Assert.Equal(late.GetCurrentInstant(), year.Clock(late, said.Add).GetCurrentInstant());
        Assert.Single(said);
    }

    [Fact]
    public void A_demo_s_clock_shows_the_simulated_time_while_it_is_told_one_and_never_an_earlier_one()
    {
        var (machine, end) = (new SetClock("2026-12-01T00:00:00Z"), History.At("2026-11-11T00:00:00+08:00"));
        var clock = new Api.Hosting.DemoClock(machine, end);
        var (march, april) = (History.At("2026-03-28T01:00:00+08:00"), History.At("2026-04-28T01:00:00+08:00"));
        clock.Show(april);
        clock.Show(march);
        Assert.Equal(april, clock.GetCurrentInstant());
        clock.Show(null);
        Assert.Equal(machine.GetCurrentInstant(), clock.GetCurrentInstant());
    }
}
