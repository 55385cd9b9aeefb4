using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Projections.Accounts;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands;

/// <summary><c>contracts register FILE…</c>, <c>contracts list</c>, <c>contracts show ID</c>.</summary>
internal static class ContractsCommand
{
    public static Command Create() => new("contracts", "Contract terms: register, list, show") { Register(), List(), Show() };

    private static Command Register()
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Terms as JSON (contracts/terms.schema.json)",
        };
        var command = new Command("register", "Registers contracts with their whole terms and prints what stands out in them") { files };
        command.SetLedgerAction(
            async (IMessageBus bus, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var registrations = new List<Registration>();
                foreach (var path in parsed.GetRequiredValue(files))
                {
                    registrations.Add(
                        await RegisterAsync(bus, await CommandLine.ReadFileAsync(path, cancel), path, "ledger/contracts", cancel)
                    );
                }

                foreach (var (refused, fault) in registrations.SelectMany(r => r.Faults.Select(f => (r.Contract, f))))
                {
                    terminal.Error($"{refused}: {fault}");
                }

                terminal.Show(registrations, console => Print(console, registrations));
                return registrations.Exists(r => r.Faults.Count > 0) ? CommandLine.SomethingWrong : CommandLine.Done;
            }
        );
        return command;
    }

    /// <summary>Registers the terms in a file's bytes; <paramref name="name"/> stands for a contract that cannot be read.</summary>
    internal static async Task<Registration> RegisterAsync(
        IMessageBus bus,
        byte[] utf8,
        string name,
        string source,
        CancellationToken cancel
    ) =>
        TermsReader.Read(utf8, out var faults) is { } terms
            ? await bus.InvokeForTenantAsync<Registration>(terms.Id, new RegisterContract(terms, source), cancel)
            : new Registration(name, null, [], faults, Receipt.Before(null));

    internal static void Print(IAnsiConsole console, IReadOnlyList<Registration> registrations)
    {
        foreach (var r in registrations.Where(r => r.Faults.Count == 0))
        {
            console.MarkupLineInterpolated(
                $"{(r.Recorded ? "registered" : "already registered")} [bold]{r.Contract}[/] at position {r.Position}: {r.Title}"
            );
            foreach (var finding in r.Findings)
            {
                console.MarkupLineInterpolated($"  [yellow]finding[/] {finding.Text}");
            }
        }
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the registered contracts");
        command.SetLedgerAction(
            async (AccountReader accounts, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var contracts = (await accounts.AllAsync(null, cancel)).Accounts.Select(ContractSummary.Of).ToList();
                terminal.Show(
                    contracts,
                    console =>
                    {
                        var table = Terminal.Table("Contract", "Title~", "From", "To", "Total#", "Periods#", "Findings#");
                        foreach (var c in contracts)
                        {
                            table.AddRow(
                                Markup.Escape(c.Contract),
                                Markup.Escape(c.Title),
                                c.From.ToString("uuuu-MM-dd", null),
                                c.To.ToString("uuuu-MM-dd", null),
                                Terminal.Yuan(c.Total),
                                c.Periods.ToString(),
                                c.Findings.Count.ToString()
                            );
                        }

                        console.Write(table);
                    }
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("ID");
        var command = new Command("show", "Shows a contract's terms in force, clause by clause") { id };
        command.SetLedgerAction(
            async (AccountReader accounts, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var (account, _, _) = await accounts.AtAsync(parsed.GetRequiredValue(id), null, cancel);
                terminal.Show(account.Terms, console => Print(console, account));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, ContractAccount account)
    {
        var terms = account.Terms;
        console.MarkupLineInterpolated($"[bold]{terms.Id}[/]  {terms.Title}  {terms.TitleZh}");
        console.MarkupLineInterpolated($"{terms.Principal} · {terms.Vendor}");
        console.MarkupLineInterpolated($"{terms.From:uuuu-MM-dd} to {terms.To:uuuu-MM-dd} · total {Terminal.Yuan(terms.Total)}");
        foreach (var renewal in account.Renewals)
        {
            console.MarkupLineInterpolated(
                $"renewed {renewal.From:uuuu-MM-dd} to {renewal.To:uuuu-MM-dd} · {Terminal.Yuan(renewal.Price)}"
            );
        }

        if (account.Termination is { } ended)
        {
            console.MarkupLineInterpolated(
                $"[yellow]ended early[/] on {ended.On:uuuu-MM-dd} under clause {ended.Clause}, {Words<TerminationCause>.Of(ended.Cause)}"
            );
        }

        foreach (var before in account.Superseded)
        {
            console.MarkupLineInterpolated($"amended: what arose up to {before.Until:uuuu-MM-dd} is judged by the terms before");
        }

        var clauses = Terminal.Table("Clause", "Heading~", "条款~", "Class", "Computed by, or why not~");
        foreach (var c in terms.Clauses)
        {
            var how =
                c.Rules is { Count: > 0 } rules ? string.Join(", ", rules.Select(r => Words(r.GetType().Name)))
                : c.By is { } by ? Words<TermsPart>.Of(by)
                : c.Note ?? "";
            clauses.AddRow(
                Markup.Escape(c.Number),
                Markup.Escape(c.Title),
                Markup.Escape(c.TitleZh),
                Words<ClauseClass>.Of(c.Class),
                Markup.Escape(how)
            );
        }

        console.Write(clauses);
        foreach (var reading in terms.Readings)
        {
            console.MarkupLineInterpolated(
                $"reading [bold]{reading.Id}[/] ({reading.Clause}): {reading.Question} In force: {reading.InForce(terms)}; offered: {string.Join(", ", reading.Choices.Select(c => c.Choice))}"
            );
        }

        foreach (var finding in terms.RegistrationFindings())
        {
            console.MarkupLineInterpolated($"[yellow]finding[/] {finding.Text}");
        }
    }

    private static string Words(string typeName) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(typeName);
}
