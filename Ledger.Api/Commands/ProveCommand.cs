using System.CommandLine;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>prove POSITION</c>: a proof that an event is in the log; <c>prove --from SIZE</c>: that the log only grew since.</summary>
internal static class ProveCommand
{
    public static Command Create()
    {
        var position = new Argument<long?>("POSITION") { Description = "The event's position", Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<long?>("--from") { Description = "Proves instead that the log begins with the log of this size" };
        var output = new Option<string?>("--out") { Description = "Writes the proof to a file (C2SP tlog-proof) instead of printing it" };
        var command = new Command("prove", "Proves against the signed checkpoint that an event is in the log, or that the log only grew")
        {
            position,
            from,
            output,
        };
        command.SetLedgerAction(
            async (CheckpointPublisher checkpoints, LogProver prover, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                if (
                    parsed.GetValue(position) is null == parsed.GetValue(from) is null
                    || (parsed.GetValue(from) is not null && parsed.GetValue(output) is not null)
                )
                {
                    throw new LedgerException(ErrorCode.BadRequest, "name a POSITION, with --out or without, or a size with --from");
                }

                var published = await checkpoints.PublishAsync(cancel);
                if (parsed.GetValue(from) is { } size)
                {
                    var consistency = await prover.ConsistencyAsync(size, published.Checkpoint.Size, published, cancel);
                    terminal.Show(consistency, console => Print(console, consistency));
                    return CommandLine.Done;
                }

                var proof = await prover.InclusionAsync(parsed.GetValue(position)!.Value, published, cancel);
                if (parsed.GetValue(output) is { } path)
                {
                    await using var file = CommandLine.CreateFile(path);
                    await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(proof.ToString()), cancel);
                }

                terminal.Show(
                    new
                    {
                        leaf = System.Text.Encoding.UTF8.GetString(proof.Leaf),
                        proof.Index,
                        size = published.Checkpoint.Size,
                        proof = proof.Proof.Select(Convert.ToBase64String),
                        checkpoint = proof.Checkpoint.ToString(),
                    },
                    console =>
                    {
                        if (parsed.GetValue(output) is { } written)
                        {
                            console.MarkupLineInterpolated(
                                $"{written}: position {proof.Index + 1} is in the log of size {published.Checkpoint.Size}"
                            );
                        }
                        else
                        {
                            terminal.Write(proof.ToString());
                        }
                    }
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, ConsistencyProof proof)
    {
        console.MarkupLineInterpolated($"the log of size {proof.To} begins with the log of size {proof.From}");
        console.MarkupLineInterpolated($"  root {Convert.ToHexStringLower(proof.FromRoot)} at {proof.From}");
        console.MarkupLineInterpolated($"  root {Convert.ToHexStringLower(proof.ToRoot)} at {proof.To}");
        foreach (var hash in proof.Proof)
        {
            console.MarkupLineInterpolated($"  {Convert.ToHexStringLower(hash)}");
        }
    }
}
