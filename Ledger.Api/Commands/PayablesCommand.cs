using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Api.Tables;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Projections.Payables;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>payables [--status S] [--due-before DATE]</c>: what is payable over all contracts, when, and what blocks it.</summary>
internal static class PayablesCommand
{
    public static Command Create()
    {
        var status = new Option<string?>("--status")
        {
            Description = "Only periods of this status: " + string.Join(", ", Words<PeriodStatus>.All),
        };
        var due = new Option<string?>("--due-before") { Description = "Only what is due before this date (not on it), such as 2026-12-01" };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("payables", "Shows what is payable over all contracts and what blocks it, now or as of any moment")
        {
            status,
            due,
        };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (PayableReader payables, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var (only, before) = (
                    parsed.GetValue(status) is { } word ? NamedWord.Read<PeriodStatus>(word, "--status") : (PeriodStatus?)null,
                    PayableFilter.Date(parsed.GetValue(due), "--due-before")
                );
                var list = await payables.ListAsync(only, before, await moment.ReadAsync(parsed, log, cancel), cancel);
                await export.WriteAsync(parsed, terminal, cancel, Reports.Payables(list));
                terminal.Show(list, console => Print(console, list));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, PayableList list)
    {
        var table = Terminal.Table(
            "Due",
            "Contract",
            "Period#",
            "Status",
            "Net payable#",
            "Paid#",
            "Outstanding#",
            "Proposed#",
            "Blocked by~"
        );
        foreach (var p in list.Rows)
        {
            table.AddRow(
                p.DueOn is { } due ? due.ToString("uuuu-MM-dd", null) + (p.DueProvisional ? "?" : "") : "–",
                Markup.Escape(p.Contract),
                p.Period.ToString(),
                Words<PeriodStatus>.Of(p.Status),
                Terminal.Yuan(p.NetPayable),
                Terminal.Yuan(p.Paid),
                Terminal.Yuan(p.Outstanding),
                Terminal.Yuan(p.Proposed),
                Markup.Escape(string.Join(", ", p.GatesUnmet.Select(Words<GateKind>.Of).Concat(p.OpenRights)))
            );
        }

        table.AddRow(
            "",
            "[bold]sum[/]",
            "",
            "",
            $"[bold]{Terminal.Yuan(list.NetPayable)}[/]",
            $"[bold]{Terminal.Yuan(list.Paid)}[/]",
            $"[bold]{Terminal.Yuan(list.Outstanding)}[/]",
            "",
            ""
        );
        console.Write(table);
        console.MarkupLineInterpolated($"  as of position {list.AsOf.Position}; a date with ? lies beyond the announced calendar");
    }
}
