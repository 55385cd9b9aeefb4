using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Projections.Store;
using Npgsql;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>db apply|assert|describe</c>: the database's schema, as Marten keeps it; <c>backup|restore</c>: all of it.</summary>
internal static class DbCommand
{
    private sealed record Assertion(bool Ok, string? Difference);

    private sealed record BackedUp(string File, long Bytes, long Position);

    private sealed record Restored(string File, long Position);

    public static Command Create() =>
        new("db", "The database: its schema is applied, compared or printed; all of it is backed up and restored")
        {
            Backup(),
            Restore(),
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

    private static Command Backup()
    {
        var file = new Argument<string>("FILE") { Description = "Where to write it" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace a file that exists" };
        var command = new Command("backup", "Writes the whole database to one file, while services go on") { file, overwrite };
        command.SetLedgerAction(
            async (
                LedgerDatabase database,
                LedgerSettings settings,
                LogReader log,
                ParseResult parsed,
                Terminal terminal,
                CancellationToken cancel
            ) =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file));
                if (File.Exists(path) && !parsed.GetValue(overwrite))
                {
                    throw new LedgerException(
                        ErrorCode.BadRequest,
                        $"{path}: the file exists already: name another, or ask for --overwrite"
                    );
                }

                var head = await log.HeadAsync(cancel);
                var bytes = await CommandLine.ReplaceFileAsync(
                    path,
                    async temporary =>
                    {
                        await using (CommandLine.CreateFile(temporary, secret: true)) { }
                        await database.BackUpAsync(settings.DataDirectory, temporary, cancel);
                        return new FileInfo(temporary).Length;
                    }
                );
                var backup = new BackedUp(path, bytes, head.Position);
                terminal.Show(
                    backup,
                    console =>
                        console.MarkupLineInterpolated(
                            $"{path}: {backup.Bytes:#,0} bytes, with every event up to position {head.Position:#,0}; keep {settings.DataDirectory} too: signer, checkpoints and keys are not in it"
                        )
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static Command Restore()
    {
        var file = new Argument<string>("FILE") { Description = "What `db backup` wrote" };
        var command = new Command("restore", "Restores a backup into a database without events") { file };
        command.SetLedgerAction(
            async (LedgerDatabase database, LedgerSettings settings, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var path = Path.GetFullPath(parsed.GetRequiredValue(file));
                await using (CommandLine.OpenFile(path)) { }
                using var held = ServeCommand.Hold(settings);
                await database.RestoreAsync(settings.DataDirectory, path, cancel);
                await using var owner = database.OpenOwner();
                var head = await new LogReader(owner).HeadAsync(cancel);
                terminal.Show(
                    new Restored(path, head.Position),
                    console =>
                        console.MarkupLineInterpolated($"restored {head.Position:#,0} events from {path}; run `verify` before it is served")
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

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
