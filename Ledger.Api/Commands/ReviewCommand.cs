using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Findings;
using Ledger.Projections.Store;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands;

/// <summary><c>review open|note|clear|conclude FINDING</c>: an investigator's work on a finding; every step is an event.</summary>
internal static class ReviewCommand
{
    private static readonly Argument<string> Id = new("FINDING") { Description = "The finding's id, as findings lists it" };
    private static readonly Option<string> Contract = new("--contract") { Required = true, Description = "The contract" };
    private static readonly Option<string> Actor = new("--actor") { Required = true, Description = "Who does it: a code, never a name" };
    private static readonly Option<string> Note = new("--note") { Required = true, Description = "What was seen, or why" };
    private static readonly Option<string?> Assignee = new("--assignee") { Description = "Whose it is from now on" };
    private static readonly Option<string> Verdict = new("--verdict")
    {
        Required = true,
        Description = "What the spot check found: genuine or falsified",
    };

    public static Command Create() =>
        new("review", "Takes up a finding, notes what was seen, clears it, or concludes it by a spot check")
        {
            Step(
                "open",
                "Takes a finding up and records what it shows now",
                [Assignee],
                (parsed, finding) =>
                    (
                        $"finding/{finding.Id}",
                        new FindingOpened(
                            parsed.GetRequiredValue(Note),
                            parsed.GetValue(Assignee),
                            new SeenFinding(
                                finding.Kind,
                                finding.Rule,
                                finding.Subject,
                                finding.Certainty,
                                finding.Evidence,
                                finding.Detail
                            )
                        )
                    )
            ),
            Step(
                "note",
                "Notes what was seen",
                [Assignee],
                (parsed, finding) => ($"finding/{finding.Id}", new FindingNoted(parsed.GetRequiredValue(Note), parsed.GetValue(Assignee)))
            ),
            Step(
                "clear",
                "Clears a finding: nothing false",
                [],
                (parsed, finding) => ($"finding/{finding.Id}", new FindingCleared(parsed.GetRequiredValue(Note)))
            ),
            Step(
                "conclude",
                "Records a spot check of the finding's record",
                [Verdict],
                (parsed, finding) =>
                    (
                        $"spotcheck/{finding.Id}",
                        new SpotCheckConcluded([new SampledRecord(finding.Subject, VerdictOf(parsed), parsed.GetRequiredValue(Note))])
                    )
            ),
        };

    private static Command Step(
        string name,
        string description,
        Option[] options,
        Func<ParseResult, Finding, (string Subject, EventData Data)> step
    )
    {
        var command = new Command(name, description) { Id, Contract, Actor, Note };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetLedgerAction(
            async (
                IMessageBus bus,
                FindingReader reader,
                LogReader log,
                LedgerTime time,
                ParseResult parsed,
                Terminal terminal,
                CancellationToken cancel
            ) =>
            {
                var contract = parsed.GetRequiredValue(Contract);
                var (subject, data) = step(parsed, await FindAsync(reader, log, time, contract, parsed.GetRequiredValue(Id), cancel));
                var e = new NewEvent(
                    contract,
                    subject,
                    $"review-{Guid.NewGuid():n}",
                    "ledger/review",
                    await time.NowAsync(cancel),
                    parsed.GetRequiredValue(Actor),
                    data
                );
                var outcome = await bus.InvokeForTenantAsync<DecisionOutcome>(contract, new RecordDecision(e), cancel);
                if (outcome.Refusals.Count > 0)
                {
                    throw new LedgerException(ErrorCode.Refused, $"the review was refused: {string.Join("; ", outcome.Refusals)}");
                }

                var now = await FindAsync(reader, log, time, contract, parsed.GetRequiredValue(Id), cancel);
                terminal.Show(
                    now,
                    console =>
                        console.MarkupLineInterpolated(
                            $"{now.Id} is [bold]{Words<FindingState>.Of(now.State)}[/], recorded at position {outcome.Receipt.Position}"
                        )
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static async Task<Finding> FindAsync(
        FindingReader reader,
        LogReader log,
        LedgerTime time,
        string contract,
        string id,
        CancellationToken cancel
    )
    {
        var position = (await log.HeadAsync(cancel)).Position;
        var findings = await reader.AtAsync(contract, position, await time.NowAsync(cancel), cancel);
        return findings.FirstOrDefault(f => f.Id == id)
            ?? throw new LedgerException(
                ErrorCode.Refused,
                $"{contract} has no finding {id}: `findings {contract}` lists those it has, with their ids"
            );
    }

    private static Verdict VerdictOf(ParseResult parsed) =>
        Words<Verdict>.TryParse(parsed.GetRequiredValue(Verdict), out var verdict)
            ? verdict
            : throw new LedgerException(
                ErrorCode.BadRequest,
                $"--verdict: expected genuine or falsified, got \"{parsed.GetRequiredValue(Verdict)}\""
            );
}
