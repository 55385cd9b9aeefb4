using System.Diagnostics.Metrics;
using Ledger.Api.Hosting;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Api.Telemetry;

/// <summary>
/// What a service measures of itself, beside the meters of ASP.NET, Wolverine, Marten, Npgsql and the runtime: decisions by what became of
/// them, how far the projections and the evidence are behind the log.
/// </summary>
public sealed class LedgerMetrics
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Ledger";

    private readonly Counter<long> decisions;

    /// <summary>Measures a service.</summary>
    public LedgerMetrics(IMeterFactory meters, ProjectionWatch projections, CheckpointLoop loop, CheckpointPublisher publisher)
    {
        var meter = meters.Create(Name);
        decisions = meter.CreateCounter<long>("ledger.decisions", "{decision}", "Decisions, by type and outcome");
        meter.CreateObservableGauge("ledger.log.position", () => projections.Head, "{event}", "The log's last position");
        meter.CreateObservableGauge(
            "ledger.projection.lag",
            () =>
                new Measurement<long>[]
                {
                    Lag(projections, projections.Statements, "statements"),
                    Lag(projections, projections.Payables, "payables"),
                    Lag(projections, projections.Rankings, "rankings"),
                },
            "{event}",
            "Events that a projection has not followed yet"
        );
        meter.CreateObservableGauge(
            "ledger.evidence.lag",
            () => Math.Max(0, projections.Head - (publisher.Latest?.Checkpoint.Size ?? 0)),
            "{event}",
            "Events that no signed checkpoint covers yet"
        );
        meter.CreateObservableGauge(
            "ledger.checkpoint.age",
            () => loop.Age.TotalSeconds,
            "s",
            "How long ago a signed checkpoint covered everything recorded"
        );
    }

    /// <summary>Counts a decision: <c>recorded</c>, <c>repeated</c>, or the last part of the type of the error that refused it.</summary>
    public void Decided(string type, DecisionOutcome outcome) =>
        decisions.Add(
            1,
            new KeyValuePair<string, object?>("type", type),
            new(
                "outcome",
                outcome.Error is { } error ? Problems.NameOf(error)
                    : outcome.Receipt.Recorded ? "recorded"
                    : "repeated"
            )
        );

    private static Measurement<long> Lag(ProjectionWatch watch, ProjectionHealth health, string projection) =>
        new(Math.Max(0, watch.Head - health.Position), new KeyValuePair<string, object?>("projection", projection));
}
