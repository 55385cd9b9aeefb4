using Ledger.Api.Imports;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Verification;
using Ledger.Tests.Support;

namespace Ledger.Tests.Projections;

/// <summary>Imports on the real database.</summary>
public sealed class ImportTests
{
    private static readonly string[] Sample = [.. Ledgers.Sample("gaomidian-first-quarter")];

    [Fact]
    public async Task A_second_import_records_nothing()
    {
        await using var database = await ReadyAsync();
        var first = await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        var second = await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        Assert.Equal(
            (32L, 32L, 0L, 6L, 37L),
            (first.Read, first.Recorded, first.Duplicates, first.FirstPosition!.Value, first.LastPosition!.Value)
        );
        Assert.Equal((32L, 0L, 32L, null), (second.Read, second.Recorded, second.Duplicates, second.FirstPosition));
    }

    /// <summary>Over several chunks, so that the file is first taken as new and its doubt is met late.</summary>
    [Theory]
    [InlineData("the same", 5_999, 1, 0)]
    [InlineData("another body", 0, 0, 1)]
    [InlineData("no event", 0, 0, 1)]
    public async Task What_is_met_late_in_a_long_file_counts_for_the_whole_of_it(string last, int recorded, int repeated, int rejected)
    {
        await using var database = await ReadyAsync();
        var lines = Enumerable
            .Range(0, 5_999)
            .Select(i => Sample[2].Replace("\"id\": \"", $"\"id\": \"{i}-", StringComparison.Ordinal))
            .ToList();
        var first = Sample[0];
        lines[0] = first;
        lines.Add(
            last switch
            {
                "the same" => first,
                "another body" => first.Replace("\"actor\": \"", "\"actor\": \"other-", StringComparison.Ordinal),
                _ => "{}",
            }
        );
        var report = await Ledgers.ImportAsync(database.Ledger, string.Join('\n', lines));
        Assert.Equal((6_000L, recorded, repeated, rejected), (report.Read, report.Recorded, report.Repeated ?? 0, report.Rejected));
        Assert.Equal(0, report.Duplicates);
        Assert.Equal(5 + recorded, (await database.Ledger.Log.HeadAsync(default)).Position);
        Assert.True((await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default)).Ok);
    }

    /// <summary>More streams than an import keeps in memory, with events that go back to any of them.</summary>
    [Fact]
    public async Task A_file_of_many_streams_goes_back_to_any_of_them()
    {
        const int cases = 62_000;
        await using var database = await ReadyAsync();
        var (received, signed) = (Sample[0], Sample[1]);
        var lines = Enumerable
            .Range(0, cases)
            .SelectMany(i =>
                i % 40 == 0 ? new[] { Case(received, i, i), Case(signed, i, (int)(i * 7919L % (i + 1))) } : [Case(received, i, i)]
            );
        var report = await Ledgers.ImportAsync(database.Ledger, string.Join('\n', lines));
        Assert.Equal((cases + (cases / 40), 0), (report.Recorded, report.Rejected));
        var verified = await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
        Assert.Equal((true, null), (verified.Ok, verified.Problem));

        static string Case(string line, int id, int subject) =>
            line.Replace("\"id\": \"", $"\"id\": \"{id}-", StringComparison.Ordinal)
                .Replace("GMD-0001", $"M-{subject}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_body_under_the_same_id_is_refused_with_both_positions()
    {
        await using var database = await ReadyAsync();
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        var report = await Ledgers.ImportAsync(
            database.Ledger,
            Sample[2].Replace("unit-urban-management", "unit-other", StringComparison.Ordinal)
        );
        var fault = Assert.Single(Assert.Single(report.Errors).Faults);
        Assert.Equal("$.id", fault.Path);
        Assert.Contains("position 8, and $.", fault.Problem, StringComparison.Ordinal);
        Assert.Contains("position 38", fault.Problem, StringComparison.Ordinal);
        Assert.Equal(0, report.Recorded);
    }

    [Fact]
    public async Task A_malformed_line_names_its_line_path_and_expectation_and_nothing_of_its_file_is_recorded()
    {
        await using var database = await ReadyAsync();
        var lines = Sample.ToArray();
        lines[14] = lines[14].Replace("\"score\": 0", "\"score\": \"0\"", StringComparison.Ordinal);
        var report = await Ledgers.ImportAsync(database.Ledger, string.Join('\n', lines));
        var error = Assert.Single(report.Errors);
        Assert.Equal(
            (15L, "$.data.score: expected a number with at most 15 digits, got \"0\""),
            (error.Line, error.Faults.Single().ToString())
        );
        Assert.Equal(5, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    [Fact]
    public async Task With_rejects_the_good_lines_are_recorded_and_a_mended_file_completes_them()
    {
        await using var database = await ReadyAsync();
        var lines = Sample.ToArray();
        lines[14] = lines[14].Replace("\"score\": 0", "\"score\": \"0\"", StringComparison.Ordinal);
        var rejected = new List<RejectedLine>();
        var report = await Ledgers.ImportAsync(
            database.Ledger,
            string.Join('\n', lines),
            new ImportOptions(Reject: line =>
            {
                rejected.Add(line);
                return Task.CompletedTask;
            })
        );
        Assert.Equal((31L, 1L, 15L), (report.Recorded, report.Rejected, rejected.Single().Line));
        Assert.Equal(lines[14], System.Text.Encoding.UTF8.GetString(rejected.Single().Utf8!));
        var mended = await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        Assert.Equal((1L, 31L), (mended.Recorded, mended.Duplicates));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\uFEFF", 0)]
    [InlineData("\n\r\n  \n", 0)]
    [InlineData("CRLF", 32)]
    [InlineData("BOM", 32)]
    [InlineData("BATCH", 32)]
    [InlineData("ONE", 1)]
    [InlineData("PRETTY", 1)]
    public async Task Files_come_in_several_shapes(string shape, long recorded)
    {
        await using var database = await ReadyAsync();
        var text = shape switch
        {
            "CRLF" => string.Join("\r\n", Sample),
            "BOM" => "\uFEFF" + string.Join('\n', Sample),
            "BATCH" => "\uFEFF [\n" + string.Join(",\n", Sample) + "\n]",
            "ONE" => Sample[0],
            "PRETTY" => Sample[0].Replace(", ", ",\n  ", StringComparison.Ordinal),
            _ => shape,
        };
        Assert.Equal(recorded, (await Ledgers.ImportAsync(database.Ledger, text)).Recorded);
    }

    [Fact]
    public async Task A_batch_cut_off_in_the_middle_records_nothing()
    {
        await using var database = await ReadyAsync();
        await Assert.ThrowsAsync<LedgerException>(() =>
            Ledgers.ImportAsync(database.Ledger, "[" + string.Join(',', Sample[..5]) + ",{\"spec")
        );
        Assert.Equal(5, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    [Fact]
    public async Task A_dry_run_checks_everything_and_records_nothing()
    {
        await using var database = await ReadyAsync();
        var report = await Ledgers.ImportAsync(database.Ledger, string.Join('\n', Sample), new ImportOptions(DryRun: true));
        Assert.Equal((32L, 0L, null), (report.Recorded, report.Rejected, report.FirstPosition));
        Assert.Equal(5, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    [Theory]
    [InlineData("2026-11-20T00:05:00+00:00", 1)]
    [InlineData("2026-11-20T00:05:00.000001+00:00", 0)]
    public async Task A_time_more_than_five_minutes_ahead_of_the_clock_is_refused(string time, long recorded)
    {
        await using var database = await ReadyAsync();
        var line = Sample[0].Replace("2025-11-03T09:00:00+08:00", time, StringComparison.Ordinal);
        Assert.Equal(recorded, (await Ledgers.ImportAsync(database.Ledger, line)).Recorded);
    }

    [Theory]
    [InlineData("gaomidian-2025", "gaomidian-2024", "$.contract")]
    [InlineData("\"id\": \"s-0001\"", "\"id\": \"s-0001\", \"expectedversion\": 1", "$.expectedversion")]
    [InlineData("case_received", "deduction_proposed", "$.subject")]
    public async Task What_does_not_fit_the_ledger_is_refused(string good, string bad, string path)
    {
        await using var database = await ReadyAsync();
        var report = await Ledgers.ImportAsync(database.Ledger, Sample[0].Replace(good, bad, StringComparison.Ordinal));
        Assert.Equal(path, Assert.Single(Assert.Single(report.Errors).Faults).Path);
    }

    [Fact]
    public async Task Importing_in_one_file_or_in_many_and_in_any_order_gives_the_same_statements()
    {
        var order = new Random(5);
        var whole = await StatementsAsync([string.Join('\n', Sample)]);
        var cases = Sample.Where(l => !l.Contains("spot_check", StringComparison.Ordinal)).ToArray();
        order.Shuffle(cases);
        var parts = cases
            .Chunk(5)
            .Select(c => string.Join('\n', c))
            .Append(Sample.Single(l => l.Contains("spot_check", StringComparison.Ordinal)))
            .ToList();
        Assert.Equal(whole, await StatementsAsync(parts));
    }

    private static async Task<string> StatementsAsync(IReadOnlyList<string> files)
    {
        await using var database = await ReadyAsync();
        foreach (var file in files)
        {
            Assert.Equal(0, (await Ledgers.ImportAsync(database.Ledger, file)).Rejected);
        }

        var run = await database.Ledger.AssessAsync("gaomidian-2025", History.At("2026-02-10T23:59:59+08:00"));
        Assert.True((await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default)).Ok);
        var statements = (await database.Ledger.Read.AllAsync("gaomidian-2025", null, default)).Select(s =>
            s with
            {
                AsOf = null,
                Checkpoint = null,
            }
        );
        return run.Digest + System.Text.Encoding.UTF8.GetString(Domain.Json.LedgerJson.Write(statements));
    }

    private static async Task<TestDatabase> ReadyAsync()
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        return database;
    }
}
