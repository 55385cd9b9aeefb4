using Ledger.Api.Operations;
using Ledger.Domain.Assessments;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Tests.Support;

namespace Ledger.Tests.Projections;

/// <summary>Assessments on the real database: recorded, repeatable, never back in time.</summary>
public sealed class AssessmentTests
{
    [Fact]
    public async Task What_is_derived_for_two_contracts_from_events_of_one_id_or_at_one_position_is_told_apart()
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2027-06-01T00:00:00Z"));
        foreach (var (contract, day) in new[] { ("anding-2023", "2024-01-05"), ("jiuxianqiao-2025", "2025-04-03") })
        {
            await Ledgers.ImportAsync(
                database.Ledger,
                [New(contract, "claim/L", "claim", new LossClaimed("4.4", Domain.Money.Cny.Parse("100.00"), "x"), $"{day}T10:00:00+08:00")]
            );
            await database.Ledger.AssessAsync(contract, History.At($"{day}T23:00:00+08:00"));
            var report = await Ledgers.ImportAsync(
                database.Ledger,
                [
                    New(contract, "period/1", "accept", new PeriodAccepted(), $"{day}T23:10:00+08:00"),
                    New(contract, "period/1", "issue", new StatementIssued(), $"{day}T23:10:00+08:00"),
                    New(contract, "deduction/4.4:L", "confirm", new DeductionConfirmed(), $"{day}T23:20:00+08:00"),
                ]
            );
            Assert.Empty(report.Errors);
            var undecided = Assert.Single(report.Undecided!);
            Assert.Equal(
                (contract, 1, 1, "100.00", 0),
                (undecided.Contract, undecided.Period, undecided.Proposed, $"{undecided.ProposedAmount}", undecided.Disputed)
            );
            Assert.Equal(
                "-100.00",
                Assert.Single((await database.Ledger.Read.AllAsync(contract, null, default))[1].Adjustments).Amount.ToString()
            );
        }

        var found = new[] { "anding-2023", "jiuxianqiao-2025" }.Select(contract =>
        {
            var assessment = new Assessment(History.At("2027-01-01T00:00:00Z"));
            assessment.Add(
                new LedgerEvent(
                    1,
                    contract,
                    "contract",
                    1,
                    "r",
                    "s",
                    History.At("2020-01-01T00:00:00Z"),
                    History.At("2020-01-01T00:00:00Z"),
                    "a",
                    Terms.Of(contract).Registration()
                )
            );
            return assessment.Run(7, Domain.Time.WorkingDays.Shipped, History.At("2027-01-01T00:00:00Z")).Events[^1].Id;
        });
        Assert.Equal(2, found.Distinct().Count());
    }

    private static NewEvent New(string contract, string subject, string id, EventData data, string time) =>
        new(contract, subject, id, $"test/{contract}", History.At(time), "officer-1", data);

    [Fact]
    public async Task Every_recorded_run_reproduces_also_after_facts_arrive_late()
    {
        await using var database = await ReadyAsync();
        await AssessAsync(database, "2025-12-31T23:59:59+08:00");
        await Ledgers.ImportAsync(
            database.Ledger,
            [
                new NewEvent(
                    "gaomidian-2025",
                    "complaint/late",
                    "late",
                    "test",
                    History.At("2025-11-10T10:00:00+08:00"),
                    "a",
                    new ComplaintReceived("x", true)
                ),
            ]
        );
        var second = await AssessAsync(database, "2026-02-10T23:59:59+08:00");
        Assert.Equal(1, second.Withdrawn);
        var verified = await database.Ledger.VerifyAsync();
        Assert.True(verified.Ok, verified.Problem);
        Assert.Equal(2, verified.Assessments);
    }

    [Fact]
    public async Task A_run_that_does_not_reproduce_is_named_with_its_position()
    {
        await using var database = await ReadyAsync();
        await AssessAsync(database, "2026-02-10T23:59:59+08:00");

        // Somebody appends a forged run through the log itself: every leaf is right, the assessment is not.
        var head = await database.Ledger.Log.HeadAsync(default);
        var forged = new AssessmentRun(History.At("2026-02-11T00:00:00+08:00"), head.Position, 0, 0, 0, new string('0', 64));
        await database.Ledger.Facts.RecordAsync(
            new NewEvent("gaomidian-2025", "assessments", "forged", "ledger", History.At("2026-02-11T00:00:00+08:00"), "ledger", forged),
            default
        );
        var verified = await database.Ledger.VerifyAsync();
        Assert.Equal((false, head.Position + 1), (verified.Ok, verified.Position));
        Assert.Contains("does not reproduce", verified.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "update ledger.mt_doc_contract_account set data = jsonb_set(data, '{settlement,refunded}', '\"1.00\"') where id = 'gaomidian-2025'",
        "gaomidian-2025 in the read model is not what the log yields"
    )]
    [InlineData("delete from ledger.mt_doc_contract_account where id = 'anding-2023'", "lacks the account of anding-2023")]
    [InlineData(
        "insert into ledger.mt_doc_contract_account (tenant_id, id, data, mt_version) values ('x', 'x', '{}', 1)",
        "has an account of x"
    )]
    public async Task A_read_model_that_was_changed_is_named(string tampering, string problem)
    {
        await using var database = await ReadyAsync();
        await database.Ledger.Models.RebuildAsync(default);
        var clean = await database.Ledger.VerifyAsync();
        Assert.Equal((true, 15), (clean.Ok, clean.ReadModels));
        await database.ExecuteAsync(tampering);
        var verified = await database.Ledger.VerifyAsync();
        Assert.False(verified.Ok);
        Assert.Contains(problem, verified.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_finds_nothing_new_proposes_nothing_and_is_recorded()
    {
        await using var database = await ReadyAsync();
        var first = await AssessAsync(database, "2026-02-10T23:59:59+08:00");
        var second = await AssessAsync(database, "2026-02-10T23:59:59+08:00");
        Assert.Equal((7, 7, 0), (first.Found, first.Proposed, first.Withdrawn));
        Assert.Equal((7, 0, 0), (second.Found, second.Proposed, second.Withdrawn));
        Assert.Equal(first.RecordedAt + 1, second.RecordedAt);
        Assert.Equal(first.Digest, second.Digest);
    }

    [Fact]
    public async Task A_run_may_not_lie_before_the_previous_one()
    {
        await using var database = await ReadyAsync();
        await AssessAsync(database, "2026-02-10T23:59:59+08:00");
        var refused = await Assert.ThrowsAsync<LedgerException>(() => AssessAsync(database, "2026-02-10T23:59:58+08:00"));
        Assert.Equal(ErrorCode.Refused, refused.Code);
    }

    [Fact]
    public async Task Runs_at_the_same_time_propose_each_deduction_once()
    {
        await using var database = await ReadyAsync();
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AssessAsync(database, "2026-02-10T23:59:59+08:00")));
        Assert.Equal(7, runs.Sum(r => r.Proposed));
        Assert.Equal("16000.00", (await database.Ledger.Read.AllAsync("gaomidian-2025", null, default))[0].Totals.Proposed.ToString());
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    private static Task<AssessmentReport> AssessAsync(TestDatabase database, string asOf) =>
        database.Ledger.AssessAsync("gaomidian-2025", History.At(asOf));

    private static async Task<TestDatabase> ReadyAsync()
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        return database;
    }
}
