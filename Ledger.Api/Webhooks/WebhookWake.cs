using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Ledger.Domain.Events;
using Ledger.Projections.Webhooks;
using Marten;
using Wolverine;
using Wolverine.Marten.Subscriptions;

namespace Ledger.Api.Webhooks;

/// <summary>
/// Follows the log for all webhooks, as Marten's subscriptions do: on one service at a time, from where it was. It says only that there
/// are events: a webhook's own message reads them, so that none holds up another. (From the log's beginning at its first start, and not
/// from the present: that is later than what is recorded while the service starts.)
/// </summary>
public sealed class WebhookWake(WebhookReader webhooks) : BatchSubscription("Webhooks")
{
    /// <inheritdoc/>
    public override async Task ProcessEventsAsync(
        EventRange page,
        ISubscriptionController controller,
        IDocumentOperations operations,
        IMessageBus bus,
        CancellationToken cancellationToken
    )
    {
        foreach (var webhook in await webhooks.AllAsync(cancellationToken))
        {
            if (webhook.State is WebhookState.Following or WebhookState.Retrying && webhook.Confirmed < page.SequenceCeiling)
            {
                await bus.PublishAsync(new DeliverEvents(webhook.Id), new DeliveryOptions { TenantId = LedgerSource.Contract });
            }
        }
    }
}
