using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Contracts;
using Ledger.Domain.Json;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>deductions ID</c>: every deduction with its clause, state and evidence.</summary>
internal static class DeductionsCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("deductions", "Lists a contract's deductions, now or as of any moment") { id };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (StatementReader statements, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var rows = await statements.DeductionsAsync(
                    parsed.GetRequiredValue(id),
                    await moment.ReadAsync(parsed, log, cancel),
                    cancel
                );
                await export.WriteAsync(parsed, terminal, cancel, Reports.Deductions(rows));
                terminal.Show(
                    rows,
                    console =>
                    {
                        var table = Terminal.Table("Date", "Deduction~", "Amount#", "Effective#", "Status", "Period#", "Evidence~");
                        foreach (var d in rows)
                        {
                            table.AddRow(
                                d.AttributedOn.ToString("uuuu-MM-dd", null),
                                Markup.Escape(d.Id),
                                Terminal.Yuan(d.Amount),
                                Terminal.Yuan(d.Effective),
                                Words<DeductionStatus>.Of(d.Status),
                                d.Period?.ToString() ?? "settlement",
                                Markup.Escape(string.Join(' ', d.Evidence))
                            );
                        }

                        console.Write(table);
                    }
                );
                return CommandLine.Done;
            }
        );
        return command;
    }
}
