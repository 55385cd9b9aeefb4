using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Differences;
using Ledger.Projections.Differences;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>diff ID --from P --to P</c>: what changed between two moments, and because of which events.</summary>
internal static class DiffCommand
{
    private const int MostEventsShown = 3;

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var from = new Option<string>("--from") { Required = true, Description = "The earlier moment: a position of the log, or a time" };
        var to = new Option<string?>("--to") { Description = "The later one (default: the log's head)" };
        var command = new Command("diff", "Shows what changed in a contract between two moments, and which events changed it")
        {
            id,
            from,
            to,
        };
        command.SetLedgerAction(
            async (LogReader log, DifferenceReader differences, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var since = await Moments.PositionAsync(log, parsed.GetRequiredValue(from), "--from", cancel);
                var until = parsed.GetValue(to) is { } later
                    ? await Moments.PositionAsync(log, later, "--to", cancel)
                    : (await log.HeadAsync(cancel)).Position;
                var difference = await differences.BetweenAsync(parsed.GetRequiredValue(id), since, until, cancel);
                terminal.Show(
                    difference,
                    console =>
                    {
                        var table = Terminal.Table("Subject~", "Value", "Before#", "After#", "Because of~");
                        foreach (var subject in difference.Changes.GroupBy(c => c.Subject))
                        {
                            if (subject.Key.StartsWith("deduction/", StringComparison.Ordinal) && subject.All(c => c.From is null))
                            {
                                table.AddRow(
                                    Markup.Escape(subject.Key),
                                    "new",
                                    "–",
                                    Markup.Escape(New([.. subject])),
                                    Markup.Escape(Events(subject.First()))
                                );
                                continue;
                            }

                            foreach (var change in subject)
                            {
                                table.AddRow(
                                    Markup.Escape(change.Subject),
                                    Markup.Escape(change.Field),
                                    Markup.Escape(change.From ?? "–"),
                                    Markup.Escape(change.To ?? "–"),
                                    Markup.Escape(Events(change))
                                );
                            }
                        }

                        if (difference.Changes.Count > 0)
                        {
                            console.Write(table);
                        }

                        console.MarkupLineInterpolated(
                            $"{difference.Changes.Count} values in {table.Rows.Count} rows of {difference.Contract} changed after position {difference.From.Position} up to {difference.To.Position}"
                        );
                    }
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    /// <summary>A deduction that did not exist before, in one line.</summary>
    private static string New(List<Change> values)
    {
        string? Of(string field) => values.Find(v => v.Field == field)?.To;
        return $"{Of("status")} {Of("amount")}";
    }

    private static string Events(Change change) =>
        string.Join(", ", change.Because.Take(MostEventsShown).Select(e => $"{e.Type} @{e.Position}"))
        + (change.Because.Count > MostEventsShown ? $" and {change.Because.Count - MostEventsShown} more" : "");
}
