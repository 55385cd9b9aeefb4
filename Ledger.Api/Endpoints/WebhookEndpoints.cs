using Ledger.Api.Identities;
using Ledger.Api.Web;
using Ledger.Api.Webhooks;
using Ledger.Domain.Events;
using Ledger.Projections.Webhooks;
using NodaTime;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>
/// A webhook as lists show it: how it is, the last position that it confirmed, and where it fails why and when it is tried again. Its
/// secret is shown when it is new, and never again.
/// </summary>
public sealed record WebhookSummary(
    string Webhook,
    Uri Url,
    IReadOnlyList<string>? Contracts,
    int Batch,
    WebhookState State,
    long Confirmed,
    int Failures,
    string? LastError,
    Instant? FailingSince,
    Instant? RetryAt,
    string? Secret = null
)
{
    internal static WebhookSummary Of(Webhook webhook, string? secret = null) =>
        new(
            webhook.Id,
            webhook.Url,
            webhook.Contracts,
            webhook.Batch,
            webhook.State,
            webhook.Confirmed,
            webhook.Failures,
            webhook.LastError,
            webhook.FailingSince,
            webhook.RetryAt,
            secret
        );

    internal static WebhookSummary Of(RegisteredWebhook registered) => Of(registered.Webhook, registered.Secret);
}

/// <summary>
/// Where events are sent; <c>contracts</c> absent for every event of the ledger; <c>after</c> the position after which they begin, absent
/// for what comes from now on, or for where it was; <c>batch</c> the most events of a request, absent for one.
/// </summary>
public sealed record WebhookRequest(Uri Url, IReadOnlyList<string>? Contracts = null, long? After = null, int Batch = 1);

/// <summary>From which position events are sent again; absent for where it was.</summary>
public sealed record ResumeRequest(long? After = null);

/// <summary>Webhooks, to which the ledger sends its events as they are recorded (Standard Webhooks 1.0).</summary>
[For(Role.Administrator)]
public static class WebhookEndpoints
{
    /// <summary>Lists all webhooks, with how they are.</summary>
    [WolverineGet("/api/webhooks")]
    public static async Task<IReadOnlyList<WebhookSummary>> List(WebhookReader webhooks, CancellationToken cancel) =>
        [.. (await webhooks.AllAsync(cancel)).Select(w => WebhookSummary.Of(w))];

    /// <summary>Registers a webhook, or says anew where it is and what it gets. Its secret is shown this once.</summary>
    [WolverinePut("/api/webhooks/{webhook}")]
    public static async Task<WebhookSummary> Register(string webhook, Body<WebhookRequest> body, Sender sender)
    {
        var (url, contracts, after, batch) = body.Value;
        return WebhookSummary.Of(
            await sender.SendAsync<RegisteredWebhook>(actor => new RegisterWebhook(webhook, url, contracts, after, batch, actor))
        );
    }

    /// <summary>Gives a webhook a new secret, which is shown this once; the one before signs for a day, too.</summary>
    [WolverinePost("/api/webhooks/{webhook}/secret")]
    public static async Task<WebhookSummary> Renew(string webhook, Sender sender) =>
        WebhookSummary.Of(await sender.SendAsync<RegisteredWebhook>(actor => new RenewWebhookSecret(webhook, actor)));

    /// <summary>Has a webhook sent to again at once: from where it was, or from a position.</summary>
    [WolverinePost("/api/webhooks/{webhook}/resume")]
    public static async Task<WebhookSummary> Resume(string webhook, Body<ResumeRequest> body, Sender sender) =>
        WebhookSummary.Of(await sender.SendAsync<RegisteredWebhook>(actor => new ResumeWebhook(webhook, body.Value.After, actor)));

    /// <summary>Ends a webhook: it gets nothing any more.</summary>
    [WolverinePost("/api/webhooks/{webhook}/withdrawal")]
    public static async Task<WebhookSummary> Withdraw(string webhook, Body<ReasonRequest> body, Sender sender) =>
        WebhookSummary.Of(await sender.SendAsync<RegisteredWebhook>(actor => new WithdrawWebhook(webhook, body.Value.Reason, actor)));
}
