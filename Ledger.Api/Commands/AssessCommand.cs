using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Decisions;
using Ledger.Domain.Time;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands;

/// <summary><c>assess ID --as-of DATE-OR-TIME</c>.</summary>
internal static class AssessCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var asOf = new Option<string>("--as-of")
        {
            Required = true,
            Description =
                "Facts up to this time count, which lies in the ledger's day at the latest; a date means the end of that day in China",
        };
        var command = new Command("assess", "Runs an assessment and records what it proposes") { id, asOf };
        command.SetLedgerAction(
            async (IMessageBus bus, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var contract = parsed.GetRequiredValue(id);
                var moment = Moments.Parse(parsed.GetRequiredValue(asOf), "--as-of");
                var report = await bus.InvokeForTenantAsync<AssessmentReport>(contract, new AssessContract(contract, moment), cancel);
                terminal.Show(
                    report,
                    console =>
                        console.MarkupLineInterpolated(
                            $"[bold]{report.Contract}[/] as of {ChinaTime.Text(report.AsOf)}, log up to {report.Position}: found {report.Found}, proposed {report.Proposed}, withdrew {report.Withdrawn}; recorded up to {report.RecordedAt}"
                        )
                );
                return CommandLine.Done;
            }
        );
        return command;
    }
}
