using System.CommandLine;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Bundles;
using Ledger.Projections.Evidence.Checkpoints;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>export ID --out FILE</c>: a contract's bundle, which <c>verify-bundle</c> and others check from the file alone.</summary>
internal static class ExportCommand
{
    // So many of the last published checkpoints can be compared with a bundle without being named.
    private const int MostSizes = 4_096;

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var output = new Option<string>("--out") { Required = true, Description = "The bundle to write" };
        var kept = new Option<string[]>("--checkpoint")
        {
            Description = "A checkpoint that the reader keeps: the bundle is made so that it can be compared; may be repeated",
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a file that exists" };
        var command = new Command(
            "export",
            "Writes a contract's events, proofs, checkpoint, terms, statements and settlement as one file that is verified without "
                + "the ledger"
        )
        {
            id,
            output,
            overwrite,
            kept,
        };
        command.SetLedgerAction(
            async (
                CheckpointPublisher checkpoints,
                BundleWriter bundles,
                ParseResult parsed,
                Terminal terminal,
                CancellationToken cancel
            ) =>
            {
                var (contract, path) = (parsed.GetRequiredValue(id), parsed.GetRequiredValue(output));
                if (File.Exists(path) && !parsed.GetValue(overwrite))
                {
                    throw new LedgerException(
                        ErrorCode.BadRequest,
                        $"--out {path}: the file exists already and may be somebody's evidence: name another, or ask for --overwrite"
                    );
                }

                var policy = await checkpoints.PolicyAsync(cancel);
                var published = await checkpoints.PublishAsync(cancel);
                var named = (parsed.GetValue(kept) ?? []).Select(file => KeptCheckpoints.Read(file)[^1]).Select(k => k.Note);
                var sizes = checkpoints.File.Read().TakeLast(MostSizes).Concat(named).Select(Size).ToList();
                var events = await CommandLine.ReplaceFileAsync(
                    path,
                    async temporary =>
                    {
                        await using var file = CommandLine.CreateFile(temporary);
                        await using var buffered = new BufferedStream(file, 1 << 20);
                        return await bundles.WriteAsync(buffered, contract, published, policy, sizes, cancel);
                    }
                );
                var root = Convert.ToHexStringLower(published.Checkpoint.Root);
                terminal.Show(
                    new
                    {
                        file = path,
                        contract,
                        events,
                        published.Checkpoint.Size,
                        root,
                    },
                    console =>
                        console.MarkupLineInterpolated(
                            $"{path}: {events:#,0} events of {contract} in the log of size {published.Checkpoint.Size:#,0}, root {root}"
                        )
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static long Size(string note) =>
        SignedNote.Parse(note, out _) is { } parsed && Checkpoint.Parse(parsed.Text, out _) is { } checkpoint ? checkpoint.Size : 0;
}
