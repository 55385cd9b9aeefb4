using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Tests.Http;

/// <summary>What a service tells operators of itself, and what it does not.</summary>
public sealed class TelemetryTests
{
    private const string Contract = "gaomidian-2025";

    // Acknowledged until a service that is at work is told to stop.
    private const int Busy = 100;

    [Fact]
    public async Task A_service_is_alive_and_says_of_each_thing_that_it_needs_whether_it_is_ready()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var nobody = service.Anonymous();

        Assert.Equal("Healthy", await nobody.GetStringAsync(new Uri("/health/live", UriKind.Relative)));
        Assert.Equal(
            """{"status":"ready","checks":{"running":"ok","database":"ok","projections":"ok","checkpoint":"ok","signer":"ok"}}""",
            await nobody.GetStringAsync(new Uri("/health/ready", UriKind.Relative))
        );
    }

    [Fact]
    public async Task A_service_whose_log_the_signer_refuses_is_alive_and_not_ready_and_says_why()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.RegisterAsync(Contract);
        await database.Ledger.Checkpoints.PublishAsync(default);
        await database.TamperAsync("delete from ledger.mt_events");
        await using var service = await RunningService.StartAsync(database.Ledger);

        await service.WaitAsync(
            "/health/ready",
            (answer, text) =>
                answer.StatusCode == HttpStatusCode.ServiceUnavailable
                && text.Contains("\"status\":\"not_ready\"", StringComparison.Ordinal)
                && text.Contains("does not extend the checkpoint of size 1", StringComparison.Ordinal)
        );
        using var live = await service.Http.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task A_collector_is_told_of_refused_decisions_and_lags_and_of_no_secret_and_nobodys_number()
    {
        await using var collector = await Collector.StartAsync();
        using var command = new Command();
        var (process, http) = await command.ServeAsync([
            new("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url),
            new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            new("OTEL_METRIC_EXPORT_INTERVAL", "500"),
            new("OTEL_BSP_SCHEDULE_DELAY", "200"),
        ]);
        using (process)
        using (http)
        {
            using var refused = await http.PostAsJsonAsync(
                new Uri($"/api/contracts/{Contract}/deductions/none/confirm", UriKind.Relative),
                new { }
            );
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            using var asked = await http.GetAsync(new Uri("/api/events?subject=13800138000&actor=somebody", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);

            foreach (
                var told in new[]
                {
                    "ledger.decisions",
                    "contract-unknown",
                    "ledger.evidence.lag",
                    "ledger.checkpoint.age",
                    "ledger.projection.lag",
                    "http.server.request.duration",
                    "/api/contracts/{contract}/deductions/{deduction}/confirm",
                    "db.client",
                }
            )
            {
                await collector.WaitAsync(told);
            }

            process.Kill();
            await process.WaitForExitAsync();
        }

        foreach (var untold in new[] { "13800138000", "somebody", TestIssuer.Anybody })
        {
            Assert.False(collector.Heard(untold), $"the collector was told {untold}");
        }
    }

    [Theory]
    [InlineData("LEDGER_LOG", "xml", "LEDGER_LOG: expected text or json, got \"xml\"")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "OTEL_EXPORTER_OTLP_ENDPOINT: expected an address such as")]
    [InlineData("LEDGER_REQUESTS_PER_SECOND", "0", "LEDGER_REQUESTS_PER_SECOND: expected a whole number above 0, got \"0\"")]
    public async Task A_setting_that_is_none_is_told_at_the_start(string name, string value, string expected)
    {
        using var command = new Command();
        var (status, _, error) = await command.RunAsync([new(name, value)], "serve", "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, status);
        Assert.StartsWith($"ledger: {expected}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_told_to_stop_finishes_what_it_began_and_acknowledges_nothing_else()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.RegisterAsync(Contract);
        using var command = new Command();
        var (process, http) = await command.ServeAsync([new("ConnectionStrings__Ledger", database.ConnectionString)]);
        var (acknowledged, wrong) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        using (process)
        using (http)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 16)
                    .Select(c => SendUntilItStopsAsync(http, c, acknowledged, wrong))
                    .Append(TerminateAsync(process, () => acknowledged.Count >= Busy))
            );
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }

        Assert.Empty(wrong);
        Assert.True(acknowledged.Count >= Busy, $"only {acknowledged.Count} were acknowledged");
        var recorded = await database.Ledger.Log.ReadAsync(0, long.MaxValue).Select(e => e.EventId).ToHashSetAsync();
        Assert.Empty(acknowledged.Except(recorded));
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    private static async Task TerminateAsync(Process process, Func<bool> once)
    {
        for (var patience = Stopwatch.StartNew(); !once() && patience.Elapsed < TimeSpan.FromMinutes(1); )
        {
            await Task.Delay(20);
        }

        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static async Task SendUntilItStopsAsync(
        HttpClient http,
        int client,
        ConcurrentBag<string> acknowledged,
        ConcurrentBag<string> wrong
    )
    {
        for (var i = 0; ; i++)
        {
            var id = $"{client}-{i}";
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                i % 4 == 0 ? $"/api/contracts/{Contract}/claims/{id}/loss" : "/api/events"
            )
            {
                Content = JsonContent.Create<object>(
                    i % 4 == 0
                        ? new
                        {
                            clause = "4.4",
                            amount = "1.00",
                            reason = "x",
                        }
                        : new
                        {
                            specversion = "1.0",
                            id,
                            source = "test",
                            type = "case_signed",
                            contract = Contract,
                            subject = $"case/{id}",
                            time = "2025-11-03T09:12:00+08:00",
                            actor = "seat-01",
                        }
                ),
            };
            request.Headers.Add("Idempotency-Key", id);
            try
            {
                using var answer = await http.SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    acknowledged.Add(id);
                }
                else
                {
                    wrong.Add($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It listens no more, or the connection was let go before anything was answered.
                return;
            }
        }
    }

    /// <summary>Takes what OpenTelemetry sends, as a collector does; Protocol Buffers keep texts as they are.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly ConcurrentQueue<string> told = [];

        private Collector(WebApplication app) => this.app = app;

        public string Url => app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
            builder.Services.AddRouting();
            var collector = new Collector(builder.Build());
            collector.app.UseRouting();
            collector.app.MapPost(
                "/v1/{kind}",
                async (HttpContext context) =>
                {
                    using var body = new MemoryStream();
                    await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                    collector.told.Enqueue(Encoding.Latin1.GetString(body.ToArray()));
                }
            );
            await collector.app.StartAsync();
            return collector;
        }

        public bool Heard(string text) => told.Any(t => t.Contains(text, StringComparison.Ordinal));

        public async Task WaitAsync(string text)
        {
            for (var patience = Stopwatch.StartNew(); !Heard(text); await Task.Delay(50))
            {
                Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), $"nothing told of {text}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
