using System.CommandLine;
using System.Net;
using Ledger.Api.Hosting;
using Ledger.Api.Signing;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Api.Commands;

/// <summary>
/// <c>signer</c>: signs the log's checkpoints for other processes. It holds the keys and its own memory, needs no database,
/// and can run as another user or on another machine.
/// </summary>
internal static class SignerCommand
{
    public static Command Create()
    {
        var directory = new Option<string?>("--directory")
        {
            Description = "Holds its keys and memory; default signer in the data directory",
        };
        var listen = new Option<string?>("--listen")
        {
            Description = "An address and port, such as 10.0.0.5:5081; default a Unix socket in the directory",
        };
        var attached = new Option<bool>("--attached") { Description = "Ends when its standard input does", Hidden = true };
        var command = new Command("signer", "Signs checkpoints for other processes; LEDGER_SIGNER tells them where it is")
        {
            directory,
            listen,
            attached,
        };
        command.SetAction(
            (parsed, cancel) =>
                CommandLine.GuardAsync(
                    parsed,
                    async terminal =>
                    {
                        var keys = Path.GetFullPath(
                            parsed.GetValue(directory) ?? DataFiles.Signer(CommandLine.SettingsOf(parsed).DataDirectory)
                        );
                        IPEndPoint? address = null;
                        if (parsed.GetValue(listen) is { } text && (!IPEndPoint.TryParse(text, out address) || address.Port == 0))
                        {
                            throw new LedgerException(
                                ErrorCode.BadRequest,
                                $"--listen: expected an address and port such as 127.0.0.1:5081, got \"{text}\""
                            );
                        }

                        using var signer = Signer.Open(keys);
                        var socket = SignerProcess.SocketOf(keys);
                        File.Delete(socket); // One that a killed signer left; the lock says that none runs.
                        await using var app = SignerServer.Build(
                            signer,
                            kestrel =>
                            {
                                if (address is null)
                                {
                                    kestrel.ListenUnixSocket(socket);
                                }
                                else
                                {
                                    kestrel.Listen(address);
                                }
                            }
                        );
                        try
                        {
                            await app.StartAsync(cancel);
                        }
                        catch (IOException e)
                        {
                            throw new LedgerException(
                                ErrorCode.BadRequest,
                                $"{address?.ToString() ?? socket} cannot be listened on: {e.Message}",
                                e
                            );
                        }

                        terminal.Say($"signing for {signer.Policy.Origin} on {address?.ToString() ?? socket}; Ctrl-C stops");
                        var parent = parsed.GetValue(attached)
                            ? Task.Run(Console.In.ReadToEnd, CancellationToken.None)
                            : Task.Delay(Timeout.Infinite, CancellationToken.None);
                        await parent.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                        await app.StopAsync(CancellationToken.None);
                        return CommandLine.Done;
                    }
                )
        );
        return command;
    }
}
