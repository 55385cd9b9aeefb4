using System.CommandLine;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Bundles;
using Ledger.Projections.Evidence.Checkpoints;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>verify-bundle FILE</c>: verifies a bundle without a ledger or a database.</summary>
internal static class VerifyBundleCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The bundle" };
        var kept = new Option<string[]>("--checkpoint")
        {
            Description = "A checkpoint that was kept: the bundle's log must begin with it; may be repeated",
        };
        var keys = new Option<string?>("--keys")
        {
            Description = "The public keys to trust (`checkpoint --keys`); without them the bundle's own are taken, and shown",
        };
        var command = new Command(
            "verify-bundle",
            "Verifies a bundle from its file alone: signatures, every event, every assessment, every statement"
        )
        {
            file,
            kept,
            keys,
        };
        command.SetAction(
            (parsed, cancel) =>
                CommandLine.GuardAsync(
                    parsed,
                    async terminal =>
                    {
                        var path = parsed.GetRequiredValue(file);
                        if (path == "-")
                        {
                            throw new LedgerException(ErrorCode.BadRequest, "a bundle is read twice: name a file");
                        }

                        var notes = (parsed.GetValue(kept) ?? []).Select(k => KeptCheckpoints.Read(k)[^1]).ToList();
                        var policy = parsed.GetValue(keys) is { } trusted
                            ? Policy(trusted, await CommandLine.ReadFileAsync(trusted, cancel))
                            : null;
                        var result = await BundleVerifier.VerifyAsync(() => CommandLine.OpenFile(path), policy, notes, cancel);
                        terminal.Show(result, console => Print(console, path, result, policy is not null));
                        return result.Ok ? CommandLine.Done : CommandLine.SomethingWrong;
                    }
                )
        );
        return command;
    }

    private static CheckpointPolicy Policy(string path, byte[] text)
    {
        try
        {
            return CheckpointPolicy.Parse(System.Text.Encoding.UTF8.GetString(text));
        }
        catch (FormatException e)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} holds no keys: {e.Message}", e);
        }
    }

    private static void Print(IAnsiConsole console, string path, BundleVerification v, bool trusted)
    {
        if (!v.Ok)
        {
            console.MarkupLineInterpolated($"[red]NOT verified[/] {path} line {v.Line}: {v.Problem}");
            return;
        }

        console.MarkupLineInterpolated(
            $"[green]verified[/] {v.Events:#,0} events of {v.Contract}, all that the log of size {v.Size:#,0} has of it; {v.Assessments:#,0} assessments repeated, {v.Statements:#,0} statements and the settlement recomputed"
        );
        console.MarkupLineInterpolated($"  root {v.Root}");
        console.MarkupLineInterpolated(
            $"  signed by {string.Join(", ", v.SignedBy)}{(trusted ? ", as trusted" : ": the bundle's own word; compare with the published keys, or give --keys")}"
        );
        if (v.Checkpoints > 0)
        {
            console.MarkupLineInterpolated($"  begins with {v.Checkpoints:#,0} kept checkpoint(s)");
        }
    }
}
