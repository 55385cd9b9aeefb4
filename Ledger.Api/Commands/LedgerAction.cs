using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.Projections.Accounts;
using NodaTime;

namespace Ledger.Api.Commands;

/// <summary>What a command does with the ledger open.</summary>
internal static class LedgerAction
{
    /// <summary>
    /// Sets a command's work: its parameters are services of the ledger (<see cref="LedgerHost.RunAsync"/>), the parsed line, the terminal
    /// and the token.
    /// </summary>
    public static void SetLedgerAction(this Command command, Delegate work) =>
        command.SetAction(
            (parsed, cancel) =>
                CommandLine.GuardAsync(
                    parsed,
                    async terminal =>
                    {
                        // While the database is opened another core does what reading an account takes most of: it is a third of a short
                        // command.
                        var prepared = Task.Run(() => AccountReader.Prepare(ShippedContracts.Find(ShippedContracts.Ids[0])!), cancel);
                        await using var ledger = await LedgerHost.OpenAsync(
                            CommandLine.SettingsOf(parsed),
                            SystemClock.Instance,
                            terminal.Say,
                            cancel,
                            CommandLine.SurroundingsOf(parsed).Signer,
                            commands: LedgerHost.SendsCommands(work)
                        );
                        var status = await ledger.RunAsync(work, cancel, parsed, terminal);
                        await prepared;
                        return status;
                    }
                )
        );
}
