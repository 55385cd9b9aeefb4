using FsCheck.Fluent;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Tests.Support;

namespace Ledger.Tests.Laws;

/// <summary>Generated histories on the real database: however they are cut into files, and whenever they are looked at.</summary>
public sealed class RecordedHistoryLaws
{
    private const int Steps = 150;

    public static TheoryData<string> Contracts => Terms.All;

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task One_file_or_many_gives_the_same_statements_findings_and_digests(string contract)
    {
        var random = Played(
            contract,
            RandomHistory.OfFacts(Steps).Generator.Sample(1).Single(),
            new Step(StepKind.Lost, 1, 900, 3),
            new Step(StepKind.Damages, 2, 1000, 5)
        );
        var events = Outside(random.History).ToList();
        Assert.Equal(await OutcomeAsync(contract, [events]), await OutcomeAsync(contract, events.Chunk(7)));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task Replay_equals_live_at_every_step_and_everything_verifies(string contract)
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2029-01-01T00:00:00Z"));
        var ledger = database.Ledger;
        foreach (var part in Parts(Played(contract, RandomHistory.Of(Steps).Generator.Sample(1).Single()).History))
        {
            if (part is [{ Data: AssessmentRun run }])
            {
                await ledger.AssessAsync(contract, run.AsOf);
            }
            else
            {
                var report = await Ledgers.ImportAsync(ledger, part.Select(ToNew));
                Assert.Empty(report.Errors);
            }

            var head = (await ledger.Log.HeadAsync(default)).Position;
            Assert.Equal(
                LedgerJson.Write(await ledger.Read.AllAsync(contract, head, default)),
                LedgerJson.Write(await ledger.Read.AllAsync(contract, null, default))
            );
        }

        var verified = await ledger.VerifyAsync();
        Assert.True(verified.Ok, verified.Problem);
    }

    private static RandomHistory Played(string contract, Step[] steps, params Step[] more)
    {
        var random = new RandomHistory(contract);
        foreach (var (index, step) in steps.Concat(more).Index())
        {
            random.Do(step, index);
        }

        return random;
    }

    private static async Task<string> OutcomeAsync(string contract, IEnumerable<IReadOnlyList<LedgerEvent>> files)
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2029-01-01T00:00:00Z"));
        var ledger = database.Ledger;
        foreach (var file in files)
        {
            Assert.Empty((await Ledgers.ImportAsync(ledger, file.Select(ToNew))).Errors);
        }

        var run = await ledger.AssessAsync(contract, History.At("2027-05-31T00:00:00+08:00"));
        var statements = (await ledger.Read.AllAsync(contract, null, default)).Select(s => s with { AsOf = null, Checkpoint = null });
        var findings = (await ledger.Findings.AtAsync(contract, run.RecordedAt, History.At("2027-05-31T00:00:00+08:00"), default)).Where(
            f => f.Rule != "signing_date_missing"
        );
        return run.Digest
            + System.Text.Encoding.UTF8.GetString(LedgerJson.Write(statements))
            + System.Text.Encoding.UTF8.GetString(
                LedgerJson.Write(findings.Where(f => f.Kind != Domain.Vocabulary.FindingKind.Registration))
            );
    }

    /// <summary>The events between two runs, and each run by itself.</summary>
    private static IEnumerable<IReadOnlyList<LedgerEvent>> Parts(History history)
    {
        var part = new List<LedgerEvent>();
        foreach (
            var e in history.Events.Skip(1).Where(e => e.Data is AssessmentRun || EventCatalogue.Of(e.Data).Class != EventClass.Derived)
        )
        {
            if (e.Data is AssessmentRun)
            {
                if (part.Count > 0)
                {
                    yield return part;
                }

                yield return [e];
                part = [];
            }
            else
            {
                part.Add(e);
            }
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private static IEnumerable<LedgerEvent> Outside(History history) =>
        history.Events.Skip(1).Where(e => EventCatalogue.Of(e.Data).Class != EventClass.Derived);

    private static NewEvent ToNew(LedgerEvent e) => new(e.Contract, e.Subject, e.Id, e.Source, e.OccurredAt, e.Actor, e.Data);
}
