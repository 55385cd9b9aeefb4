using System.CommandLine;
using Ledger.Api.Operations;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>verify</c>: walks the whole log and names the first position that is wrong.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var copies = new Option<string[]>("--checkpoint")
        {
            Description = "A checkpoint, or a checkpoint file, that was kept elsewhere: the log must agree with it; may be repeated",
        };
        var command = new Command(
            "verify",
            "Recomputes every leaf, stream, the tree and the head, compares them with the signed checkpoints, repeats every recorded "
                + "assessment and compares every read model"
        )
        {
            copies,
        };
        command.SetLedgerAction(
            async (LedgerVerifier verifier, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var result = await VerifyAsync(verifier, terminal, cancel, parsed.GetValue(copies) ?? []);
                terminal.Show(result, console => Print(console, result));
                return result.Ok ? CommandLine.Done : CommandLine.SomethingWrong;
            }
        );
        return command;
    }

    internal static Task<LedgerVerification> VerifyAsync(
        LedgerVerifier verifier,
        Terminal terminal,
        CancellationToken cancel,
        params string[] copies
    ) =>
        Terminal.ShowsProgress
            ? terminal
                .Notes.Status()
                .StartAsync(
                    "verifying",
                    status =>
                        verifier.VerifyAsync(
                            new Progress<(long Done, long Of)>(p => status.Status($"verifying: {p.Done:#,0} of {p.Of:#,0}")),
                            cancel,
                            copies
                        )
                )
            : verifier.VerifyAsync(null, cancel, copies);

    internal static void Print(IAnsiConsole console, LedgerVerification v)
    {
        if (v.Ok)
        {
            console.MarkupLineInterpolated(
                $"[green]verified[/] {v.Events:#,0} events in {v.Streams:#,0} streams, {v.Assessments:#,0} assessments repeated, {v.ReadModels:#,0} read models compared{(v.PersonalFields > 0 ? $", {v.PersonalFields:#,0} personal fields read" : "")}; root {v.Root}"
            );
            console.MarkupLineInterpolated(
                v.Checkpoints == 0
                    ? (FormattableString)$"  no checkpoint was published yet: nothing outside the database vouches for it"
                    : $"  agrees with {v.Checkpoints:#,0} signed checkpoint{(v.Checkpoints == 1 ? "" : "s")} kept outside the database"
            );
        }
        else
        {
            console.MarkupLineInterpolated($"[red]NOT verified[/] {(v.Position is { } p ? $"position {p}: " : "")}{v.Problem}");
        }
    }
}
