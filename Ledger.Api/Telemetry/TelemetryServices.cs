using Ledger.Api.Hosting;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ledger.Api.Telemetry;

/// <summary>What tells operators how a service is: its readiness, and through OpenTelemetry its metrics and traces.</summary>
internal static class TelemetryServices
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this WebApplicationBuilder builder, LedgerSettings settings)
    {
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<LedgerMetrics>();
        builder.Services.AddReadiness();
        if (string.IsNullOrEmpty(settings.Otel.GetValueOrDefault(Endpoint)))
        {
            return;
        }

        // The exporter reads its other settings by itself.
        builder.Configuration.AddInMemoryCollection(settings.Otel);
        builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService("ledger", serviceVersion: typeof(LedgerMetrics).Assembly.GetName().Version?.ToString())
            )
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(LedgerMetrics.Name, "Marten", "Wolverine:*")
                    .AddAspNetCoreInstrumentation()
                    .AddNpgsqlInstrumentation()
                    .AddRuntimeInstrumentation()
            )
            // Neither requests to webhooks, whose addresses may hold a secret, nor values of a query or of a statement's parameters, which
            // may be somebody's.
            .WithTracing(traces =>
                traces
                    .AddSource("Wolverine", "Marten")
                    .AddAspNetCoreInstrumentation(options =>
                        options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
                    )
                    .AddNpgsql()
            )
            .UseOtlpExporter();
    }
}
