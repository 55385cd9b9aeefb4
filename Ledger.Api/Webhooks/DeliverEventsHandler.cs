using System.Diagnostics;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Ledger.Projections.Webhooks;
using Marten;
using NodaTime;
using Wolverine;

namespace Ledger.Api.Webhooks;

/// <summary>
/// Has a webhook sent what it has not confirmed yet. <paramref name="Failures"/> is how often in a row it had failed when this try was set
/// for later; 0 for one that follows new events.
/// </summary>
public sealed record DeliverEvents(string Webhook, int Failures = 0);

/// <summary>
/// Sends a webhook its events in the order of the log, from the position that it confirmed. What it does not take is kept by the log: a
/// later message begins there again, and no other webhook waits for it.
/// </summary>
public static class DeliverEventsHandler
{
    /// <summary>The most events until what was confirmed is saved.</summary>
    public const int MostEvents = 100;

    // So long until what was confirmed is saved, where each answer takes its time.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    // A webhook of a quiet contract looks through so many events of others at most once more.
    private const int MostPassedOver = 1000;

    /// <summary>Sends, and says in the same transaction how far it came and when the next try is.</summary>
    public static async Task Handle(
        DeliverEvents command,
        IDocumentSession session,
        IMessageContext messages,
        LogReader log,
        WebhookClient client,
        IClock clock,
        ILogger logger,
        CancellationToken cancel
    )
    {
        using var turn = await client.TurnAsync(command.Webhook, cancel);
        if (!turn.IsAcquired || await session.LoadAsync<Webhook>(command.Webhook, cancel) is not { } webhook)
        {
            return;
        }

        var isDue = webhook.RetryAt is not { } at || at <= clock.GetCurrentInstant() || webhook.Failures == command.Failures;
        if (webhook.State is WebhookState.Stopped or WebhookState.Withdrawn || !isDue)
        {
            return;
        }

        var head = (await log.HeadAsync(cancel)).Position;
        var (confirmed, refusal, hasMore) = await SendAsync(webhook, head, log, client, cancel);
        var now = confirmed > webhook.Confirmed ? webhook.Well() with { Confirmed = confirmed } : webhook;
        if (refusal is not null)
        {
            await RefusedAsync(now, refusal, session, messages, clock, logger);
        }
        else if (now != webhook || webhook.Failures > 0)
        {
            session.Store(now.Well());
        }

        if (hasMore && refusal is null)
        {
            await messages.PublishAsync(new DeliverEvents(webhook.Id));
        }

        // Within the turn: the next one begins where this one ended.
        await session.SaveChangesAsync(cancel);
    }

    private static async Task<(long Confirmed, Refusal? Refusal, bool HasMore)> SendAsync(
        Webhook webhook,
        long head,
        LogReader log,
        WebhookClient client,
        CancellationToken cancel
    )
    {
        var (confirmed, sent, since) = (webhook.Confirmed, 0, Stopwatch.StartNew());
        var filter = new EventFilter(webhook.Contracts, WithLedger: webhook.Contracts is null);
        while (sent < MostEvents && since.Elapsed < Longest)
        {
            // No connection is held while somebody else takes its time to answer.
            var events = await log.ReadAsync(filter, confirmed, head, cancel, webhook.Batch).ToListAsync(cancel);
            if (events.Count == 0)
            {
                // What was for others need not be looked through again.
                return (sent > 0 || head - confirmed >= MostPassedOver ? head : confirmed, null, false);
            }

            if (await client.SendAsync(webhook, [.. events.Select(CloudEvent.Of)], cancel) is { } refusal)
            {
                return (confirmed, refusal, true);
            }

            (confirmed, sent) = (events[^1].Position, sent + events.Count);
        }

        return (confirmed, null, true);
    }

    private static async Task RefusedAsync(
        Webhook webhook,
        Refusal refusal,
        IDocumentSession session,
        IMessageContext messages,
        IClock clock,
        ILogger logger
    )
    {
        var now = clock.GetCurrentInstant();
        var failing = webhook with
        {
            Failures = webhook.Failures + 1,
            FailingSince = webhook.FailingSince ?? now,
            LastError = refusal.Reason,
        };
        if (refusal.IsGone || now - failing.FailingSince > WebhookBackOff.Patience)
        {
            session.Store(failing with { StoppedAt = now, RetryAt = null });
            session.Record(
                LedgerChange.EventOf("webhook", webhook.Id, LedgerSource.Name, now, new WebhookStopped(webhook.Confirmed, refusal.Reason))
            );
            logger.LogError(
                "Webhook {Webhook} is given up at position {Position}: it {Reason}",
                webhook.Id,
                webhook.Confirmed,
                refusal.Reason
            );
            return;
        }

        var pause = WebhookBackOff.PauseAfter(failing.Failures, refusal.After);
        session.Store(failing with { RetryAt = now + pause });
        await messages.ScheduleAsync(new DeliverEvents(webhook.Id, failing.Failures), pause.ToTimeSpan());
        logger.LogWarning("Webhook {Webhook} {Reason}; it is tried again in {Pause}", webhook.Id, refusal.Reason, pause);
    }
}
