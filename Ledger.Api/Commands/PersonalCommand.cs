using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Personal;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands;

/// <summary><c>personal show|find|erase</c>: personal data, whose reading and erasure are recorded.</summary>
internal static class PersonalCommand
{
    private static readonly Option<string> Actor = new("--actor") { Required = true, Description = "Who does it: a code, never a name" };
    private static readonly Option<string> Reason = new("--reason") { Required = true, Description = "Why; it is recorded" };

    public static Command Create() =>
        new("personal", "Shows and erases callers' personal data; both are recorded") { Show(), Find(), Erase() };

    private static Command Show()
    {
        var subject = new Argument<string>("CASE") { Description = "The case's stream, such as case/GMD-0001" };
        var contract = new Option<string>("--contract") { Required = true, Description = "The contract" };
        var command = new Command("show", "Shows a case's caller, once it is on record who reads it and why")
        {
            subject,
            contract,
            Actor,
            Reason,
        };
        command.SetLedgerAction(
            async (IMessageBus bus, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var disclosure = new DisclosePersonalData(
                    parsed.GetRequiredValue(contract),
                    parsed.GetRequiredValue(subject),
                    Text(parsed, Actor),
                    Text(parsed, Reason)
                );
                var readings = (await bus.InvokeForTenantAsync<Disclosure>(LedgerSource.Contract, disclosure, cancel)).Readings;
                terminal.Show(
                    readings,
                    console =>
                    {
                        var table = Terminal.Table("Field", "Value~", "Position#", "Person");
                        foreach (var reading in readings)
                        {
                            table.AddRow(
                                reading.Field,
                                Markup.Escape(reading.Value ?? Words<PersonalState>.Of(reading.State)),
                                reading.Position.ToString(),
                                reading.Person
                            );
                        }

                        console.Write(table);
                    }
                );
                return readings.Any(r => r.State is PersonalState.Missing or PersonalState.Changed)
                    ? CommandLine.SomethingWrong
                    : CommandLine.Done;
            }
        );
        return command;
    }

    private static Command Find()
    {
        var phone = new Argument<string>("PHONE") { Description = "A phone number" };
        var command = new Command("find", "Names the person that a phone number belongs to") { phone };
        command.SetLedgerAction(
            (PersonalStore personal, ParseResult parsed, Terminal terminal) =>
            {
                var person = personal.PersonOf(parsed.GetRequiredValue(phone));
                terminal.Show(new { person }, console => console.MarkupLineInterpolated($"{person ?? "nobody is known by that number"}"));
                return Task.FromResult(CommandLine.Done);
            }
        );
        return command;
    }

    private static Command Erase()
    {
        var person = new Argument<string>("PERSON") { Description = "The person, such as p-12, as show and find name it" };
        var command = new Command("erase", "Destroys a person's key and rows for good, here and for every backup, and records that")
        {
            person,
            Actor,
            Reason,
        };
        command.SetLedgerAction(
            async (IMessageBus bus, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var erasure = new ErasePersonalData(parsed.GetRequiredValue(person), Text(parsed, Actor), Text(parsed, Reason));
                var erased = await bus.InvokeForTenantAsync<Erasure>(LedgerSource.Contract, erasure, cancel);
                await bus.InvokeForTenantAsync(LedgerSource.Contract, new DestroyPersonalKey(erased.Person), cancel);
                terminal.Show(
                    erased,
                    console =>
                        console.MarkupLineInterpolated(
                            $"{erased.Person} {(erased.Recorded ? "is erased" : "was erased before")}, recorded at position {erased.Position}"
                        )
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static string Text(ParseResult parsed, Option<string> option) =>
        parsed.GetRequiredValue(option) is { Length: > 0 and <= 256 } text && !text.Any(char.IsControl)
            ? text
            : throw new LedgerException(ErrorCode.BadRequest, $"{option.Name}: expected 1 to 256 characters without control characters");
}
