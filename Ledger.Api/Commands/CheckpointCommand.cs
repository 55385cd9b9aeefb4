using System.CommandLine;
using Ledger.Projections.Evidence.Checkpoints;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>checkpoint</c>: the signed checkpoint of the log as it ends now, as it is to be kept elsewhere.</summary>
internal static class CheckpointCommand
{
    public static Command Create()
    {
        var keys = new Option<bool>("--keys") { Description = "Prints the public keys that checkpoints are signed with instead" };
        var command = new Command(
            "checkpoint",
            "Prints the signed checkpoint of the log as it ends now, and appends it to the checkpoint file"
        )
        {
            keys,
        };
        command.SetLedgerAction(
            async (CheckpointPublisher checkpoints, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var policy = await checkpoints.PolicyAsync(cancel);
                if (parsed.GetValue(keys))
                {
                    terminal.Show(
                        new
                        {
                            policy.Origin,
                            required = policy.Required.Select(k => k.ToString()),
                            known = policy.Known.Select(k => k.ToString()),
                        },
                        _ => terminal.Write(policy.ToString())
                    );
                    return CommandLine.Done;
                }

                var published = await checkpoints.PublishAsync(cancel);
                terminal.Show(Document(published), _ => terminal.Write(published.Note.ToString()));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static object Document(PublishedCheckpoint published) =>
        new
        {
            published.Checkpoint.Origin,
            published.Checkpoint.Size,
            root = Convert.ToHexStringLower(published.Checkpoint.Root),
            note = published.Note.ToString(),
        };
}
