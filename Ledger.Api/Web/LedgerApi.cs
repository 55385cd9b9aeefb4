using Ledger.Api.Endpoints;
using Ledger.Api.Hosting;
using Ledger.Domain.Json;
using Ledger.Projections.Evidence.Checkpoints;
using NodaTime;
using Wolverine;
using Wolverine.Http;

namespace Ledger.Api.Web;

/// <summary>The web application over an open database.</summary>
public static class LedgerApi
{
    /// <summary>Builds it, with the tables that a service needs; nothing listens until it is started.</summary>
    public static async Task<WebApplication> BuildAsync(
        LedgerDatabase database,
        LedgerSettings settings,
        IClock clock,
        string urls,
        CancellationToken cancel,
        ISigner? signer = null
    )
    {
        await using (var owner = database.OpenOwner())
        {
            await MessageTables.EnsureAsync(owner, cancel);
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Ledger.Api" });
        builder.WebHost.UseKestrel().UseUrls(urls);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // A failed start is told in one line by the command.
        builder
            .Logging.AddSimpleConsole(console => console.SingleLine = true)
            .SetMinimumLevel(LogLevel.Warning)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o =>
                o.LogToStandardErrorThreshold = LogLevel.Trace
            );
        builder.Services.AddRoutingCore();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            var options = json.SerializerOptions;
            options.TypeInfoResolver = LedgerJson.Options.TypeInfoResolver;
            options.PropertyNamingPolicy = LedgerJson.Options.PropertyNamingPolicy;
            options.DefaultIgnoreCondition = LedgerJson.Options.DefaultIgnoreCondition;
            options.Encoder = LedgerJson.Options.Encoder;
            options.NumberHandling = LedgerJson.Options.NumberHandling;
            foreach (var converter in LedgerJson.Options.Converters)
            {
                options.Converters.Add(converter);
            }
        });
        builder.Services.AddLedger(database, settings, clock, signer).AddCommandsAndFollowers(database.MartenSource, clock);
        builder.Services.AddWolverineHttp();
        if (settings.Schedule is { } schedule)
        {
            builder.Services.AddSingleton(schedule);
            builder.Services.AddSingularAgent<ScheduledAssessments>();
        }

        builder.Services.AddSingleton<ProjectionWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ProjectionWatch>());
        builder.Services.AddSingleton<CheckpointLoop>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CheckpointLoop>());

        var app = builder.Build();
        app.UseMiddleware<Problems>();
        app.Use(TableSuffix.StripAsync);
        app.UseRouting();
        app.MapHealth();
        app.MapLog();
        app.MapWolverineEndpoints(http =>
        {
            // A contract is a tenant: whatever an endpoint sends or reads is its alone.
            http.TenantId.IsRouteArgumentNamed("contract");
            http.RejectUnparseableQueryValues = true;
            http.AddParameterHandlingStrategy<RequestBinding>();
        });
        return app;
    }
}
