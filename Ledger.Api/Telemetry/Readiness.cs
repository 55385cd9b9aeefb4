using Ledger.Api.Hosting;
using Ledger.Domain.Json;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ledger.Api.Telemetry;

/// <summary>What <c>/health/ready</c> answers: whether requests may be sent here, and of each thing that this hangs on why not.</summary>
public sealed record ReadinessAnswer(string Status, IReadOnlyDictionary<string, string> Checks);

/// <summary>Whether a service is ready: its database, projections, checkpoints and signer are, and it is not about to stop.</summary>
internal static class Readiness
{
    private const string Well = "ok";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void AddReadiness(this IServiceCollection services) =>
        services
            .AddHealthChecks()
            .AddCheck<RunningCheck>("running")
            .AddCheck<DatabaseCheck>("database", timeout: Patience)
            .AddCheck<ProjectionsCheck>("projections")
            .AddCheck<CheckpointCheck>("checkpoint")
            .AddCheck<SignerCheck>("signer", timeout: Patience);

    public static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new ReadinessAnswer(
                report.Status == HealthStatus.Unhealthy ? "not_ready" : "ready",
                report.Entries.ToDictionary(
                    e => e.Key,
                    e =>
                        e.Value.Status == HealthStatus.Healthy
                            ? Well
                            : e.Value.Description ?? e.Value.Exception?.Message ?? "does not answer"
                )
            ),
            LedgerJson.Options,
            context.RequestAborted
        );

    private sealed class RunningCheck(IHostApplicationLifetime lifetime) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(
                lifetime.ApplicationStopping.IsCancellationRequested
                    ? HealthCheckResult.Unhealthy("stops once what was begun is done")
                    : HealthCheckResult.Healthy()
            );
    }

    private sealed class DatabaseCheck(LogReader log) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await log.HeadAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (DatabaseErrors.IsAway(e))
            {
                return HealthCheckResult.Unhealthy(DatabaseErrors.Told(e).Message);
            }
        }
    }

    private sealed class ProjectionsCheck(ProjectionWatch watch) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(watch.Stopped is { } stopped ? HealthCheckResult.Unhealthy(stopped) : HealthCheckResult.Healthy());
    }

    private sealed class CheckpointCheck(CheckpointLoop loop) : IHealthCheck
    {
        // At most a second after an append; a database that was away for a while is another check's.
        private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(1);

        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(
                loop.Alarm is { } alarm ? HealthCheckResult.Unhealthy(alarm)
                : loop.Age > Oldest ? HealthCheckResult.Unhealthy($"the log's end was last covered {loop.Age.TotalSeconds:0} s ago")
                : HealthCheckResult.Healthy()
            );
    }

    private sealed class SignerCheck(ISigner signer) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await signer.PolicyAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
