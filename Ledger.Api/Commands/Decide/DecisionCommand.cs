using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Api.Operations;
using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Differences;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands.Decide;

/// <summary>What became of one decision: where it stands in the log, and whether it was there before; or why it was refused.</summary>
public sealed record DecisionResult(string Subject, long? Position, bool Repeated, IReadOnlyList<Fault> Refusals);

/// <summary>Decisions that were taken, or would be, and every value of the contract that they change.</summary>
public sealed record DecisionReport(bool DryRun, IReadOnlyList<DecisionResult> Decisions, IReadOnlyList<Change> Changes);

/// <summary>A decision as a line says it: on what, of which type, with which data.</summary>
internal sealed record SaidDecision(string Subject, string Type, byte[] Data)
{
    /// <summary>The one of some data.</summary>
    public static SaidDecision Of(string subject, EventData data) =>
        new(subject, EventCatalogue.Of(data).Alias, JsonSerializer.SerializeToUtf8Bytes(data, data.GetType(), LedgerJson.Options));
}

/// <summary>
/// A command that records a decision, on one subject or on each of a list: the same command that every way in sends, with what it changes
/// in yuan; <c>--dry-run</c> shows that and records nothing.
/// </summary>
internal static class DecisionCommand
{
    private const string Source = "ledger/decide";

    private static readonly Option<string> Contract = new("--contract") { Required = true, Description = "The contract" };
    private static readonly Option<string> Actor = new("--actor") { Required = true, Description = "Who decides: a code, never a name" };
    private static readonly Option<string?> List = new("--list")
    {
        Description = "More of them, one a line of this file; - is standard input",
    };
    private static readonly Option<bool> Dry = new("--dry-run") { Description = "Show what it would change, record nothing" };
    private static readonly Option<string?> Id = new("--id")
    {
        Description = "The event's id, where the same is to be decided again (default: made of what is decided)",
    };

    private static readonly Option<string?> Time = new("--time")
    {
        Description = "When it was decided: a time with its offset, or as the ledger prints it, in China (default: now)",
    };

    /// <summary>The option for the reason of a decision that needs one.</summary>
    public static Option<string> Reason() => new("--reason") { Required = true, Description = "Why, in words" };

    /// <summary>A command that nothing but the decision itself holds up.</summary>
    public static Command Create(
        string name,
        string description,
        string what,
        Func<ParseResult, string, (string Subject, EventData Data)> decide,
        params ReadOnlySpan<Option> options
    ) => Create(name, description, what, decide, (_, _, _) => null, options);

    /// <summary>A command on some data.</summary>
    public static Command Create(
        string name,
        string description,
        string what,
        Func<ParseResult, string, (string Subject, EventData Data)> decide,
        Func<ParseResult, ContractAccount, string, string?> first,
        params ReadOnlySpan<Option> options
    )
    {
        var names = new Argument<string[]>(what) { Arity = ArgumentArity.ZeroOrMore, Description = "One or more; with --list none" };
        return Create(
            new Command(name, description) { names },
            names,
            (parsed, _) =>
                Task.FromResult<Func<string, SaidDecision>>(subject =>
                {
                    var (on, data) = decide(parsed, subject);
                    return SaidDecision.Of(on, data);
                }),
            first,
            options
        );
    }

    /// <summary>
    /// Completes a command; <paramref name="decide"/> gives, of a line, what gives the decision on each name that it or the list holds.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="names">Its arguments on which it decides.</param>
    /// <param name="decide">What the line says, once; then the decision on one of them.</param>
    /// <param name="first">What is to be done first, on an account and a name; null where it may be decided.</param>
    /// <param name="options">Its own options.</param>
    public static Command Create(
        Command command,
        Argument<string[]> names,
        Func<ParseResult, CancellationToken, Task<Func<string, SaidDecision>>> decide,
        Func<ParseResult, ContractAccount, string, string?> first,
        params ReadOnlySpan<Option> options
    )
    {
        foreach (var option in (ReadOnlySpan<Option>)[Contract, Actor, List, Dry, Id, Time, .. options])
        {
            command.Options.Add(option);
        }

        command.SetLedgerAction(
            async (
                IMessageBus bus,
                AccountReader accounts,
                LedgerTime time,
                ParseResult parsed,
                Terminal terminal,
                CancellationToken cancel
            ) =>
            {
                var subjects = await NamesAsync(parsed, names, cancel);
                var now = await time.NowAsync(cancel);
                var decisions = subjects.Select(await decide(parsed, cancel)).Select(d => EventOf(parsed, d, now)).ToList();
                var contract = parsed.GetRequiredValue(Contract);
                var before = (await accounts.AtAsync(contract, null, cancel)).Account;
                if (subjects.Select(s => first(parsed, before, s)).FirstOrDefault(w => w is not null) is { } why)
                {
                    throw new LedgerException(ErrorCode.Refused, why);
                }

                var (results, after) = parsed.GetValue(Dry)
                    ? Try(decisions, before, now)
                    : (
                        await RecordAsync(bus, decisions, parsed.GetValue(Time) is not null, cancel),
                        (await accounts.AtAsync(contract, null, cancel)).Account
                    );
                var report = new DecisionReport(parsed.GetValue(Dry), results, AccountDifferences.Between(before, after));
                terminal.Show(report, console => Print(console, report));
                foreach (var refused in results.Where(r => r.Refusals.Count > 0))
                {
                    terminal.Error($"{refused.Subject}: {string.Join("; ", refused.Refusals)}");
                }

                return results.All(r => r.Refusals.Count == 0) ? CommandLine.Done : CommandLine.SomethingWrong;
            }
        );
        return command;
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(ParseResult parsed, Argument<string[]> names, CancellationToken cancel)
    {
        IEnumerable<string> all = parsed.GetValue(names) ?? [];
        if (parsed.GetValue(List) is { } file)
        {
            var text = Encoding.UTF8.GetString(await CommandLine.ReadFileAsync(file, cancel));
            all = all.Concat(text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));
        }

        var distinct = all.Distinct().ToList();
        return distinct.Count == 0 ? throw new LedgerException(ErrorCode.BadRequest, "expected at least one, on the line or in --list")
            : distinct.Count > 1 && parsed.GetValue(Id) is not null
                ? throw new LedgerException(ErrorCode.BadRequest, "--id: expected one decision, it names one event")
            : distinct;
    }

    /// <summary>The event, held against all that an import holds it against.</summary>
    private static NewEvent EventOf(ParseResult parsed, SaidDecision decided, Instant now)
    {
        var ((subject, type, data), actor) = (decided, parsed.GetRequiredValue(Actor));
        var time = parsed.GetValue(Time) is { } at ? Moments.Parse(at, "--time") : (Instant?)null;
        var said = Encoding.UTF8.GetBytes(
            $"{type}\n{subject}\n{actor}\n{Encoding.UTF8.GetString(data)}{(time is null ? "" : $"\n{time}")}"
        );
        var id = parsed.GetValue(Id) ?? $"{type}-{Convert.ToHexStringLower(SHA256.HashData(said))[..32]}";
        var attributes = new EventAttributes(id, Source, type, parsed.GetRequiredValue(Contract), subject, time ?? now, actor);
        return EventReader.Read(attributes, data, out var faults)
            ?? throw new LedgerException(ErrorCode.BadRequest, $"{subject}: {string.Join("; ", faults)}");
    }

    private static (List<DecisionResult> Results, ContractAccount After) Try(List<NewEvent> decisions, ContractAccount account, Instant now)
    {
        var tried = DryRun.Of(account, decisions, now);
        return ([.. decisions.Zip(tried.Refusals, (e, refusals) => new DecisionResult(e.Subject, null, false, refusals))], tried.After);
    }

    private static async Task<List<DecisionResult>> RecordAsync(
        IMessageBus bus,
        List<NewEvent> decisions,
        bool timeIsSaid,
        CancellationToken cancel
    )
    {
        var results = new List<DecisionResult>();
        foreach (var e in decisions)
        {
            var command = new RecordDecision(e, timeIsSaid);
            var outcome = await bus.InvokeForTenantAsync<DecisionOutcome>(e.Contract, command, cancel);
            var (refused, receipt) = (outcome.Refusals.Count > 0, outcome.Receipt);
            results.Add(new DecisionResult(e.Subject, refused ? null : receipt.Position, !refused && !receipt.Recorded, outcome.Refusals));
        }

        return results;
    }

    private static void Print(IAnsiConsole console, DecisionReport report)
    {
        foreach (var result in report.Decisions.Where(r => r.Refusals.Count == 0))
        {
            var what =
                report.DryRun ? "would be recorded"
                : result.Repeated ? $"is on record already, at position {result.Position}: give --id where it is to be decided again"
                : $"recorded at position {result.Position}";
            console.MarkupLineInterpolated($"{result.Subject} {what}");
        }

        var changes = report.Changes.Where(c => !c.Subject.StartsWith("deduction/", StringComparison.Ordinal)).ToList();
        if (changes.Count == 0)
        {
            return;
        }

        var table = Terminal.Table("Subject~", "Value", "Before#", "After#");
        changes.ForEach(c =>
            table.AddRow(Markup.Escape(c.Subject), Markup.Escape(c.Field), Markup.Escape(c.From ?? "–"), Markup.Escape(c.To ?? "–"))
        );
        console.Write(table);
    }
}
