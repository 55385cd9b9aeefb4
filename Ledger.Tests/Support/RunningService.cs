using System.Net.Http.Headers;
using Ledger.Api.Identities;
using Ledger.Api.Web;
using Ledger.Domain.Assessments;
using Ledger.Domain.Events;
using Ledger.Projections.Evidence.Checkpoints;
using Microsoft.AspNetCore.Builder;

namespace Ledger.Tests.Support;

/// <summary>The web application over an open ledger, listening on a free port of this process.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication app;

    private RunningService(WebApplication app)
    {
        this.app = app;
        Http = Anonymous(TestIssuer.Anybody);
    }

    public IServiceProvider Services => app.Services;

    /// <summary>Where it listens.</summary>
    public string Address => app.Urls.First();

    /// <summary>Somebody with every role.</summary>
    public HttpClient Http { get; }

    /// <summary>Somebody with some roles; bound to contracts where they are named.</summary>
    public HttpClient As(string code, IEnumerable<Role> roles, params IEnumerable<string> contracts) =>
        Anonymous(TestIssuer.TokenOf(code, roles, contracts));

    /// <summary>Somebody with a token, or nobody.</summary>
    public HttpClient Anonymous(string? token = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public static async Task<RunningService> StartAsync(
        TestLedger ledger,
        AssessmentSchedule? schedule = null,
        IdentitySettings? identity = null
    )
    {
        var app = await BuildAsync(ledger, schedule, identity);
        await app.StartAsync();
        return new RunningService(app);
    }

    /// <summary>The application, which does not listen yet.</summary>
    public static Task<WebApplication> BuildAsync(
        TestLedger ledger,
        AssessmentSchedule? schedule = null,
        IdentitySettings? identity = null
    ) =>
        LedgerApi.BuildAsync(
            ledger.Opened,
            ledger.Settings with
            {
                Schedule = schedule,
                Identity = identity ?? TestIssuer.Settings,
                RequestsASecond = 1_000_000,
            },
            ledger.Clock,
            "http://127.0.0.1:0",
            default,
            ledger.Get<ISigner>()
        );

    /// <summary>A browser, which keeps cookies.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = new Uri(app.Urls.First()) };

    /// <summary>Asks until the answer is what is waited for; gives it.</summary>
    public async Task<string> WaitAsync(string path, Func<HttpResponseMessage, string, bool> until)
    {
        for (var patience = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
            var text = await response.Content.ReadAsStringAsync();
            if (until(response, text))
            {
                return text;
            }

            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), $"{path} still answers {(int)response.StatusCode}: {text}");
        }
    }

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
