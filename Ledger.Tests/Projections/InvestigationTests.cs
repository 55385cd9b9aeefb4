using Ledger.Domain.Differences;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Findings;
using Ledger.Tests.Support;

namespace Ledger.Tests.Projections;

/// <summary>What investigators ask: what changed and why, where a deduction comes from, what a frozen statement would be today.</summary>
public sealed class InvestigationTests
{
    private const string Contract = "gaomidian-2025";
    private const string Zero = "4.6.1:case/1:2025-11";

    [Fact]
    public async Task A_difference_names_every_value_that_changed_and_the_events_that_changed_it()
    {
        await using var database = await IssuedAsync();
        var from = await HeadAsync(database);
        await RecordAsync(database, ("deduction/" + Zero, "dispute", new DeductionDisputed("not ours"), "vendor-1"));
        await RecordAsync(
            database,
            ("deduction/" + Zero, "decide", new DisputeDecided(DisputeOutcome.Reduced, "x", Cny.Parse("2000.00")), "officer-2")
        );
        var to = await HeadAsync(database);

        var changes = (await database.Ledger.Differences.BetweenAsync(Contract, from, to, default)).Changes;
        Assert.Equal(
            string.Join(
                '\n',
                [
                    $"deduction/{Zero} effective 5000.00 2000.00 decide",
                    $"deduction/{Zero} status confirmed reduced dispute decide",
                    "period/2 adjustments 0.00 3000.00 ledger:gaomidian-2025:decide:adjustment",
                    "period/2 exposure 1078800.00 1081800.00 ledger:gaomidian-2025:decide:adjustment",
                    "period/2 netPayable 1078800.00 1081800.00 ledger:gaomidian-2025:decide:adjustment",
                    "period/2 outstanding 1078800.00 1081800.00 ledger:gaomidian-2025:decide:adjustment",
                ]
            ),
            string.Join('\n', changes.Where(c => c.Subject != "settlement").Select(Line))
        );
        Assert.Equal(
            ["settlement balance", "settlement final"],
            changes.Where(c => c.Subject == "settlement").Select(c => $"{c.Subject} {c.Field}")
        );
        Assert.Equal(
            ("4310200.00", "4313200.00"),
            (changes.Single(c => c.Field == "final").From, changes.Single(c => c.Field == "final").To)
        );
        Assert.All(
            changes.Where(c => c.Subject.StartsWith("deduction/", StringComparison.Ordinal)),
            c => Assert.Equal(["scored"], c.Evidence)
        );
    }

    [Fact]
    public async Task Between_a_moment_and_itself_nothing_changed_and_before_the_registration_everything_is_new()
    {
        await using var database = await IssuedAsync();
        var head = await HeadAsync(database);
        Assert.Empty((await database.Ledger.Differences.BetweenAsync(Contract, head, head, default)).Changes);
        Assert.All((await database.Ledger.Differences.BetweenAsync(Contract, 0, head, default)).Changes, c => Assert.Null(c.From));
        Assert.Equal(
            ErrorCode.BadRequest,
            (
                await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Differences.BetweenAsync(Contract, head, head - 1, default))
            ).Code
        );
        Assert.Equal(
            ErrorCode.ContractUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Differences.BetweenAsync("nobody", 0, head, default))).Code
        );
    }

    [Fact]
    public async Task A_trace_leads_from_the_deduction_to_its_clause_reading_evidence_run_decisions_and_statement_line()
    {
        await using var database = await IssuedAsync();
        await RecordAsync(
            database,
            ("deduction/" + Zero, "dispute", new DeductionDisputed("not ours"), "vendor-1"),
            ("deduction/" + Zero, "decide", new DisputeDecided(DisputeOutcome.Overturned, "x"), "officer-2")
        );
        var trace = await database.Ledger.Traces.AtAsync(Contract, Zero, await HeadAsync(database), default);

        Assert.Equal("4.6.1", trace.Clause.Number);
        Assert.Equal(["scored"], trace.Evidence.Select(e => e.Id));
        Assert.Equal(["assessment_run"], trace.Runs.Select(e => e.Type));
        Assert.Equal(
            ["deduction_proposed", "deduction_confirmed", "deduction_disputed", "dispute_decided", "adjustment_posted"],
            trace.History.Select(e => e.Type)
        );
        Assert.Equal((1, true, "5000.00"), (trace.Line.Period, trace.Line.Issued, trace.Line.Line!.Effective.ToString()));
        Assert.Equal((2, "5000.00"), (trace.Line.Adjustments.Single().Period, trace.Line.Adjustments.Single().Amount.ToString()));
        Assert.Equal(
            ErrorCode.DeductionUnknown,
            (
                await Assert.ThrowsAsync<LedgerException>(() =>
                    database.Ledger.Traces.AtAsync(Contract, "4.6.1:case/2:2025-11", 8, default)
                )
            ).Code
        );
    }

    [Fact]
    public async Task A_frozen_statement_stands_beside_what_it_would_be_today()
    {
        await using var database = await IssuedAsync();
        await RecordAsync(
            database,
            ("deduction/" + Zero, "dispute", new DeductionDisputed("x"), "vendor-1"),
            ("deduction/" + Zero, "decide", new DisputeDecided(DisputeOutcome.Reduced, "x", Cny.Parse("2000.00")), "officer-2")
        );
        await RecordAsync(database, ("case/2", "late", Scored(), "city"));
        await database.Ledger.AssessAsync(Contract, History.At("2026-02-28T00:00:00+08:00"));
        await RecordAsync(database, ("deduction/4.6.1:case/2:2025-11", "confirm-2", new DeductionConfirmed(), "officer-1"));

        var both = await database.Ledger.Read.IssuedAndTodayAsync(Contract, 1, null, default);
        Assert.Equal(("1073800.00", "1071800.00"), (both.Issued.NetPayable.ToString(), both.Today.NetPayable.ToString()));
        Assert.Equal([(Zero, "5000.00")], both.Issued.Deductions.Select(d => (d.Id, d.Effective.ToString())));
        Assert.Equal(
            [(Zero, "2000.00"), ("4.6.1:case/2:2025-11", "5000.00")],
            both.Today.Deductions.Select(d => (d.Id, d.Effective.ToString())).Order()
        );
        Assert.Equal(
            ErrorCode.Refused,
            (await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Read.IssuedAndTodayAsync(Contract, 2, null, default))).Code
        );
        Assert.Equal(
            ErrorCode.PeriodUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.Read.IssuedAndTodayAsync(Contract, 5, null, default))).Code
        );
    }

    [Fact]
    public async Task Findings_are_those_of_the_position_with_clocks_that_run_to_the_effective_moment()
    {
        await using var database = await IssuedAsync();
        var before = await HeadAsync(database);
        await RecordAsync(database, ("case/9", "received", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine), "platform"));
        var after = await HeadAsync(database);
        async Task<int> Late(long position, string effective) =>
            (await database.Ledger.Findings.AtAsync(Contract, position, History.At(effective), default)).Count(f =>
                f is { Kind: FindingKind.TimeLimit, Subject: "case/9", Rule: "sign" }
            );
        Assert.Equal(
            (0, 0, 1),
            (
                await Late(before, "2026-02-01T00:00:00+08:00"),
                await Late(after, "2025-11-20T12:30:00+08:00"),
                await Late(after, "2025-11-20T12:30:01+08:00")
            )
        );
    }

    [Fact]
    public async Task Findings_asked_again_after_more_was_recorded_or_back_in_time_are_those_of_a_ledger_that_was_never_asked()
    {
        await using var database = await IssuedAsync();
        var asked = database.Ledger.Findings;
        var first = await HeadAsync(database);
        for (var i = 0; i < 6; i++)
        {
            await RecordAsync(
                database,
                (
                    $"case/{90 + (i / 2)}",
                    $"more-{i}",
                    i % 2 == 0 ? new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine) : new CaseClosed(),
                    "platform"
                )
            );
            var head = await HeadAsync(database);
            foreach (
                var (position, effective) in new[]
                {
                    (head, "2026-02-01T00:00:00+08:00"),
                    (head, "2026-02-01T00:00:00+08:00"),
                    (first, "2026-03-01T00:00:00+08:00"),
                    (head, "2025-11-20T12:30:00+08:00"),
                    (head, $"2026-02-0{i + 2}T00:00:00+08:00"),
                }
            )
            {
                using var never = new FindingReader(database.Ledger.Database, database.Ledger.Log);
                Assert.Equal(
                    LedgerJson.Write(await never.AtAsync(Contract, position, History.At(effective), default)),
                    LedgerJson.Write(await asked.AtAsync(Contract, position, History.At(effective), default))
                );
            }
        }
    }

    [Fact]
    public async Task An_amended_calendar_moves_due_dates_from_its_position_on_and_no_recorded_assessment()
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2026-12-01T00:00:00Z"));
        var ledger = database.Ledger;
        await Ledgers.ImportAsync(
            ledger,
            [New("yongdinglu-2026", "staff/p", "request", new StaffReplacementRequested("p"), "officer-1", "2026-09-10T09:00:00+08:00")]
        );
        await ledger.AssessAsync("yongdinglu-2026", History.At("2026-10-01T12:00:00+08:00"));
        var before = await HeadAsync(database);
        Assert.Equal("2026-11-27", Due((await ledger.Read.AllAsync("yangfangdian-2026", null, default))[1]));

        var calendar = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Samples", "cn-working-days.json"));
        var amended = calendar.Replace("\"holidays\": [", "\"holidays\": [\"2026-09-30\", \"2026-11-27\",", StringComparison.Ordinal);
        Assert.True((await ledger.PublishAsync(amended)).Recorded);
        Assert.False((await ledger.PublishAsync(amended)).Recorded);

        Assert.Equal("2026-11-30", Due((await ledger.Read.AllAsync("yangfangdian-2026", null, default))[1]));
        Assert.Equal("2026-11-27", Due((await ledger.Read.AllAsync("yangfangdian-2026", before, default))[1]));
        Assert.True((await ledger.VerifyAsync()).Ok);

        // The twentieth day is no working day any more: the deadline moves beyond the holidays, and the proposal is withdrawn.
        var run = await ledger.AssessAsync("yongdinglu-2026", History.At("2026-10-01T12:00:00+08:00"));
        Assert.Equal((0, 1), (run.Found, run.Withdrawn));
        Assert.True((await ledger.VerifyAsync()).Ok);
    }

    [Theory]
    [InlineData("{\"publishedYears\":[2026],\"holidays\":[],\"makeUpWorkingDays\":[]}", "$.publishedYears")]
    [InlineData("{\"publishedYears\":[2023,2024,2025,2026],\"holidays\":[\"2027-01-01\"],\"makeUpWorkingDays\":[]}", "$.holidays[0]")]
    [InlineData(
        "{\"publishedYears\":[2023,2024,2025,2026],\"holidays\":[\"2026-01-01\"],\"makeUpWorkingDays\":[\"2026-01-01\"]}",
        "$.makeUpWorkingDays[0]"
    )]
    [InlineData("{\"publishedYears\":[2023,2024,2025,2026],\"holidays\":[\"2026-13-01\"],\"makeUpWorkingDays\":[]}", "$.holidays[0]")]
    [InlineData("{\"publishedYears\":[2023,2024,2025,2026],\"holidays\":[]}", "$.makeUpWorkingDays")]
    [InlineData("not json", "$")]
    public async Task A_calendar_that_is_no_good_is_refused_with_its_path(string calendar, string path)
    {
        await using var database = await TestDatabase.CreateAsync();
        var published = await database.Ledger.PublishAsync(calendar);
        Assert.Equal(path, Assert.Single(published.Faults).Path);
        Assert.Equal(0, await HeadAsync(database));
    }

    [Fact]
    public async Task What_concerns_the_whole_ledger_and_what_concerns_a_contract_keep_to_their_streams()
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        var calendar = new CalendarPublished([2026], [], []);
        Assert.Equal(
            "$.contract",
            (await Ledgers.ImportAsync(database.Ledger, [New(Contract, "calendar", "c", calendar, "a", "2026-01-01T00:00:00Z")]))
                .Errors.Single()
                .Faults.Single()
                .Path
        );
        Assert.Equal(
            "$.contract",
            (
                await Ledgers.ImportAsync(
                    database.Ledger,
                    [New(LedgerSource.Contract, "case/1", "c", new CaseClosed(), "a", "2026-01-01T00:00:00Z")]
                )
            )
                .Errors.Single()
                .Faults.Single()
                .Path
        );
        Assert.Equal(
            "$.data.publishedYears",
            (
                await Ledgers.ImportAsync(
                    database.Ledger,
                    [New(LedgerSource.Contract, "calendar", "c", calendar, "a", "2026-01-01T00:00:00Z")]
                )
            )
                .Errors.Single()
                .Faults.Single()
                .Path
        );
        var all = calendar with { PublishedYears = [2023, 2024, 2025, 2026, 2027] };
        Assert.Equal(
            1,
            (
                await Ledgers.ImportAsync(database.Ledger, [New(LedgerSource.Contract, "calendar", "d", all, "a", "2026-01-01T00:00:00Z")])
            ).Recorded
        );
        Assert.Equal(
            1,
            (
                await Ledgers.ImportAsync(
                    database.Ledger,
                    [
                        New(
                            LedgerSource.Contract,
                            "calendar",
                            "e",
                            all with
                            {
                                PublishedYears = [2023, 2024, 2025, 2026],
                            },
                            "a",
                            "2026-01-01T00:00:00Z"
                        ),
                    ]
                )
            ).Rejected
        );
    }

    /// <summary>One deduction of 5,000.00, confirmed, on the issued statement of period 1.</summary>
    private static async Task<TestDatabase> IssuedAsync()
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        await RecordAsync(database, ("case/1", "scored", Scored(), "city"));
        await database.Ledger.AssessAsync(Contract, History.At("2026-01-28T00:00:00+08:00"));
        await RecordAsync(
            database,
            ("deduction/" + Zero, "confirm", new DeductionConfirmed(), "officer-1"),
            ("period/1", "report", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1"),
            ("period/1", "accept", new PeriodAccepted(), "officer-3"),
            ("period/1", "issue", new StatementIssued(), "finance-1")
        );
        return database;
    }

    private static async Task RecordAsync(TestDatabase database, params (string Subject, string Id, EventData Data, string Actor)[] events)
    {
        var report = await Ledgers.ImportAsync(
            database.Ledger,
            events.Select(e => New(Contract, e.Subject, e.Id, e.Data, e.Actor, "2025-11-20T12:00:00+08:00"))
        );
        Assert.Empty(report.Errors);
    }

    private static NewEvent New(string contract, string subject, string id, EventData data, string actor, string time) =>
        new(contract, subject, id, "test", History.At(time), actor, data);

    private static CaseScored Scored() => new(new NodaTime.YearMonth(2025, 11), 0, true, false, Satisfaction.Dissatisfied);

    private static string Line(Change c) => $"{c.Subject} {c.Field} {c.From} {c.To} {string.Join(' ', c.Because.Select(b => b.Id))}";

    private static string? Due(Domain.Statements.PeriodStatement s) => s.DueOn?.ToString("uuuu-MM-dd", null);

    private static async Task<long> HeadAsync(TestDatabase database) => (await database.Ledger.Log.HeadAsync(default)).Position;
}
