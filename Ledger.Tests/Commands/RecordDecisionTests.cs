using Ledger.Api.Operations;
using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Tests.Support;

namespace Ledger.Tests.Commands;

/// <summary>The one way in for a single decision: on the account as it stands when it is recorded.</summary>
public sealed class RecordDecisionTests
{
    private const string Contract = "gaomidian-2025";

    [Fact]
    public async Task The_same_decision_again_has_its_first_receipt_and_another_under_its_id_is_refused()
    {
        await using var database = await AssessedAsync();
        var (first, second) = await TwoProposedAsync(database);
        var confirmed = Decision("d-1", first, new DeductionConfirmed());
        var outcome = await DecideAsync(database, confirmed);
        Assert.Empty(outcome.Refusals);
        Assert.Equal((await database.Ledger.Log.HeadAsync(default)).Position, outcome.Receipt.Position);

        var again = await DecideAsync(database, confirmed);
        Assert.Equal((false, outcome.Receipt.Position), (again.Receipt.Recorded, again.Receipt.Position));
        var other = await DecideAsync(database, confirmed with { Subject = $"deduction/{second}" });
        Assert.StartsWith(
            $"event d-1 of test is on record at position {outcome.Receipt.Position}, and $.subject is \"deduction/{first}\" on record and "
                + $"\"deduction/{second}\" here. What is on record stays",
            Assert.Single(other.Refusals).Problem,
            StringComparison.Ordinal
        );
        Assert.Null(other.Receipt.Position);
        Assert.Equal(outcome.Receipt.Position, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    [Fact]
    public async Task Of_two_decisions_on_one_state_one_stands_and_the_other_is_refused_by_what_it_left()
    {
        await using var database = await AssessedAsync();
        var (first, _) = await TwoProposedAsync(database);
        NewEvent[] decisions =
        [
            .. Enumerable.Range(0, 4).Select(i => Decision($"confirm-{i}", first, new DeductionConfirmed())),
            .. Enumerable.Range(0, 4).Select(i => Decision($"waive-{i}", first, new DeductionWaived("agreed"))),
        ];
        var outcomes = await Task.WhenAll(decisions.Select(d => DecideAsync(database, d)));

        var stands = Assert.Single(outcomes, o => o.Refusals.Count == 0);
        var status = (await database.Ledger.Accounts.AtAsync(Contract, null, default)).Account.Deductions[first].Status;
        Assert.Equal(Array.IndexOf(outcomes, stands) < 4 ? DeductionStatus.Confirmed : DeductionStatus.Waived, status);
        Assert.All(
            outcomes.Where(o => o != stands),
            o => Assert.Equal($"{first} is {status.ToString().ToLowerInvariant()}, expected proposed", Assert.Single(o.Refusals).Problem)
        );
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task Decisions_on_different_matters_of_one_account_are_all_recorded()
    {
        await using var database = await AssessedAsync();
        var proposed = (await database.Ledger.Accounts.AtAsync(Contract, null, default))
            .Account.Deductions.Keys.Order(StringComparer.Ordinal)
            .Take(6)
            .ToList();
        var outcomes = await Task.WhenAll(
            proposed.Select((id, i) => DecideAsync(database, Decision($"c-{i}", id, new DeductionConfirmed())))
        );
        Assert.All(outcomes, o => Assert.Empty(o.Refusals));
        Assert.Equal(proposed.Count, outcomes.Select(o => o.Receipt.Position).Distinct().Count());
    }

    [Fact]
    public async Task Whoever_names_the_version_that_they_saw_is_refused_once_it_moved()
    {
        await using var database = await AssessedAsync();
        var (first, second) = await TwoProposedAsync(database);
        var seen = await database.ScalarAsync<long>($"select version from ledger.mt_streams where id = '{Contract}'");
        Assert.Empty(
            (await DecideAsync(database, Decision("d-1", first, new DeductionConfirmed()) with { ExpectedVersion = seen })).Refusals
        );
        var late = await DecideAsync(database, Decision("d-2", second, new DeductionConfirmed()) with { ExpectedVersion = seen });
        Assert.Equal($"stream {Contract} is at version {seen + 1}, expected {seen}", Assert.Single(late.Refusals).Problem);
    }

    [Theory]
    [InlineData("2026-12-10T01:05:00Z", true)]
    [InlineData("2026-12-10T01:05:00.000001Z", false)]
    public async Task What_lies_more_than_five_minutes_ahead_of_the_ledgers_clock_is_refused(string time, bool recorded)
    {
        await using var database = await AssessedAsync();
        var (first, _) = await TwoProposedAsync(database);
        var outcome = await DecideAsync(database, Decision("d-1", first, new DeductionConfirmed()) with { OccurredAt = History.At(time) });
        Assert.Equal(recorded, outcome.Refusals.Count == 0);
    }

    [Fact]
    public async Task A_spot_check_names_records_that_are_there()
    {
        await using var database = await AssessedAsync();
        NewEvent Check(string id, string subject) =>
            new(
                Contract,
                $"spotcheck/{id}",
                id,
                "test",
                History.At("2026-12-01T09:00:00+08:00"),
                "officer-1",
                new SpotCheckConcluded([new SampledRecord(subject, Verdict.Genuine)])
            );
        Assert.Empty((await DecideAsync(database, Check("s-1", "case/GMD-0001"))).Refusals);
        Assert.Equal("$.data.sampled[0].subject", Assert.Single((await DecideAsync(database, Check("s-2", "case/none"))).Refusals).Path);
    }

    [Fact]
    public async Task An_event_says_of_correlation_and_causation_what_its_sender_said_or_nothing()
    {
        await using var database = await AssessedAsync();
        var (first, second) = await TwoProposedAsync(database);
        await DecideAsync(database, Decision("d-1", first, new DeductionConfirmed()));
        await DecideAsync(
            database,
            Decision("d-2", second, new DeductionConfirmed()) with
            {
                CorrelationId = "letter-7",
                CausationId = "d-1",
            }
        );
        Assert.Equal(
            "",
            await database.ScalarAsync<string>(
                "select concat(correlation_id, causation_id) from ledger.mt_events where headers ->> 'id' = 'd-1'"
            )
        );
        Assert.Equal(
            "letter-7 d-1",
            await database.ScalarAsync<string>(
                "select concat_ws(' ', correlation_id, causation_id) from ledger.mt_events where headers ->> 'id' = 'd-2'"
            )
        );
    }

    private static async Task<TestDatabase> AssessedAsync()
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2026-12-10T01:00:00Z"));
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await database.Ledger.AssessAsync(Contract, History.At("2026-02-10T23:59:59+08:00"));
        return database;
    }

    private static async Task<(string First, string Second)> TwoProposedAsync(TestDatabase database)
    {
        var proposed = (await database.Ledger.Accounts.AtAsync(Contract, null, default))
            .Account.Deductions.Values.Where(d => d.Status == DeductionStatus.Proposed)
            .Select(d => d.Id)
            .Order(StringComparer.Ordinal)
            .ToList();
        return (proposed[0], proposed[1]);
    }

    private static Task<DecisionOutcome> DecideAsync(TestDatabase database, NewEvent decision) =>
        database.Ledger.SendAsync<DecisionOutcome>(Contract, new RecordDecision(decision));

    private static NewEvent Decision(string id, string deduction, DeductionEvent data) =>
        new(Contract, $"deduction/{deduction}", id, "test", History.At("2026-12-01T09:00:00+08:00"), "officer-1", data);
}
