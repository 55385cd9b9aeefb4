using System.CommandLine;
using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>rebuild [PROJECTION]</c>: folds read models from the first event again, beside the live ones, and swaps them in.</summary>
internal static class RebuildCommand
{
    private const string Statements = "statements";

    private sealed record Rebuilt(string Projection, long Position, int Contracts, double Seconds);

    public static Command Create()
    {
        var projection = new Argument<string>("PROJECTION") { Description = "Which: " + Statements, Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => Statements };
        var command = new Command("rebuild", "Folds read models from the first event again, beside the live ones, and swaps them in") { projection };
        command.SetAction((parsed, cancel) => CommandLine.WithLedgerAsync(parsed, async (ledger, terminal) =>
        {
            if (parsed.GetValue(projection) is var name && name != Statements)
            {
                throw new LedgerException(ErrorCode.BadRequest, $"there is no projection \"{name}\": expected {Statements}");
            }

            var watch = System.Diagnostics.Stopwatch.StartNew();
            var (position, contracts) = await ledger.Statements.RebuildAsync(cancel);
            var rebuilt = new Rebuilt(Statements, position, contracts, Math.Round(watch.Elapsed.TotalSeconds, 1));
            terminal.Show(rebuilt, console => console.MarkupLineInterpolated($"[green]rebuilt[/] {Statements} of {contracts:#,0} contracts from {position:#,0} events in {rebuilt.Seconds} s"));
            return CommandLine.Done;
        }, cancel));
        return command;
    }
}
