using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.RateLimiting;
using Ledger.Api.Web;
using Ledger.Domain.Json;
using Ledger.Projections.Webhooks;
using NodaTime;
using StandardWebhooks;

namespace Ledger.Api.Webhooks;

/// <summary>What a webhook did not take: why, whether it is gone for good, and after which time it asked to be tried again.</summary>
public sealed record Refusal(string Reason, bool IsGone = false, Duration? After = null);

/// <summary>Sends events to webhooks, signed as Standard Webhooks 1.0 says.</summary>
public sealed class WebhookClient(IHttpClientFactory clients, WebhookSecrets secrets, IClock clock) : IDisposable
{
    /// <summary>How long a webhook has to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The client's name among those of the service.</summary>
    public const string Name = "webhooks";

    // One sends to a webhook, one more looks behind it: what came meanwhile is found by that one, others need not wait.
    private readonly PartitionedRateLimiter<string> turns = PartitionedRateLimiter.Create<string, string>(webhook =>
        RateLimitPartition.GetConcurrencyLimiter(webhook, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 })
    );

    /// <summary>The turn to send to a webhook, in this process; not acquired where somebody waits for it already.</summary>
    public ValueTask<RateLimitLease> TurnAsync(string webhook, CancellationToken cancel) =>
        turns.AcquireAsync(webhook, cancellationToken: cancel);

    /// <summary>Sends some events; null where they were taken.</summary>
    public async Task<Refusal?> SendAsync(Webhook webhook, IReadOnlyList<CloudEvent> events, CancellationToken cancel)
    {
        try
        {
            using var request = Request(webhook, events);
            using var http = clients.CreateClient(Name);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode
                ? null
                : new Refusal(
                    $"answered {(int)answer.StatusCode}",
                    answer.StatusCode == HttpStatusCode.Gone,
                    AfterOf(answer.Headers.RetryAfter)
                );
        }
        catch (HttpRequestException e)
        {
            return new Refusal($"cannot be reached: {e.HttpRequestError}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Refusal($"did not answer within {Patience.TotalSeconds} s");
        }
        catch (CryptographicException)
        {
            return new Refusal("its secret was sealed with other keys than those of this data directory: renew it");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    private HttpRequestMessage Request(Webhook webhook, IReadOnlyList<CloudEvent> events)
    {
        var isBatch = webhook.Batch > 1;
        var body = isBatch ? JsonSerializer.Serialize(events, LedgerJson.Options) : JsonSerializer.Serialize(events[0], LedgerJson.Options);

        // The same for the same events, so that a receiver knows what it was sent again.
        var id = isBatch ? $"event-{events[0].Position}-{events[^1].Position}" : $"event-{events[0].Position}";
        var now = clock.GetCurrentInstant();
        var signatures = Signing(webhook, now).Select(s => new StandardWebhook(secrets.Open(s)).Sign(id, now.ToDateTimeOffset(), body));
        return new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = new StringContent(body, new MediaTypeHeaderValue(isBatch ? CloudEvent.BatchType : CloudEvent.MediaType, "utf-8")),
            Headers =
            {
                { "webhook-id", id },
                { "webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) },
                { "webhook-signature", string.Join(' ', signatures) },
            },
        };
    }

    private static IEnumerable<string> Signing(Webhook webhook, Instant now) =>
        webhook is { FormerSecret: { } former, FormerUntil: { } until } && until > now ? [webhook.Secret, former] : [webhook.Secret];

    private Duration? AfterOf(RetryConditionHeaderValue? header) =>
        header?.Delta is { } delta ? Duration.FromTimeSpan(delta)
        : header?.Date is { } date ? Instant.FromDateTimeOffset(date) - clock.GetCurrentInstant()
        : null;
}

/// <summary>What webhooks need of a service.</summary>
internal static class WebhookServices
{
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton<WebhookClient>();
        services
            .AddHttpClient(WebhookClient.Name, client => client.Timeout = WebhookClient.Patience)
            // Somebody else's answer does not say where the ledger's events go.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    }
}
