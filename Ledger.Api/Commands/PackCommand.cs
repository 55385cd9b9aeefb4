using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Time;
using Ledger.Projections.Rankings;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary>
/// <c>pack ID --out FILE</c>: the settlement pack, one workbook with everything of one moment, and that moment on every sheet.
/// </summary>
internal static class PackCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var output = new Option<string>("--out") { Required = true, Description = "The workbook (XLSX) to write" };
        var chinese = new Option<bool>("--chinese") { Description = "Names and headings in Chinese" };
        var moment = new MomentOptions();
        var command = new Command(
            "pack",
            "Writes the settlement pack: statements, settlement, deductions, rates, rankings, with the checkpoint on every sheet"
        )
        {
            id,
            output,
            chinese,
        };
        moment.AddTo(command);
        command.SetLedgerAction(
            async (
                StatementReader reader,
                RankingReader rankings,
                LogReader log,
                ParseResult parsed,
                Terminal terminal,
                CancellationToken cancel
            ) =>
            {
                var (contract, path) = (parsed.GetRequiredValue(id), parsed.GetRequiredValue(output));
                var position = await moment.PositionAsync(parsed, log, cancel);
                var statements = await reader.AllAsync(contract, position, cancel);
                var (at, root) = (statements[0].AsOf!, statements[0].Checkpoint!.Root);
                var book = await rankings.BookAsync(position, cancel);
                var cycles = book.CyclesOf(contract);
                var rates = cycles.Select(c => book.Rates(contract, c)!).ToList();
                IReadOnlyList<ReportTable> tables =
                [
                    Reports.Statements(statements),
                    Reports.Settlement(await reader.SettlementAsync(contract, position, cancel)),
                    Reports.Deductions(await reader.DeductionsAsync(contract, position, cancel)),
                    Reports.Rates(rates),
                    Reports.RatedCases(rates),
                    .. Reports.Rankings([.. cycles.Select(book.Rankings)]),
                ];
                var recorded = ChinaTime.Text(at.RecordedAt);
                var note = $"{contract} · as of position {at.Position}, recorded {recorded} (UTC+8) · tree size {at.Position}, root {root}";
                await ExportOptions.WriteWorkbookAsync(
                    path,
                    [.. tables.Select(t => t with { Notes = [note] })],
                    parsed.GetValue(chinese),
                    cancel
                );
                terminal.Show(
                    new
                    {
                        file = path,
                        contract,
                        position = at.Position,
                        root,
                        sheets = tables.Select(t => t.Name),
                    },
                    console => console.MarkupLineInterpolated($"{path}: {tables.Count} sheets as of position {at.Position}")
                );
                return CommandLine.Done;
            }
        );
        return command;
    }
}
