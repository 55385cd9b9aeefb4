using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.Api.Imports;
using Ledger.Api.Operations;
using Ledger.Domain.Terms;
using Ledger.Projections.Accounts;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands;

/// <summary><c>demo [--no-serve] [--fresh]</c>: the whole product in one command.</summary>
internal static class DemoCommand
{
    internal const string Contract = "gaomidian-2025";

    public static Command Create()
    {
        var noServe = new Option<bool>("--no-serve") { Description = "End instead of serving" };
        var fresh = new Option<bool>("--fresh") { Description = "Throw an earlier demo away first; a ledger with real events is refused" };
        var urls = new Option<string>("--urls") { Description = "Where to listen", DefaultValueFactory = _ => "http://localhost:5080" };
        var command = new Command(
            "demo",
            "Registers five contracts, records and assesses a simulated year, prints statements, verifies, serves"
        )
        {
            noServe,
            fresh,
            urls,
        };
        command.SetAction(
            (parsed, cancel) =>
                CommandLine.GuardAsync(
                    parsed,
                    async terminal =>
                    {
                        var settings = CommandLine.SettingsOf(parsed);
                        using var held = ServeCommand.Hold(settings);
                        var year = new DemoYear(TermsReader.Read(ShippedContracts.Find(Contract)!, out _)!);
                        var clock = year.Clock(SystemClock.Instance, terminal.Say);
                        if (parsed.GetValue(fresh))
                        {
                            await StartAfreshAsync(settings, terminal, cancel);
                        }

                        int status;
                        await using (var ledger = await LedgerHost.OpenAsync(settings, clock, terminal.Say, cancel))
                        {
                            status = await ledger.RunAsync(RecordAsync, cancel, year, clock, terminal);
                        }

                        if (!parsed.GetValue(noServe))
                        {
                            await ServeCommand.ServeAsync(
                                settings with
                                {
                                    IsDemo = true,
                                },
                                clock,
                                parsed.GetRequiredValue(urls),
                                terminal,
                                cancel
                            );
                        }

                        return status;
                    }
                )
        );
        return command;
    }

    private static async Task<int> RecordAsync(
        IMessageBus bus,
        Importer importer,
        AccountReader accounts,
        StatementReader reader,
        CheckpointPublisher checkpoints,
        ReadModels models,
        LedgerVerifier verifier,
        LogReader log,
        DemoYear year,
        DemoClock clock,
        Terminal terminal,
        CancellationToken cancel
    )
    {
        await DemoYear.RefuseRealLedgerAsync(log, cancel);
        clock.Show(year.Begin);
        var registrations = new List<Registration>();
        foreach (var id in ShippedContracts.Ids)
        {
            registrations.Add(await ContractsCommand.RegisterAsync(bus, ShippedContracts.Find(id)!, id, DemoYear.Source, cancel));
        }

        var figures = await WithProgressAsync(
            terminal,
            year.Count,
            progress => year.RunAsync(bus, importer, accounts, clock, progress, cancel)
        );
        var statements = new List<Domain.Statements.PeriodStatement>();
        foreach (var id in ShippedContracts.Ids)
        {
            statements.AddRange(await reader.AllAsync(id, null, cancel));
        }

        await checkpoints.PublishAsync(cancel);
        await models.CatchUpAsync(cancel);
        var verification = await VerifyCommand.VerifyAsync(verifier, terminal, cancel);
        terminal.Show(
            new
            {
                registrations,
                figures,
                statements,
                verification,
            },
            console =>
            {
                ContractsCommand.Print(console, registrations);
                console.WriteLine();
                foreach (var statement in statements.Where(s => s.Contract == Contract))
                {
                    StatementCommand.Print(console, statement);
                }

                PrintOthers(console, statements.Where(s => s.Contract != Contract));
                console.MarkupLineInterpolated(
                    figures.Imported == 0
                        ? (FormattableString)$"the simulated year was on record already"
                        : $"imported {figures.Imported:#,0} events at {figures.ImportedPerSecond:#,0} a second; {figures.Months} assessments read {figures.Assessed:#,0} events at {figures.AssessedPerSecond:#,0} a second"
                );
                VerifyCommand.Print(console, verification);
            }
        );
        return verification.Ok ? CommandLine.Done : CommandLine.SomethingWrong;
    }

    private static void PrintOthers(IAnsiConsole console, IEnumerable<Domain.Statements.PeriodStatement> statements)
    {
        console.WriteLine("The other contracts: registered, nothing recorded yet");
        var table = Terminal.Table("Contract", "Period#", "Ends", "Net payable#", "Due");
        foreach (var s in statements)
        {
            table.AddRow(
                s.Contract,
                s.Period.ToString(),
                s.To.ToString("uuuu-MM-dd", null),
                Terminal.Yuan(s.NetPayable),
                s.DueOn is { } due ? due.ToString("uuuu-MM-dd", null) + (s.DueProvisional ? " (provisional)" : "") : "–"
            );
        }

        console.Write(table);
    }

    private static Task<DemoFigures> WithProgressAsync(Terminal terminal, int count, Func<Action<long>, Task<DemoFigures>> work) =>
        Terminal.ShowsProgress
            ? terminal
                .Notes.Progress()
                .StartAsync(progress =>
                {
                    var task = progress.AddTask($"a simulated year of {Contract}", maxValue: count);
                    return work(done => task.Value = done);
                })
            : work(_ => { });

    /// <summary>Empties a demo ledger: its database schemas go, and are made anew when it is opened.</summary>
    private static async Task StartAfreshAsync(LedgerSettings settings, Terminal terminal, CancellationToken cancel)
    {
        await using var database = await LedgerDatabase.OpenAsync(settings, terminal.Say, cancel);
        await DemoYear.RefuseRealLedgerAsync(new LogReader(database.Source), cancel);
        await using var connection = await database.Source.OpenConnectionAsync(cancel);
        await using var drop = new NpgsqlCommand(
            """
            set role none; -- The service's own role may drop nothing.
            drop schema if exists personal, ledger, messages cascade;
            """,
            connection
        );
        await drop.ExecuteNonQueryAsync(cancel);

        // What was signed and sealed for it goes with it.
        File.Delete(DataFiles.Checkpoints(settings.DataDirectory));
        File.Delete(DataFiles.Policy(settings.DataDirectory));
        foreach (
            var directory in new[] { DataFiles.Signer(settings.DataDirectory), DataFiles.Personal(settings.DataDirectory) }.Where(
                Directory.Exists
            )
        )
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
