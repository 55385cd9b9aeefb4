using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>rates ID --cycle YYYY-MM</c>: the three rates, with a row a case and why it counts or not.</summary>
internal static class RatesCommand
{
    private const int MostRows = 30;

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var cycle = new CycleOption();
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("rates", "Shows the three rates of a cycle with every case and why it counts or not")
        {
            id,
            cycle.Option,
        };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (RankingReader rankings, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var contract = parsed.GetRequiredValue(id);
                var month = cycle.Read(parsed);
                var book = await rankings.BookAsync(month, await moment.PositionAsync(parsed, log, cancel), cancel);
                var rates =
                    book.Rates(contract, month)
                    ?? throw new LedgerException(ErrorCode.ContractUnknown, $"no contract \"{contract}\" is registered at that moment");
                await export.WriteAsync(parsed, terminal, cancel, Reports.Rates([rates]), Reports.RatedCases([rates]));
                terminal.Show(
                    rates,
                    console =>
                    {
                        console.MarkupLineInterpolated(
                            $"[bold]{rates.Contract}[/] · cycle {rates.Cycle} · scheme {rates.Scheme} · {rates.Counted} of {rates.Scored} scored cases count"
                        );
                        console.MarkupLineInterpolated(
                            $"response {rates.Response ?? "not applicable"} · resolution {rates.Resolution ?? "not applicable"} · satisfaction {rates.Satisfaction ?? "not applicable"} · composite [bold]{rates.Composite ?? "not applicable"}[/]"
                        );
                        var table = Terminal.Table("Case~", "Counted", "Why~", "Unit~", "Responded", "Resolved", "Satisfaction");
                        foreach (var c in rates.Cases.Take(MostRows))
                        {
                            table.AddRow(
                                Markup.Escape(c.Subject),
                                c.Counted ? "yes" : "no",
                                Markup.Escape(c.Why),
                                Markup.Escape(c.Unit ?? "–"),
                                c.Scored.Responded ? "yes" : "no",
                                c.Scored.Resolved ? "yes" : "no",
                                Words<Domain.Events.Satisfaction>.Of(c.Scored.Satisfaction)
                            );
                        }

                        console.Write(table);
                        if (rates.Cases.Count > MostRows)
                        {
                            console.WriteLine($"and {rates.Cases.Count - MostRows} cases more; --json, --csv and --xlsx have them all");
                        }
                    }
                );
                return CommandLine.Done;
            }
        );
        return command;
    }
}
