using System.Text;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Domain.Findings;
using Ledger.Domain.Time;
using Ledger.Tests.Support;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Tables;

/// <summary>An export that comes again with the same tickets: what changed is recorded, what did not is known.</summary>
public sealed class RefreshedExportTests
{
    [Fact]
    public async Task A_refreshed_export_records_what_changed_and_says_of_which_kind()
    {
        await using var database = await ReadyAsync();
        var first = await ImportAsync(database, FileOf("week1.csv"), Shipped("generic-311"));
        Assert.Equal((2L, 0L), (first.Recorded, first.Changed!.Values.Sum()));

        var second = await ImportAsync(database, FileOf("week2.csv"), Shipped("generic-311"));
        Assert.Empty(second.Errors);
        Assert.Equal((2L, 1L), (second.Recorded, second.Duplicates)); // the closing, and the receipt with another queue
        Assert.Equal("case_received 1", Counts(second.Changed!));
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var findings = await database.Ledger.Findings.AtAsync(Contract, head, History.At("2026-01-28T00:00:00+08:00"), default);
        Assert.DoesNotContain(findings, f => f.Rule == "handling");

        var again = await ImportAsync(database, FileOf("week2.csv"), Shipped("generic-311"));
        Assert.Equal((0L, 3L, 0L), (again.Recorded, again.Duplicates, again.Changed!.Values.Sum()));
    }

    [Theory]
    [InlineData("A1,2025-11-03 09:12,u1,垃圾,2025-11-07 09:12,,,", 0)]
    [InlineData("A1,2025-11-03 09:12,u1,垃圾 ,2025-11-07 09:12,,,", 0)] // what is not seen changes nothing
    [InlineData("A1,2025/11/3 9:12,u1,垃圾,2025/11/7 9:12,,,", 0)] // nor does another spelling
    [InlineData("A1,2025-11-03 09:12,u1,噪音,2025-11-07 09:12,,,", 1)]
    [InlineData("A1,2025-11-03 09:12,u1,垃圾,2025-11-08 09:12,,,", 1)]
    [InlineData("A1,2025-11-03 09:13,u1,垃圾,2025-11-07 09:12,,,", 2)] // the receipt and the dispatch
    [InlineData("A1,2025-11-03 09:12,u2,垃圾,2025-11-07 09:12,,,", 1)]
    [InlineData("A1,2025-11-03 09:12,,垃圾,2025-11-07 09:12,,,", 0)] // what is gone is not unsaid
    public async Task An_event_is_another_where_its_time_or_its_data_is(string row, int changed)
    {
        await using var database = await ReadyAsync();
        var mapping = Digested("tickets");
        await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + "A1,2025-11-03 09:12,u1,垃圾,2025-11-07 09:12,,,\n"), mapping);
        var report = await ImportAsync(database, Encoding.UTF8.GetBytes($"{Heading}{row}\n"), mapping);
        Assert.Empty(report.Errors);
        Assert.Equal((changed, changed), (report.Recorded, report.Changed!.Values.Sum()));
    }

    [Fact]
    public async Task A_row_that_says_again_what_a_later_one_said_otherwise_is_told_and_changes_nothing()
    {
        await using var database = await ReadyAsync();
        var mapping = Digested("tickets");
        byte[] Due(string due) =>
            Encoding.UTF8.GetBytes($"{Heading}A1,2025-11-03 09:12,u1,垃圾,{due} 09:12,,,\nA2,2025-11-03 09:12,,,,,,\n");
        await ImportAsync(database, Due("2025-11-07"), mapping);
        Assert.Null((await ImportAsync(database, Due("2025-11-07"), mapping)).Outdated);
        Assert.Null((await ImportAsync(database, Due("2025-11-10"), mapping)).Outdated);
        Assert.Null((await ImportAsync(database, Due("2025-11-10"), mapping)).Outdated);
        var report = await ImportAsync(database, Due("2025-11-07"), mapping);
        Assert.Equal((0L, "case_received 1"), (report.Recorded, Counts(report.Outdated!)));
    }

    [Fact]
    public async Task A_receipt_told_again_moves_the_due_time_and_not_the_start()
    {
        await using var database = await ReadyAsync();
        var mapping = Digested("tickets");
        await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + "A1,2025-11-03 09:12,u1,垃圾,2025-11-07 09:12,,,\n"), mapping);
        await ImportAsync(
            database,
            Encoding.UTF8.GetBytes(Heading + "A1,2025-11-03 09:12,u1,垃圾,2025-11-10 09:12,2025-11-09 09:12,是,满意\n"),
            mapping
        );
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var findings = await database.Ledger.Findings.AtAsync(Contract, head, History.At("2026-01-28T00:00:00+08:00"), default);
        Assert.DoesNotContain(findings, f => f.Rule == "handling");
    }

    [Fact]
    public async Task No_personal_value_is_told_by_an_id()
    {
        await using var database = await ReadyAsync();
        var mapping = Read(
            """{"name":"n","source":"s","timeFormats":["uuuu-MM-dd HH:mm"],"personalData":["phone"],"events":[{"type":"case_received","id":"{id}-{digest}","subject":"case/{id}","time":"at","actor":"a","data":{"platform":"city","channel":"phone","urgency":"routine","caller":{"phone":{"column":"phone"}}}}]}"""
        );
        await ImportAsync(database, "id,at,phone\n1,2025-11-03 09:12,13800000001\n"u8.ToArray(), mapping);
        var other = await ImportAsync(database, "id,at,phone\n1,2025-11-03 09:12,13800000002\n"u8.ToArray(), mapping);
        Assert.Contains("$.data.caller is another", Faults(other), StringComparison.Ordinal);
        Assert.DoesNotContain("1380000", Faults(other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_which_one_event_is_refused_records_nothing_of_it_with_rejects()
    {
        await using var database = await ReadyAsync();
        var mapping = Mapping("tickets");

        // The closing and the call-back of A2 lie ahead of the clock: its receipt and its dispatch come first in the row.
        var file = Encoding.UTF8.GetBytes(
            Heading
                + "A1,2025-11-03 09:12,u1,垃圾,2025-11-07 09:12,,,\nA2,2025-11-03 09:12,u1,垃圾,2099-11-07 09:12,2099-11-05 09:12,是,满意\n"
                + "A3,2025-11-03 09:12,u1,垃圾,2025-11-07 09:12,,,\n"
        );
        var rejected = new List<RejectedLine>();
        using var stream = new MemoryStream(file);
        var report = await database.Ledger.Importer.ImportAsync(
            EventFile.OfTable(stream, mapping, Contract, WorkingDays.Shipped),
            new ImportOptions(line =>
            {
                rejected.Add(line);
                return Task.CompletedTask;
            }),
            default
        );
        Assert.Equal((4L, 1L), (report.Recorded, report.Rejected));
        Assert.Contains("ahead of the ledger's clock", Assert.Single(rejected).Faults[0].Problem, StringComparison.Ordinal);
        Assert.Equal(0L, await database.ScalarAsync<long>("select count(*) from ledger.mt_events where stream_id = 'case/A2'"));
        Assert.Equal(4, report.LastPosition - report.FirstPosition + 1);
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task Decisions_of_a_refused_row_are_not_decided_either()
    {
        await using var database = await ReadyAsync();
        var mapping = Read(
            """{"name":"n","source":"s","timeFormats":["uuuu-MM-dd HH:mm"],"events":[{"type":"period_report_submitted","id":"{period}-submitted","subject":"period/{period}","time":"at","actor":"vendor","data":{"documents":["service_report","workload_list","assessment_materials"]}},{"type":"period_accepted","id":"{period}-accepted","subject":"period/{accepts}","time":"at","actor":"officer"}]}"""
        );
        var rows = "period,at,accepts\n1,2026-01-29 09:12,9\n2,2026-01-29 09:12,2\n3,2026-01-29 09:12,1\n"u8.ToArray();
        using var stream = new MemoryStream(rows);
        var report = await database.Ledger.Importer.ImportAsync(
            EventFile.OfTable(stream, mapping, Contract, WorkingDays.Shipped),
            new ImportOptions(_ => Task.CompletedTask),
            default
        );

        // The third accepts what the first would have submitted.
        Assert.Equal([2L, 4L], report.Errors.Select(e => e.Line));
        Assert.Equal(
            "period/2",
            await database.ScalarAsync<string>(
                "select string_agg(distinct headers ->> 'subject', ' ') from ledger.mt_events where type like 'period%'"
            )
        );
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    /// <summary>A tenth of the tickets changes each week, the files come in some order: what is found is what is true.</summary>
    [Theory]
    [InlineData(1, 10_000, "0 1 2 3 4 5 6 7 8 9")]
    [InlineData(2, 500, "9 8 7 6 5 4 3 2 1 0")]
    [InlineData(3, 500, "4 9 0 2 7 1 8 3 6 5")]
    [InlineData(4, 500, "0 5 5 9 1 0 2 3 4 6 7 8")] // some come twice
    public async Task Ten_weeks_of_an_export_end_with_the_findings_of_what_is_true(int seed, int tickets, string order)
    {
        await using var database = await ReadyAsync();
        var office = new RefreshedOffice(seed, tickets);
        foreach (var week in order.Split(' ').Select(int.Parse))
        {
            Assert.Empty((await ImportAsync(database, Encoding.UTF8.GetBytes(office.Export(week)), RefreshedOffice.Mapping)).Errors);
        }

        var effective = History.At("2026-02-28T00:00:00+08:00");
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var found = await database.Ledger.Findings.AtAsync(Contract, head, effective, default);
        var truth = new Domain.Assessments.FindingFold(effective);
        foreach (var e in new History(Contract).Events.Concat(office.Truth()))
        {
            truth.Add(e);
        }

        var expected = Told(truth.At(effective, WorkingDays.Shipped));
        Assert.Contains(expected, f => f.Contains("handling", StringComparison.Ordinal));
        Assert.Contains(expected, f => f.Contains("voided", StringComparison.Ordinal));
        Assert.Equal(expected, Told(found));
    }

    private static IReadOnlyList<string> Told(IReadOnlyList<Finding> findings) =>
        [
            .. findings
                .Where(f => f.Subject.StartsWith("case/", StringComparison.Ordinal) && f.Rule != "F08")
                .Select(f => $"{f.Subject} {f.Rule} {f.ArisenAt} {f.Certainty} {f.Detail.GetValueOrDefault("stopped")}")
                .Order(StringComparer.Ordinal),
        ];

    private static string Counts(IReadOnlyDictionary<string, long> counts) => string.Join(' ', counts.Select(c => $"{c.Key} {c.Value}"));

    private static ImportMapping Digested(string name)
    {
        var mapping = Mapping(name);
        return mapping with { Events = [.. mapping.Events.Select(e => e with { Id = e.Id + "-{digest}" })] };
    }

    private static ImportMapping Read(string json) =>
        ImportMapping.Read(Encoding.UTF8.GetBytes(json), out var faults) ?? throw new InvalidDataException(string.Join("; ", faults));

    private static ImportMapping Shipped(string name) =>
        ImportMapping.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "mappings", name + ".json")), out var faults)
        ?? throw new InvalidDataException(string.Join("; ", faults));
}
