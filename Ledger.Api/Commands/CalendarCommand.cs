using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Projections.Contracts;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>calendar publish FILE</c>, <c>calendar show</c>: the working-day calendar, amended without a release.</summary>
internal static class CalendarCommand
{
    /// <summary>Which calendar is in force: its years, and the position at which it was published (null: it ships).</summary>
    private sealed record CalendarInForce(IReadOnlyList<int> PublishedYears, long? PublishedAt);

    public static Command Create() => new("calendar", "The working-day calendar: publish an amended one, show which is in force") { Publish(), Show() };

    private static Command Publish()
    {
        var file = new Argument<string>("FILE") { Description = "The calendar as JSON: publishedYears, holidays, makeUpWorkingDays" };
        var command = new Command("publish", "Records a calendar; it holds from its position on and changes no recorded assessment") { file };
        command.SetAction((parsed, cancel) => CommandLine.WithLedgerAsync(parsed, async (ledger, terminal) =>
        {
            var path = parsed.GetRequiredValue(file);
            await using var stream = CommandLine.OpenFile(path);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancel);
            var published = await PublishCalendar.RunAsync(ledger, bytes.ToArray(), cancel);
            foreach (var fault in published.Faults)
            {
                terminal.Error($"{path}: {fault}");
            }

            terminal.Show(published, console =>
            {
                if (published.Faults.Count == 0)
                {
                    console.MarkupLineInterpolated($"{(published.Recorded ? "published" : "in force already")} at position {published.Position}: {string.Join(", ", published.PublishedYears)}");
                }
            });
            return published.Faults.Count > 0 ? CommandLine.SomethingWrong : CommandLine.Done;
        }, cancel));
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "Shows which calendar is in force, now or at any moment");
        var moment = new MomentOptions();
        moment.AddTo(command);
        command.SetAction((parsed, cancel) => CommandLine.WithLedgerAsync(parsed, async (ledger, terminal) =>
        {
            var position = await moment.ReadAsync(parsed, ledger, cancel) ?? (await ledger.Log.Reader.HeadAsync(cancel)).Position;
            var all = await CalendarReader.AllAsync(ledger.Log.Reader, position, cancel);
            var inForce = new CalendarInForce(CalendarReader.At(all, position).PublishedYears, all.Count > 0 ? all[^1].Position : null);
            terminal.Show(inForce, console => console.MarkupLineInterpolated(
                $"announced years {string.Join(", ", inForce.PublishedYears)}; {(inForce.PublishedAt is { } at ? $"published at position {at}" : "as shipped")}"));
            return CommandLine.Done;
        }, cancel));
        return command;
    }
}
