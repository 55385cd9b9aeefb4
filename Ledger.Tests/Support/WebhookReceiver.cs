using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Tests.Support;

/// <summary>Somebody's server that takes webhooks, or does not.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookReceiver(WebApplication app) => this.app = app;

    /// <summary>A request as it came: its three headers, and its body.</summary>
    public sealed record Request(string Id, string Timestamp, string Signature, string? Type, string Body);

    public ConcurrentQueue<Request> Requests { get; } = [];

    /// <summary>The positions of events that it took, in the order in which it did.</summary>
    public ConcurrentQueue<long> Taken { get; } = [];

    /// <summary>What it answers to the n-th request, from 1.</summary>
    public Func<int, HttpContext, Task<int>> Answer { get; set; } = (_, _) => Task.FromResult(StatusCodes.Status204NoContent);

    public string Url => $"{app.Urls.First()}/hook?token=in-the-address";

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.UseRouting();
        receiver.app.MapPost("/hook", receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until it took so many events.</summary>
    public async Task<IReadOnlyList<long>> WaitAsync(int events)
    {
        for (var patience = System.Diagnostics.Stopwatch.StartNew(); Taken.Count < events; await Task.Delay(20))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), $"{Taken.Count} events came, not {events}");
        }

        return [.. Taken];
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = context.Request.Headers;
        Requests.Enqueue(
            new Request(
                headers["webhook-id"].ToString(),
                headers["webhook-timestamp"].ToString(),
                headers["webhook-signature"].ToString(),
                context.Request.ContentType,
                body
            )
        );
        var status = await Answer(Requests.Count, context);
        if (status < StatusCodes.Status300MultipleChoices)
        {
            foreach (var position in PositionsIn(body))
            {
                Taken.Enqueue(position);
            }
        }

        context.Response.StatusCode = status;
    }

    private static IEnumerable<long> PositionsIn(string body)
    {
        using var json = JsonDocument.Parse(body);
        IEnumerable<JsonElement> events =
            json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement.EnumerateArray() : [json.RootElement];
        return [.. events.Select(e => e.GetProperty("position").GetInt64())];
    }
}
