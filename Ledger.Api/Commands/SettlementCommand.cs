using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Json;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>settlement ID</c>: the final account, and what still stands in its way.</summary>
internal static class SettlementCommand
{
    private const int MostReasons = 20;

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("settlement", "Shows a contract's final account, now or as of any moment") { id };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (StatementReader statements, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var settlement = await statements.SettlementAsync(
                    parsed.GetRequiredValue(id),
                    await moment.ReadAsync(parsed, log, cancel),
                    cancel
                );
                await export.WriteAsync(parsed, terminal, cancel, Reports.Settlement(settlement));
                terminal.Show(settlement, console => Print(console, settlement));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, SettlementStatement s)
    {
        console.MarkupLineInterpolated($"[bold]{s.Contract}[/] · settlement · [bold]{Words<SettlementStatus>.Of(s.State)}[/]");
        var periods = Terminal.Table("Period#", "Status", "Gross#", "Effective#", "Adjustments#", "Net payable#", "Paid#");
        foreach (var p in s.Periods)
        {
            periods.AddRow(
                p.Period.ToString(),
                Words<PeriodStatus>.Of(p.Status),
                Terminal.Yuan(p.Gross),
                Terminal.Yuan(p.Effective),
                Terminal.Yuan(p.Adjustments),
                Terminal.Yuan(p.NetPayable),
                Terminal.Yuan(p.Paid)
            );
        }

        console.Write(periods);
        var sums = Terminal.Table("", "Yuan#");
        sums.AddRow("earned", Terminal.Yuan(s.Earned))
            .AddRow("effective deductions", Terminal.Yuan(-s.Effective))
            .AddRow("adjustments", Terminal.Yuan(s.Adjustments));
        sums.AddRow("[bold]final[/]", $"[bold]{Terminal.Yuan(s.Final)}[/]")
            .AddRow("paid", Terminal.Yuan(-s.Paid))
            .AddRow("refunded", Terminal.Yuan(s.Refunded));
        sums.AddRow(
            s.Balance.IsNegative ? "[bold]refund due from the vendor[/]" : "[bold]payable to the vendor[/]",
            $"[bold]{Terminal.Yuan(s.Balance)}[/]"
        );
        console.Write(sums);
        foreach (var group in s.OpenBy.GroupBy(o => o.By).OrderBy(g => g.Key))
        {
            console.MarkupLineInterpolated($"  [yellow]to be done by {Words<WhoActs>.Of(group.Key)}[/] ({group.Count()})");
            foreach (var step in group.Take(MostReasons))
            {
                console.MarkupLineInterpolated($"    {step.What}");
            }

            if (group.Count() > MostReasons)
            {
                console.MarkupLineInterpolated($"    and {group.Count() - MostReasons} more; --json lists them all");
            }
        }
    }
}
