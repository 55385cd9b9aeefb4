using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.EventStore.Verifying;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>verify</c>: walks the whole log and names the first position that is wrong.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var command = new Command("verify", "Recomputes every leaf, stream, the tree and the head");
        command.SetAction((parsed, cancel) => CommandLine.WithLedgerAsync(parsed, async (ledger, terminal) =>
        {
            var result = await VerifyAsync(ledger, terminal, cancel);
            terminal.Show(result, console => Print(console, result));
            return result.Ok ? CommandLine.Done : CommandLine.SomethingWrong;
        }, cancel));
        return command;
    }

    internal static async Task<Verification> VerifyAsync(LedgerRuntime ledger, Terminal terminal, CancellationToken cancel)
    {
        var verifier = new LogVerifier(ledger.Database);
        return Terminal.ShowsProgress
            ? await terminal.Notes.Status().StartAsync("verifying", status => verifier.VerifyAsync(
                new Progress<(long Done, long Of)>(p => status.Status($"verifying: {p.Done:#,0} of {p.Of:#,0}")), cancel))
            : await verifier.VerifyAsync(null, cancel);
    }

    internal static void Print(IAnsiConsole console, Verification v)
    {
        if (v.Ok)
        {
            console.MarkupLineInterpolated($"[green]verified[/] {v.Events:#,0} events in {v.Streams:#,0} streams; root {v.Root}");
        }
        else
        {
            console.MarkupLineInterpolated($"[red]NOT verified[/] {(v.Position is { } p ? $"position {p}: " : "")}{v.Problem}");
        }
    }
}
