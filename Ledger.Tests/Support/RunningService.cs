using Ledger.Api.Web;
using Ledger.Domain.Assessments;
using Ledger.Projections.Evidence.Checkpoints;
using Microsoft.AspNetCore.Builder;

namespace Ledger.Tests.Support;

/// <summary>The web application over an open ledger, listening on a free port of this process.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication app;

    private RunningService(WebApplication app) => (this.app, Http) = (app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });

    public HttpClient Http { get; }

    public static async Task<RunningService> StartAsync(TestLedger ledger, AssessmentSchedule? schedule = null)
    {
        var app = await BuildAsync(ledger, schedule);
        await app.StartAsync();
        return new RunningService(app);
    }

    /// <summary>The application, which does not listen yet.</summary>
    public static Task<WebApplication> BuildAsync(TestLedger ledger, AssessmentSchedule? schedule = null) =>
        LedgerApi.BuildAsync(
            ledger.Opened,
            ledger.Settings with
            {
                Schedule = schedule,
            },
            ledger.Clock,
            "http://127.0.0.1:0",
            default,
            ledger.Get<ISigner>()
        );

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

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
