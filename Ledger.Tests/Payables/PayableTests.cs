using System.Net;
using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Payables;

/// <summary>What is payable over all contracts: finance asks for it first.</summary>
public sealed class PayableTests
{
    [Fact]
    public async Task An_empty_ledger_has_nothing_payable()
    {
        await using var database = await TestDatabase.CreateAsync();
        var list = await database.Ledger.Payables.ListAsync(null, null, null, default);
        Assert.Empty(list.Rows);
        Assert.Equal((Cny.Zero, 0L), (list.Outstanding, list.AsOf.Position));
    }

    [Fact]
    public async Task Every_period_of_every_contract_stands_there_with_what_blocks_it_the_earliest_due_first()
    {
        await using var database = await ReadyAsync();
        var list = await database.Ledger.Payables.ListAsync(null, null, null, default);
        Assert.Equal(16, list.Rows.Count);
        Assert.Equal(
            list.Rows.OrderBy(r => r.DueOn ?? LocalDate.MaxIsoValue).ThenBy(r => r.Contract, StringComparer.Ordinal).ThenBy(r => r.Period),
            list.Rows
        );
        var first = list.Rows.Single(r => r is { Contract: "gaomidian-2025", Period: 1 });
        Assert.Equal(
            (PeriodStatus.Open, "1078800.00", "16000.00", "0.00", "1078800.00"),
            (first.Status, first.Gross.ToString(), first.Proposed.ToString(), first.Effective.ToString(), first.Outstanding.ToString())
        );
        Assert.Equal([GateKind.Report, GateKind.Acceptance, GateKind.Invoice], first.GatesUnmet);
        Assert.Equal(list.Rows.Sum(r => r.Outstanding), list.Outstanding);

        // The same figures as the statements, one by one.
        foreach (var row in list.Rows)
        {
            var statement = await database.Ledger.Read.OneAsync(row.Contract, row.Period, null, default);
            Assert.Equal(
                (statement.NetPayable, statement.Paid, statement.DueOn, statement.Status),
                (row.NetPayable, row.Paid, row.DueOn, row.Status)
            );
        }
    }

    /// <summary>On, under and over the date.</summary>
    [Theory]
    [InlineData("2026-05-08", 1)]
    [InlineData("2026-05-09", 2)]
    [InlineData("2026-03-27", 0)]
    [InlineData("2026-03-28", 1)]
    public async Task Due_before_a_date_leaves_out_what_is_due_on_it(string date, int rows)
    {
        await using var database = await ReadyAsync();
        var list = await database.Ledger.Payables.ListAsync(null, History.Date(date), null, default);
        Assert.Equal(rows, list.Rows.Count);
        Assert.All(list.Rows, r => Assert.True(r.DueOn < History.Date(date)));
    }

    [Fact]
    public async Task A_past_moment_shows_what_was_payable_then_also_after_a_rebuild()
    {
        await using var database = await ReadyAsync();
        var before = (await database.Ledger.Log.HeadAsync(default)).Position;
        var then = await database.Ledger.Payables.ListAsync(null, null, null, default);
        var report = await Ledgers.ImportAsync(
            database.Ledger,
            [
                Decision("period/1", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1"),
                Decision("period/1", new PeriodAccepted(), "officer-1"),
            ]
        );
        Assert.Empty(report.Errors);
        await database.Ledger.Models.RebuildAsync(default);
        var accepted = await database.Ledger.Payables.ListAsync(PeriodStatus.Accepted, null, null, default);
        Assert.Equal(("gaomidian-2025", 1), (Assert.Single(accepted.Rows).Contract, accepted.Rows[0].Period));
        Assert.Equal([GateKind.Invoice], accepted.Rows[0].GatesUnmet);
        Assert.Empty((await database.Ledger.Payables.ListAsync(PeriodStatus.Accepted, null, before, default)).Rows);
        Assert.Equal(
            Domain.Json.LedgerJson.Write(then.Rows),
            Domain.Json.LedgerJson.Write((await database.Ledger.Payables.ListAsync(null, null, before, default)).Rows)
        );
        Assert.Empty((await database.Ledger.Payables.ListAsync(null, null, 0, default)).Rows);
    }

    [Fact]
    public async Task Over_HTTP_and_on_the_command_line_it_is_the_same_list_and_a_wrong_question_is_told()
    {
        await using var database = await ReadyAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var ledger = new Shell(database);
        var http = JsonDocument
            .Parse(await service.Http.GetStringAsync(new Uri("/api/payables?dueBefore=2026-05-09", UriKind.Relative)))
            .RootElement;
        var csv = Path.Combine(ledger.Files, "payables.csv");
        var (status, output, error) = await ledger.RunAsync("payables", "--due-before", "2026-05-09", "--json", "--csv", csv);
        Assert.True(status == 0, error);
        Assert.True(JsonElement.DeepEquals(http, JsonDocument.Parse(output).RootElement), output);
        Assert.Equal(3, (await File.ReadAllLinesAsync(csv)).Length);
        Assert.Equal(2, (await ledger.RunAsync("payables", "--status", "nearly")).Status);
        Assert.Equal(2, (await ledger.RunAsync("payables", "--due-before", "soon")).Status);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await service.Http.GetAsync(new Uri("/api/payables?status=nearly", UriKind.Relative))).StatusCode
        );
    }

    [Fact]
    public async Task Whether_the_projection_never_ran_is_behind_or_at_the_end_the_list_is_what_the_accounts_yield()
    {
        await using var database = await ReadyAsync();
        await AssertSameAsync(database, kept: 0);

        await database.Ledger.Models.CatchUpAsync(default);
        await AssertSameAsync(database, kept: 5);

        // One contract moves on: it alone is made from its account.
        await Ledgers.ImportAsync(
            database.Ledger,
            [Decision("period/1", new PeriodReportSubmitted([ReportDocument.ServiceReport]), "vendor-1")]
        );
        await AssertSameAsync(database, kept: 4);
        await database.Ledger.Models.CatchUpAsync(default);
        await AssertSameAsync(database, kept: 5);
        await database.Ledger.Models.RebuildAsync(default, "payables");
        await AssertSameAsync(database, kept: 5);
    }

    [Fact]
    public async Task A_published_calendar_moves_the_due_dates_of_every_contract()
    {
        await using var database = await ReadyAsync();
        await database.Ledger.Models.CatchUpAsync(default);
        var before = await AssertSameAsync(database, kept: 5);
        var holidays = Enumerable.Range(1, 28).Select(day => $"\"2026-04-{day:00}\"");
        var calendar = $$"""{"publishedYears":[2023,2024,2025,2026],"holidays":[{{string.Join(',', holidays)}}],"makeUpWorkingDays":[]}""";
        Assert.Empty((await database.Ledger.PublishAsync(calendar)).Faults);
        var after = await AssertSameAsync(database, kept: 0);
        Assert.NotEqual(before, after);
        await database.Ledger.Models.CatchUpAsync(default);
        Assert.Equal(after, await AssertSameAsync(database, kept: 5));
    }

    [Fact]
    public async Task Verify_names_the_contract_whose_payables_or_history_were_changed_lost_or_invented()
    {
        await using var database = await ReadyAsync();
        await database.Ledger.Models.CatchUpAsync(default);
        foreach (
            var sql in new[]
            {
                "update ledger.mt_doc_contract_standing set data = jsonb_set(data, '{periods,0,paid}', '\"1078800.00\"') where id = "
                    + "'gaomidian-2025'",
                "update ledger.mt_doc_contract_standing set data = jsonb_set(data, '{position}', '99999') where id = 'gaomidian-2025'",
                "update ledger.mt_doc_contract_standing set tenant_id = 'jinzhong-2025-2026' where id = 'gaomidian-2025'",
                "delete from ledger.mt_doc_contract_standing where id = 'gaomidian-2025'",
                "update ledger.mt_doc_contract_steps set data = jsonb_set(data, '{steps,0,paid}', '\"1.00\"') where id = 'gaomidian-2025'",
                "delete from ledger.mt_doc_contract_steps where id = 'gaomidian-2025'",
            }
        )
        {
            Assert.True((await database.Ledger.VerifyAsync()).Ok);
            await database.ExecuteAsync(sql);
            Assert.Contains("gaomidian-2025", (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);
            await database.Ledger.Models.RebuildAsync(default, "payables");
        }
    }

    /// <summary>The list now, which is that of the accounts' streams; so many contracts are kept and still current.</summary>
    private static async Task<string> AssertSameAsync(TestDatabase database, int kept)
    {
        Assert.Equal(
            kept,
            await database.ScalarAsync<long>(
                """
                select count(*) from ledger.mt_doc_contract_standing p where (data ->> 'position')::bigint >= (
                    select max(seq_id) from ledger.mt_events e
                    where (e.tenant_id = p.id and e.stream_id = p.id) or e.type = 'calendar_published')
                """
            )
        );
        var now = await database.Ledger.Payables.ListAsync(null, null, null, default);
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        Assert.Equal(head, now.AsOf.Position);
        Assert.Equal(Text(await database.Ledger.Payables.ListAsync(null, null, head, default)), Text(now));
        return Text(now);

        static string Text(PayableList list) => System.Text.Encoding.UTF8.GetString(Domain.Json.LedgerJson.Write(list.Rows));
    }

    private static NewEvent Decision(string subject, EventData data, string actor) =>
        new("gaomidian-2025", subject, $"{subject}:{data.GetType().Name}", "test", History.At("2026-02-11T09:00:00+08:00"), actor, data);

    private static async Task<TestDatabase> ReadyAsync()
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2026-03-01T00:00:00Z"));
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await database.Ledger.AssessAsync("gaomidian-2025", History.At("2026-02-10T23:59:59+08:00"));
        return database;
    }
}
