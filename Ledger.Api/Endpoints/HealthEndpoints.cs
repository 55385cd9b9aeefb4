using Ledger.Api.Hosting;
using Ledger.Api.Telemetry;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using Ledger.Projections.Webhooks;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Npgsql;

namespace Ledger.Api.Endpoints;

/// <summary>
/// How the service is. <c>status</c> is <c>ok</c>, or <c>degraded</c> when a projection stopped or the log's end is not signed.
/// </summary>
public sealed record Health(
    string Status,
    long Position,
    string Root,
    ProjectionHealth Statements,
    ProjectionHealth Payables,
    ProjectionHealth Rankings,
    CheckpointHealth Checkpoint,
    IReadOnlyList<WebhookHealth> Webhooks
);

/// <summary>A webhook that does not take what it is sent, or was given up; the ledger itself is none the worse for it.</summary>
public sealed record WebhookHealth(string Webhook, WebhookState State, long Confirmed, string? LastError);

/// <summary>
/// How publishing is: the size of the last signed checkpoint (absent before the first), and why there is none of the log's end.
/// </summary>
public sealed record CheckpointHealth(long? Size, string? Alarm);

/// <summary>
/// <c>GET /health</c> for people; <c>/health/live</c> (the process answers) and <c>/health/ready</c> (so does what it needs) for whatever
/// starts services and sends requests to them.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = Readiness.WriteAsync });
        app.MapGet(
            "/health",
            async (
                LogReader log,
                NpgsqlDataSource database,
                ProjectionWatch projections,
                CheckpointLoop checkpoints,
                CheckpointPublisher publisher,
                WebhookReader webhooks,
                CancellationToken cancel
            ) =>
            {
                var head = await log.HeadAsync(cancel);
                var well = projections.Stopped is null && checkpoints.Alarm is null;
                var root = Convert.ToHexStringLower(await LogRoot.AtAsync(database, head.Position, cancel));
                var health = new Health(
                    well ? "ok" : "degraded",
                    head.Position,
                    root,
                    projections.Statements,
                    projections.Payables,
                    projections.Rankings,
                    new CheckpointHealth(publisher.Latest?.Checkpoint.Size, checkpoints.Alarm),
                    [
                        .. (await webhooks.AllAsync(cancel))
                            .Where(w => w.State is WebhookState.Retrying or WebhookState.Stopped)
                            .Select(w => new WebhookHealth(w.Id, w.State, w.Confirmed, w.LastError)),
                    ]
                );
                return well ? Results.Ok(health) : Results.Json(health, statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        );
    }
}
