using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Differences;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Projections.Differences;
using Ledger.Projections.Store;
using NodaTime;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>history ID</c>: a contract's history step by step, with what was payable, proposed, disputed and paid after each.</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("history", "Shows a contract's history step by step, and how it stood after each") { id };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (HistoryReader history, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var steps = await history.UpToAsync(parsed.GetRequiredValue(id), await moment.ReadAsync(parsed, log, cancel), cancel);
                await export.WriteAsync(parsed, terminal, cancel, Reports.History(steps));
                terminal.Show(steps, console => Print(console, steps));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<HistoryStep> steps)
    {
        var table = Terminal.Table("Position#", "Occurred", "What", "By", "On~", "Payable#", "Proposed#", "Disputed#", "Paid#", "Periods~");
        foreach (var s in steps)
        {
            table.AddRow(
                s.Position.ToString(),
                Shown(s.OccurredAt),
                s.Events > 1 ? $"{s.Type} ({s.Events})" : s.Type,
                Markup.Escape(s.Actor),
                s.AsOf is { } asOf ? $"as of {Shown(asOf)}" : Markup.Escape(s.Subject ?? "several"),
                Terminal.Yuan(s.NetPayable),
                Terminal.Yuan(s.Proposed),
                Terminal.Yuan(s.Disputed),
                Terminal.Yuan(s.Paid),
                string.Join(
                    ", ",
                    s.Periods.Where(p => p.Status != PeriodStatus.Open).Select(p => $"{p.Period} {Words<PeriodStatus>.Of(p.Status)}")
                )
            );
        }

        console.Write(table);
        console.MarkupLineInterpolated(
            $"{steps.Count} steps; each stands as of its position, with every document: `statement ID --position N`"
        );
    }

    private static string Shown(Instant at) => ChinaTime.Show(at).ToString("uuuu-MM-dd HH:mm", null);
}
