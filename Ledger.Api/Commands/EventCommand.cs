using System.CommandLine;
using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>event POSITION</c>: one event in full, with its leaf hash and the signed checkpoint that covers it.</summary>
internal static class EventCommand
{
    private static readonly JsonSerializerOptions Indented = new(LedgerJson.Options) { WriteIndented = true };

    public static Command Create()
    {
        var position = new Argument<long>("POSITION") { Description = "The event's position in the log" };
        var command = new Command("event", "Shows one event in full, proved to be in the log of the latest signed checkpoint") { position };
        command.SetLedgerAction(
            async (
                LogReader log,
                CheckpointPublisher checkpoints,
                LogProver prover,
                ParseResult parsed,
                Terminal terminal,
                CancellationToken cancel
            ) =>
            {
                var at = parsed.GetValue(position);
                var end = (await log.HeadAsync(cancel)).Position;
                if (at < 1 || at > end)
                {
                    throw new LedgerException(
                        ErrorCode.MomentUnknown,
                        $"expected a position from 1 to {end}, where the log ends, got {at}"
                    );
                }

                var stored = await log.ReadAsync(at - 1, at, cancel: cancel).FirstAsync(cancel);
                var published = await checkpoints.PublishAsync(cancel);
                var proof = await prover.InclusionAsync(at, published, cancel);
                var shown = new
                {
                    stored.Contract,
                    Event = TracedEvent.Of(stored),
                    stored.Stream,
                    stored.Version,
                    stored.Correlation,
                    stored.Causation,
                    Leaf = Convert.ToHexStringLower(Leaf.Hash(proof.Leaf)),
                    Checkpoint = new { published.Checkpoint.Size, Root = Convert.ToHexStringLower(published.Checkpoint.Root) },
                };
                terminal.Show(
                    shown,
                    console =>
                    {
                        var e = shown.Event;
                        console.MarkupLineInterpolated($"[bold]{e.Type}[/] · position {e.Position} · {e.Subject} of {shown.Contract}");
                        console.MarkupLineInterpolated($"  id        {e.Id} of {e.Source}");
                        console.MarkupLineInterpolated($"  occurred  {ChinaTime.Text(e.OccurredAt, e.Precision)}, by {e.Actor}");
                        console.MarkupLineInterpolated(
                            $"  recorded  {ChinaTime.Text(e.RecordedAt)}, version {shown.Version} of {shown.Stream}"
                        );
                        if ((shown.Correlation ?? shown.Causation) is not null)
                        {
                            console.MarkupLineInterpolated($"  because   {shown.Causation ?? "–"}, correlation {shown.Correlation ?? "–"}");
                        }

                        console.MarkupLineInterpolated($"  leaf      {shown.Leaf}");
                        console.MarkupLineInterpolated(
                            $"  proved    in the log of size {shown.Checkpoint.Size}, root {shown.Checkpoint.Root}, which is signed"
                        );
                        console.WriteLine(JsonSerializer.Serialize(e.Data, Indented));
                    }
                );
                return CommandLine.Done;
            }
        );
        return command;
    }
}
