using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands;

/// <summary><c>calendar publish FILE</c>, <c>calendar show</c>: the working-day calendar, amended without a release.</summary>
internal static class CalendarCommand
{
    public static Command Create() =>
        new("calendar", "The working-day calendar: publish an amended one, show which is in force") { Publish(), Show() };

    private static Command Publish()
    {
        var file = new Argument<string>("FILE") { Description = "The calendar as JSON: publishedYears, holidays, makeUpWorkingDays" };
        var command = new Command("publish", "Records a calendar; it holds from its position on and changes no recorded assessment")
        {
            file,
        };
        command.SetLedgerAction(
            async (IMessageBus bus, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var path = parsed.GetRequiredValue(file);
                var published = CalendarFile.Read(await CommandLine.ReadFileAsync(path, cancel), out var faults) is { } calendar
                    ? await bus.InvokeForTenantAsync<CalendarPublication>(LedgerSource.Contract, new PublishCalendar(calendar), cancel)
                    : CalendarPublication.Refused(faults);
                foreach (var fault in published.Faults)
                {
                    terminal.Error($"{path}: {fault}");
                }

                terminal.Show(
                    published,
                    console =>
                    {
                        if (published.Faults.Count == 0)
                        {
                            console.MarkupLineInterpolated(
                                $"{(published.Recorded ? "published" : "in force already")} at position {published.Position}: {string.Join(", ", published.PublishedYears)}"
                            );
                        }
                    }
                );
                return published.Faults.Count > 0 ? CommandLine.SomethingWrong : CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, CalendarInForce calendar)
    {
        var table = Terminal.Table("Year", "Days off~", "Weekend days worked~");
        foreach (var year in calendar.PublishedYears)
        {
            table.AddRow(year.ToString(), Days(calendar.Holidays, year), Days(calendar.MakeUpWorkingDays, year));
        }

        console.Write(table);
        console.MarkupLineInterpolated(
            $"{(calendar.PublishedAt is { } at ? $"published at position {at}" : "as shipped")}{(calendar.Source is { } source ? $": {source}" : "")}; days not listed follow the week"
        );
    }

    private static string Days(IReadOnlyList<LocalDate> days, int year) =>
        string.Join(' ', days.Where(d => d.Year == year).Select(d => d.ToString("MM-dd", null)));

    private static Command Show()
    {
        var command = new Command("show", "Shows which calendar is in force, now or at any moment");
        var moment = new MomentOptions();
        moment.AddTo(command);
        command.SetLedgerAction(
            async (LogReader log, NpgsqlDataSource database, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var position = await moment.PositionAsync(parsed, log, cancel);
                var inForce = await CalendarInForce.AtAsync(database, position, cancel);
                terminal.Show(inForce, console => Print(console, inForce));
                return CommandLine.Done;
            }
        );
        return command;
    }
}
