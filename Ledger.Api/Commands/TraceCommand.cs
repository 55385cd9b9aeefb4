using System.CommandLine;
using Ledger.Domain.Contracts;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary>
/// <c>trace DEDUCTION --contract ID</c>: from a deduction to its clause, evidence and decisions, and to its statement line.
/// </summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        var deduction = new Argument<string>("DEDUCTION") { Description = "The deduction's id, such as 4.6.1:case/GMD-0001:2025-11" };
        var contract = new Option<string>("--contract") { Required = true, Description = "The contract" };
        var moment = new MomentOptions();
        var command = new Command("trace", "Traces a deduction to its clause, reading, evidence, decisions and statement line")
        {
            deduction,
            contract,
        };
        moment.AddTo(command);
        command.SetLedgerAction(
            async (TraceReader traces, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var position = await moment.PositionAsync(parsed, log, cancel);
                var trace = await traces.AtAsync(parsed.GetRequiredValue(contract), parsed.GetRequiredValue(deduction), position, cancel);
                terminal.Show(trace, console => Print(console, trace));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, DeductionTrace trace)
    {
        var d = trace.Deduction;
        console.MarkupLineInterpolated(
            $"[bold]{d.Id}[/] · {Words<DeductionStatus>.Of(d.Status)} · {Terminal.Yuan(d.Amount)}, effective {Terminal.Yuan(d.Effective)} · arisen {d.AttributedOn:uuuu-MM-dd}"
        );
        console.MarkupLineInterpolated($"clause {trace.Clause.Number}: {trace.Clause.Title} ({trace.Clause.TitleZh})");
        if (trace.Reason is { } reason)
        {
            console.MarkupLineInterpolated($"  because {reason}");
        }

        foreach (var reading in trace.Readings)
        {
            console.MarkupLineInterpolated($"  reading {reading.Id} = {reading.Choice}: {reading.Yields}");
        }

        Events(console, "evidence", trace.Evidence);
        Events(console, "assessments", trace.Runs);
        Events(console, "history", trace.History);
        foreach (var e in trace.History.Where(e => e.Type is not "deduction_proposed" && e.InWords.Length > 0))
        {
            console.MarkupLineInterpolated($"  {e.Type} by {e.Actor}: {e.InWords}");
        }

        console.MarkupLineInterpolated($"{Line(trace.Line)}");
        foreach (var adjustment in trace.Line.Adjustments)
        {
            console.MarkupLineInterpolated(
                $"  adjustment {Terminal.Yuan(adjustment.Amount)} in {(adjustment.Period is { } period ? $"period {period}" : "the settlement")}"
            );
        }
    }

    private static string Line(TracedLine line)
    {
        if (line.Period is not { } period)
        {
            return "statement: no period is open; it counts at the settlement";
        }

        var carried = line.CarriedFrom is { } from ? $", carried from {from}" : "";
        var status = line.PeriodStatus is { } known ? Words<PeriodStatus>.Of(known) : "";
        if (line.Line is not { } shown)
        {
            return $"statement: period {period}{carried}, {status}, not on it";
        }

        var effective = $"{Terminal.Yuan(shown.Effective)}{(line.Issued ? " as issued" : "")}";
        return $"statement: period {period}{carried}, {status}, effective {effective}, net payable {Terminal.Yuan(line.NetPayable!.Value)}";
    }

    internal static void Events(IAnsiConsole console, string title, IReadOnlyList<TracedEvent> events)
    {
        var table = Terminal.Table(title + "#", "Type", "Subject~", "Occurred~", "Recorded~", "Actor~", "Id~");
        foreach (var e in events)
        {
            table.AddRow(
                e.Position.ToString(),
                e.Type,
                Markup.Escape(e.Subject),
                ChinaTime.Text(e.OccurredAt, e.Precision),
                ChinaTime.Text(e.RecordedAt),
                Markup.Escape(e.Actor),
                Markup.Escape(e.Id)
            );
        }

        console.Write(table);
    }
}
