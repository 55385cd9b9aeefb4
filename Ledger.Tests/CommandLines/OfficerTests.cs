using System.Text;
using System.Text.RegularExpressions;
using Ledger.Tests.Support;

namespace Ledger.Tests.CommandLines;

/// <summary>
/// What an auditor, a finance officer and an investigator are shown on the command line, over a ledger with the first quarter of one
/// contract, assessed.
/// </summary>
public sealed partial class OfficerTests(OfficerTests.Quarter quarter) : IClassFixture<OfficerTests.Quarter>
{
    private const string Late = "4.6.4-dispatch:case/GMD-0002";

    private readonly Shell ledger = quarter.Shell;

    [Fact]
    public async Task An_investigator_sees_findings_counted_by_rule_and_by_person_and_those_taken_up_apart()
    {
        var shown = await ledger.ShownAsync("findings", "gaomidian-2025");
        Assert.Matches(@"time_limit +dispatch +certain +2 +0", shown);
        Assert.Matches(@"dispatch +seat-01 +2 +0", shown);
        Assert.DoesNotContain("looked into", shown, StringComparison.Ordinal);

        var finding = Dispatched().Match(shown).Value;
        Assert.Equal(
            0,
            (await ledger.RunAsync("review", "open", finding, "--contract", "gaomidian-2025", "--actor", "inv-1", "--note", "why?")).Status
        );
        shown = await ledger.ShownAsync("findings", "gaomidian-2025", "--actor", "seat-01", "--rule", "dispatch");
        Assert.Matches(@"dispatch +seat-01 +2 +1", shown);
        Assert.Contains("looked into (1)", shown, StringComparison.Ordinal);
        Assert.Contains(
            "nothing found",
            await ledger.ShownAsync("findings", "gaomidian-2025", "--certainty", "undecidable"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "nothing found",
            await ledger.ShownAsync("findings", "gaomidian-2025", "--actor", "seat-99"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_trace_says_why_in_words_and_figures_and_its_case_shows_the_clocks()
    {
        var trace = await ledger.ShownAsync("trace", Late, "--contract", "gaomidian-2025");
        Assert.Contains("because dispatch after 30 min 1 s, limit 30 min", trace, StringComparison.Ordinal);
        var shown = await ledger.ShownAsync("case", "GMD-0002", "--contract", "gaomidian-2025");
        Assert.Matches(@"dispatch +2\.2\.2 +broken +2025-11-04 09:00:00 +2025-11-04 09:30:01", shown);
        Assert.Contains("s-0011", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_is_shown_whole_with_what_proves_it_and_decisions_with_who_took_them()
    {
        Assert.Matches(@"case_received · position 2 · case/GMD-0001 of gaomidian-2025", await ledger.ShownAsync("event", "2"));
        Assert.Matches(@"contract_registered", await ledger.ShownAsync("decisions", "gaomidian-2025"));
        Assert.Equal((1, ""), Of(await ledger.RunAsync("event", "99999")));
    }

    [Fact]
    public async Task A_difference_takes_times_as_they_are_printed_and_positions()
    {
        var byTime = await ledger.ShownAsync("diff", "gaomidian-2025", "--from", "2026-01-01", "--to", "2099-01-01 00:00:00");
        Assert.Equal(byTime, await ledger.ShownAsync("diff", "gaomidian-2025", "--from", "0"));
    }

    [Fact]
    public async Task A_settlement_groups_what_stands_in_its_way_by_who_must_act()
    {
        var shown = await ledger.ShownAsync("settlement", "gaomidian-2025");
        Assert.Matches(@"to be done by principal \(\d+\)", shown);
        Assert.Matches(@"to be done by finance \(\d+\)", shown);
        Assert.DoesNotContain("invoice open", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assessment_beyond_the_ledgers_day_is_refused_and_later_ones_are_not()
    {
        var (status, _, error) = await ledger.RunAsync("assess", "gaomidian-2025", "--as-of", "2099-01-01");
        Assert.Equal(1, status);
        Assert.Contains("2099", error, StringComparison.Ordinal);
        Assert.Equal(0, (await ledger.RunAsync("assess", "gaomidian-2025", "--as-of", "2026-02-01")).Status);
    }

    [Fact]
    public async Task A_simulated_year_stops_at_now_and_is_taken_by_an_import()
    {
        var file = Path.Combine(ledger.Files, "city.ndjson");
        var (status, _, _) = await ledger.RunAsync("simulate", "gaomidian-2025", "--months", "1", "--out", file);
        Assert.Equal(0, status);
        Assert.Equal(0, (await ledger.RunAsync("import", file, "--dry-run")).Status);
    }

    [Fact]
    public async Task A_table_without_a_mapping_and_a_contract_that_nobody_registered_are_told_once()
    {
        var table = Path.Combine(ledger.Files, "table.csv");
        await File.WriteAllTextAsync(table, "工单编号,受理时间\n1,2025-11-03 09:12\n2,2025-11-03 09:12\n", Encoding.UTF8);
        var (status, _, error) = await ledger.RunAsync("import", table);
        Assert.Equal((3, 1), (status, Lines(error)));
        Assert.Contains("--map", error, StringComparison.Ordinal);

        var other = Path.Combine(ledger.Files, "other.ndjson");
        var sample = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Samples", "gaomidian-first-quarter.ndjson"));
        await File.WriteAllTextAsync(other, sample.Replace("gaomidian-2025", "unknown-2025", StringComparison.Ordinal));
        (status, _, error) = await ledger.RunAsync("import", other);
        Assert.Equal(1, status);
        Assert.Equal(1, error.Split("unknown-2025").Length - 1);
    }

    [Fact]
    public async Task An_id_that_says_something_else_now_names_the_field_and_what_to_record_instead()
    {
        var file = Path.Combine(ledger.Files, "conflict.ndjson");
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Samples", "gaomidian-first-quarter.ndjson"));
        await File.WriteAllTextAsync(file, lines[1].Replace("09:02:00", "09:03:00", StringComparison.Ordinal) + "\n");
        var (status, _, error) = await ledger.RunAsync("import", file);
        Assert.Equal(1, status);
        Assert.Contains("$.time", error, StringComparison.Ordinal);
        Assert.DoesNotContain("id of its own", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_and_facts_outside_the_term_are_told()
    {
        var file = Path.Combine(ledger.Files, "empty.ndjson");
        await File.WriteAllTextAsync(file, "");
        Assert.Contains("no event and no row was found", await ledger.ShownAsync("import", file), StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Samples", "gaomidian-first-quarter.ndjson"));
        var early = lines[0]
            .Replace("2025-11-03", "2024-11-03", StringComparison.Ordinal)
            .Replace("s-0001", "s-early", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, early.Replace("GMD-0001", "GMD-9999", StringComparison.Ordinal) + "\n");
        Assert.Contains("1 facts occurred on no day", await ledger.ShownAsync("import", file, "--dry-run"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ranking_says_of_which_contracts_nothing_was_assessed()
    {
        Assert.Contains("not assessed in this cycle", await ledger.ShownAsync("rankings", "--cycle", "2026-03"), StringComparison.Ordinal);
    }

    private static int Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private static (int, string) Of((int Status, string Output, string Error) ended) => (ended.Status, ended.Output);

    [GeneratedRegex("dispatch-[0-9a-f]{16}", RegexOptions.None, 1000)]
    private static partial Regex Dispatched();

    /// <summary>The ledger.</summary>
    public sealed class Quarter : IAsyncLifetime
    {
        private TestDatabase? database;
        private Shell? shell;

        /// <summary>Its command line.</summary>
        public Shell Shell => shell!;

        public async Task InitializeAsync()
        {
            database = await TestDatabase.CreateAsync();
            shell = new Shell(database);
            await shell.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
            await shell.JsonAsync("import", Path.Combine("Samples", "gaomidian-first-quarter.ndjson"));
            await shell.JsonAsync("assess", "gaomidian-2025", "--as-of", "2026-01-31T23:59:59+08:00");
        }

        public async Task DisposeAsync()
        {
            shell!.Dispose();
            await database!.DisposeAsync();
        }
    }
}
