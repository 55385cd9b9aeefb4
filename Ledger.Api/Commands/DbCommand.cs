using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.Projections.Store;
using Npgsql;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>db apply|assert|describe</c>: the database's schema, as Marten keeps it.</summary>
internal static class DbCommand
{
    private sealed record Assertion(bool Ok, string? Difference);

    public static Command Create() =>
        new("db", "The database's schema: applies what is missing, says what differs, or prints it")
        {
            Verb(
                "apply",
                "Makes what is missing, and gives the service's role its rights",
                async (owner, terminal, cancel) =>
                {
                    await LedgerSchema.ApplyAsync(owner, cancel);
                    await MessageTables.ApplyAsync(owner, cancel);
                    terminal.Show(
                        new Assertion(true, null),
                        console => console.MarkupLine("[green]applied[/]: the schema is what this program needs")
                    );
                    return CommandLine.Done;
                }
            ),
            Verb(
                "assert",
                "Says what differs from what this program needs; status 1 where anything does",
                async (owner, terminal, cancel) =>
                {
                    var difference =
                        await LedgerSchema.DifferenceAsync(owner, cancel) ?? await MessageTables.DifferenceAsync(owner, cancel);
                    terminal.Show(
                        new Assertion(difference is null, difference),
                        console => console.WriteLine(difference ?? "the schema is what this program needs")
                    );
                    return difference is null ? CommandLine.Done : CommandLine.SomethingWrong;
                }
            ),
            Verb(
                "describe",
                "Prints the SQL that makes the schema from nothing",
                (owner, terminal, _) =>
                {
                    var sql = LedgerSchema.Script(owner);
                    terminal.Show(new { sql }, console => console.WriteLine(sql));
                    return Task.FromResult(CommandLine.Done);
                }
            ),
        };

    private static Command Verb(string name, string description, Func<NpgsqlDataSource, Terminal, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        command.SetLedgerAction(
            async (LedgerDatabase database, Terminal terminal, CancellationToken cancel) =>
            {
                await using var owner = database.OpenOwner();
                return await work(owner, terminal, cancel);
            }
        );
        return command;
    }
}
