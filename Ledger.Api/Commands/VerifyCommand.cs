using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.Api.Operations;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>verify</c>: walks the whole log and names the first position that is wrong.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var command = new Command("verify", "Recomputes every leaf, stream, the tree and the head, repeats every recorded assessment and compares every read model");
        command.SetAction((parsed, cancel) => CommandLine.WithLedgerAsync(parsed, async (ledger, terminal) =>
        {
            var result = await VerifyAsync(ledger, terminal, cancel);
            terminal.Show(result, console => Print(console, result));
            return result.Ok ? CommandLine.Done : CommandLine.SomethingWrong;
        }, cancel));
        return command;
    }

    internal static Task<LedgerVerification> VerifyAsync(LedgerRuntime ledger, Terminal terminal, CancellationToken cancel) => Terminal.ShowsProgress
        ? terminal.Notes.Status().StartAsync("verifying", status => VerifyLedger.RunAsync(
            ledger, new Progress<(long Done, long Of)>(p => status.Status($"verifying: {p.Done:#,0} of {p.Of:#,0}")), cancel))
        : VerifyLedger.RunAsync(ledger, null, cancel);

    internal static void Print(IAnsiConsole console, LedgerVerification v)
    {
        if (v.Ok)
        {
            console.MarkupLineInterpolated($"[green]verified[/] {v.Events:#,0} events in {v.Streams:#,0} streams, {v.Assessments:#,0} assessments repeated, {v.ReadModels:#,0} read models compared; root {v.Root}");
        }
        else
        {
            console.MarkupLineInterpolated($"[red]NOT verified[/] {(v.Position is { } p ? $"position {p}: " : "")}{v.Problem}");
        }
    }
}
