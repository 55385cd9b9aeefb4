using System.CommandLine;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>decisions ID</c>: who decided what, and when, in the order of the log.</summary>
internal static class DecisionsCommand
{
    private const int MostShown = 200;
    private const int MostCharacters = 100;

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var by = new Option<string?>("--by") { Description = "Of one actor" };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("decisions", "Lists who decided what about a contract, and when") { id, by };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (TraceReader traces, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var position = await moment.PositionAsync(parsed, log, cancel);
                var decisions = await traces.DecisionsAsync(parsed.GetRequiredValue(id), position, parsed.GetValue(by), cancel);
                await export.WriteAsync(parsed, terminal, cancel, Tables.Reports.Decisions(decisions));
                terminal.Show(decisions, console => Print(console, decisions));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<TracedEvent> decisions)
    {
        var table = Terminal.Table("Position#", "Occurred~", "By~", "Decision", "About~", "Says~");
        foreach (var e in decisions.Take(MostShown))
        {
            var said = e.InWords;
            table.AddRow(
                e.Position.ToString(),
                Domain.Time.ChinaTime.Text(e.OccurredAt, e.Precision),
                Markup.Escape(e.Actor),
                e.Type,
                Markup.Escape(e.Subject),
                Markup.Escape(said.Length > MostCharacters ? said[..MostCharacters] + "…" : said)
            );
        }

        console.Write(table);
        if (decisions.Count > MostShown)
        {
            console.WriteLine($"and {decisions.Count - MostShown:#,0} more: --by chooses, --json, --csv and --xlsx have them all");
        }
    }
}
