using Ledger.Api.Endpoints;
using Ledger.Api.Hosting;
using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Pages;
using Ledger.Api.Pages.Decisions;
using Ledger.Api.Telemetry;
using Ledger.Api.Webhooks;
using Ledger.Domain.Json;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using NodaTime;
using Scalar.AspNetCore;
using Wolverine;
using Wolverine.Http;

namespace Ledger.Api.Web;

/// <summary>The web application over an open database.</summary>
public static class LedgerApi
{
    private static readonly Type[] SentInPerson =
    [
        typeof(RegisterUser),
        typeof(InviteUser),
        typeof(SetPassword),
        typeof(SignInUser),
        typeof(WithdrawUser),
        typeof(IssueToken),
        typeof(RevokeToken),
        typeof(DisclosePersonalData),
        typeof(ErasePersonalData),
        typeof(RegisterWebhook),
        typeof(RenewWebhookSecret),
        typeof(ResumeWebhook),
        typeof(WithdrawWebhook),
    ];

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
        var app = (await ConfigureAsync(database, settings, clock, urls, cancel, signer)).Build();
        Map(app);
        return app;
    }

    /// <summary>What it is built of.</summary>
    public static async Task<WebApplicationBuilder> ConfigureAsync(
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
        builder
            .WebHost.UseKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = EventIntake.MostBytes;
            })
            .UseUrls(urls);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // A failed start is told in one line by the command.

        // That the keys of sessions lie in a file is no news for each start: the data directory is its owner's alone.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // Whoever sends these is told what is wrong; it is no news for the operator.
        foreach (var command in SentInPerson)
        {
            builder.Logging.AddFilter(command.FullName, LogLevel.None);
        }

        _ = settings.LogsJson ? builder.Logging.AddJsonConsole() : builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder
            .Logging.SetMinimumLevel(LogLevel.Warning)
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
        builder.Services.AddSignIn(settings);
        builder.Services.AddLimits(settings.RequestsASecond);
        builder.Services.AddDocument();
        builder.Services.AddPages();
        builder.AddTelemetry(settings);
        builder.Services.AddSingleton<FirstAdministrator>();
        builder.Services.AddSingleton<DemoUsers>();
        builder.Services.AddSingleton<DecisionRecorder>();
        builder.Services.AddSingleton<EventIntake>();
        builder.Services.AddSingleton<KnownContracts>();
        builder.Services.AddWebhooks();
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

        return builder;
    }

    /// <summary>What a request goes through, and where it ends.</summary>
    public static void Map(WebApplication app)
    {
        app.Use(Headers.SetAsync);
        app.UseResponseCompression();
        app.UseMiddleware<Problems>();
        app.Use(TableSuffix.StripAsync);
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.Use(CallerGate.CheckAsync);
        app.UseAntiforgery();
        app.Use(PageDecisions.LeadOnAsync);
        app.MapOpenApi();
        app.MapScalarApiReference("/reference", reference => reference.WithTitle("Ledger").DisableDefaultFonts());
        app.MapHealth();
        _ = app.Services.GetRequiredService<LedgerMetrics>();
        app.MapLog();
        app.MapPages();
        app.MapWolverineEndpoints(http =>
        {
            // A contract is a tenant: whatever an endpoint sends or reads is its alone.
            http.TenantId.IsRouteArgumentNamed("contract");
            http.RejectUnparseableQueryValues = true;
            http.AddParameterHandlingStrategy<RequestBinding>();
        });
    }
}
