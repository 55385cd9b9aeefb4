using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>rebuild [PROJECTION]</c>: folds read models from the first event again; reads fold what is not there yet.</summary>
internal static class RebuildCommand
{
    private const string All = "all";

    private static readonly string[] Names = [All, .. ReadModels.All.Keys];

    private sealed record Rebuilt(string Projection, long Position, int Contracts, double Seconds);

    public static Command Create()
    {
        var projection = new Argument<string>("PROJECTION")
        {
            Description = "Which: " + string.Join(", ", Names),
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => All,
        };
        var command = new Command("rebuild", "Folds read models from the first event again; meanwhile reads fold them themselves")
        {
            projection,
        };
        command.SetLedgerAction(
            async (ReadModels models, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var name = parsed.GetValue(projection)!;
                if (!Names.Contains(name))
                {
                    throw new LedgerException(
                        ErrorCode.BadRequest,
                        $"there is no projection \"{name}\": expected one of {string.Join(", ", Names)}"
                    );
                }

                var watch = System.Diagnostics.Stopwatch.StartNew();
                var (position, contracts) = await models.RebuildAsync(cancel, name == All ? null : name);
                var rebuilt = new Rebuilt(name, position, contracts, Math.Round(watch.Elapsed.TotalSeconds, 1));
                terminal.Show(
                    rebuilt,
                    console =>
                        console.MarkupLineInterpolated(
                            $"[green]rebuilt[/] {name} of {contracts:#,0} contracts from {position:#,0} events in {rebuilt.Seconds} s"
                        )
                );
                return CommandLine.Done;
            }
        );
        return command;
    }
}
