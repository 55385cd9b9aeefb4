using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
                        finding.Review is null
                            ? throw new LedgerException(
                                ErrorCode.Refused,
                                $"the finding {finding.Id} was not taken up: review open comes first"
                            )
                            : $"spotcheck/{finding.Id}",
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
                var finding = await FindAsync(reader, log, time, contract, parsed.GetRequiredValue(Id), cancel);
                var (subject, data) = step(parsed, finding);
                var id = IdOf(finding, subject, parsed.GetRequiredValue(Actor), data);

                // Whoever lost the answer asks again: the step that was recorded last is not recorded twice.
                var known = await log.ReadByIdsAsync(contract, [id.Last], long.MaxValue, cancel);
                var position = known.Count > 0 ? known[0].Position : await RecordAsync(id.Next);
                var now = await FindAsync(reader, log, time, contract, parsed.GetRequiredValue(Id), cancel);
                terminal.Show(
                    now,
                    console =>
                        console.MarkupLineInterpolated(
                            $"{now.Id} is [bold]{Words<FindingState>.Of(now.State)}[/], recorded at position {position}"
                        )
                );

                async Task<long?> RecordAsync(string next)
                {
                    var e = new NewEvent(
                        contract,
                        subject,
                        next,
                        "ledger/review",
                        await time.NowAsync(cancel),
                        parsed.GetRequiredValue(Actor),
                        data
                    );
                    var outcome = await bus.InvokeForTenantAsync<DecisionOutcome>(contract, new RecordDecision(e), cancel);
                    return outcome.Refusals.Count == 0
                        ? outcome.Receipt.Position
                        : throw new LedgerException(ErrorCode.Refused, $"the review was refused: {string.Join("; ", outcome.Refusals)}");
                }

                return CommandLine.Done;
            }
        );
        return command;
    }

    /// <summary>
    /// The id of this step where it comes after those that are on record, and where it was the last of them: made of what it says and of
    /// how many came before it, so that a note can be made again later.
    /// </summary>
    private static (string Next, string Last) IdOf(Finding finding, string subject, string actor, EventData data)
    {
        // What a finding showed when it was opened may have changed since: a repeated opening is the same without it.
        var said = data is FindingOpened opened ? opened with { Seen = null } : data;
        var content = $"{subject}\n{actor}\n{JsonSerializer.Serialize(said, said.GetType(), LedgerJson.Options)}";
        var steps = finding.Review?.Steps.Count ?? 0;
        return (After(steps), After(steps - 1));

        string After(int count) =>
            "review-"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{EventCatalogue.Of(data).Alias}\n{count}\n{content}")))[
                ..32
            ];
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
