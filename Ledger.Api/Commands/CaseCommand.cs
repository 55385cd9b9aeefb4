using System.CommandLine;
using Ledger.Domain.Assessments;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>case NO --contract ID</c>: a case's events, its clocks, and what it was called.</summary>
internal static class CaseCommand
{
    public static Command Create()
    {
        var number = new Argument<string>("NO") { Description = "The case's number, such as GMD-0001" };
        var contract = new Option<string>("--contract") { Required = true, Description = "The contract" };
        var effective = new EffectiveOption();
        var moment = new MomentOptions();
        var command = new Command("case", "Shows a case: its events, its clocks and how they stand, what it was called")
        {
            number,
            contract,
        };
        effective.AddTo(command);
        moment.AddTo(command);
        command.SetLedgerAction(
            async (
                CaseHistoryReader cases,
                LogReader log,
                LedgerTime time,
                ParseResult parsed,
                Terminal terminal,
                CancellationToken cancel
            ) =>
            {
                var name = parsed.GetRequiredValue(number);
                var traced = await cases.AtAsync(
                    parsed.GetRequiredValue(contract),
                    name.StartsWith(EventStreams.Cases, StringComparison.Ordinal) ? name[EventStreams.Cases.Length..] : name,
                    await moment.PositionAsync(parsed, log, cancel),
                    await effective.ReadAsync(parsed, time, cancel),
                    cancel
                );
                terminal.Show(traced, console => Print(console, traced));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, TracedCase traced)
    {
        var history = traced.History;
        console.MarkupLineInterpolated(
            $"[bold]case {history.Case}[/] of {history.Contract}{(history.DueAt is { } due ? $" · due {ChinaTime.Text(due)}" : "")}{(history.Voided is { } why ? $" · voided: {why}" : "")}"
        );
        foreach (var property in history.Descriptions.GroupBy(d => d.Property))
        {
            var before = property.SkipLast(1).Select(d => $"{d.Value} until then").ToList();
            var was = before.Count > 0 ? $" since {ChinaTime.Text(property.Last().Since)}; it was {string.Join(", ", before)}" : "";
            console.MarkupLineInterpolated($"  {property.Key}: {property.Last().Value}{was}");
        }

        var clocks = Terminal.Table("Clock", "Clause", "State", "From~", "Stopped~", "In words~");
        foreach (var c in history.Clocks)
        {
            clocks.AddRow(
                Words<Domain.Rules.CaseStep>.Of(c.Step),
                Markup.Escape(c.Clause),
                Words<ClockState>.Of(c.State),
                c.From,
                c.Stopped ?? "running",
                Markup.Escape(c.InWords)
            );
        }

        console.Write(clocks);
        TraceCommand.Events(console, "events", traced.Events);
    }
}
