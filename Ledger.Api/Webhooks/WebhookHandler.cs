using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Ledger.Projections.Webhooks;
using Marten;
using NodaTime;
using Wolverine;

namespace Ledger.Api.Webhooks;

/// <summary>Registers a webhook, or says anew where it is and what it gets; it stays where it was unless a position is named.</summary>
public sealed record RegisterWebhook(string Code, Uri Url, IReadOnlyList<string>? Contracts, long? After, int Batch, string Actor)
{
    /// <summary>Without the address, which may hold a secret: what logs a command logs this.</summary>
    public override string ToString() => $"{nameof(RegisterWebhook)} {Code}";
}

/// <summary>Gives a webhook a new secret; the one before signs for a day, too.</summary>
public sealed record RenewWebhookSecret(string Code, string Actor);

/// <summary>Has a webhook sent to again, now: from where it was, or from a position.</summary>
public sealed record ResumeWebhook(string Code, long? After, string Actor);

/// <summary>Ends a webhook.</summary>
public sealed record WithdrawWebhook(string Code, string Reason, string Actor);

/// <summary>A webhook, with its secret where that is new: it is shown once.</summary>
public sealed record RegisteredWebhook(Webhook Webhook, string? Secret = null)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{nameof(RegisteredWebhook)} {Webhook.Id}";
}

/// <summary>What is decided of webhooks: the document and the event of <c>_ledger</c> are saved together.</summary>
public static class WebhookHandler
{
    /// <summary>The most events of one request.</summary>
    public const int MostTogether = 1000;

    /// <summary>How long a secret that was renewed signs beside the new one.</summary>
    public static readonly Duration Overlap = Duration.FromHours(24);

    /// <summary>Registers.</summary>
    public static async Task<RegisteredWebhook> Handle(
        RegisterWebhook command,
        IDocumentSession session,
        IMessageContext messages,
        LogReader log,
        KnownContracts contracts,
        WebhookSecrets secrets,
        IClock clock,
        CancellationToken cancel
    )
    {
        LedgerChange.RefuseUnlessCode("webhook", command.Code);
        LedgerChange.Refuse(
            !command.Url.IsAbsoluteUri
                || command.Url.Scheme is not ("http" or "https")
                || command.Url.UserInfo.Length > 0
                || command.Url.Fragment.Length > 0,
            "url: expected an address that begins with https:// or http://, without a user and without a fragment"
        );
        LedgerChange.Refuse(command.Batch is < 1 or > MostTogether, $"batch: expected 1 to {MostTogether} events, got {command.Batch}");
        foreach (var contract in command.Contracts ?? [])
        {
            if (!await contracts.HasAsync(contract, cancel))
            {
                throw new LedgerException(ErrorCode.ContractUnknown, Decider.UnknownContract(contract).Problem);
            }
        }

        var before = await session.LoadAsync<Webhook>(command.Code, cancel);
        var (secret, isSealed) = before is { WithdrawnAt: null } ? (null, before.Secret) : secrets.New();
        var after = await AfterAsync(command.After, log, cancel) ?? before?.Confirmed ?? (await log.HeadAsync(cancel)).Position;
        var webhook = (before ?? new Webhook(command.Code, command.Url, isSealed, after, command.Batch)).Well() with
        {
            Url = command.Url,
            Secret = isSealed,
            Contracts = command.Contracts,
            Confirmed = after,
            Batch = command.Batch,
            WithdrawnAt = null,
        };
        session.Store(webhook);
        Record(
            session,
            webhook,
            command.Actor,
            new WebhookRegistered(command.Url.GetLeftPart(UriPartial.Authority), after, command.Contracts),
            clock
        );
        await messages.PublishAsync(new DeliverEvents(webhook.Id));
        return new RegisteredWebhook(webhook, secret);
    }

    /// <summary>Renews.</summary>
    public static async Task<RegisteredWebhook> Handle(
        RenewWebhookSecret command,
        IDocumentSession session,
        WebhookSecrets secrets,
        IClock clock,
        CancellationToken cancel
    )
    {
        var (webhook, (secret, isSealed), until) = (
            await FindAsync(session, command.Code, cancel),
            secrets.New(),
            clock.GetCurrentInstant() + Overlap
        );
        var renewed = webhook with { Secret = isSealed, FormerSecret = webhook.Secret, FormerUntil = until };
        session.Store(renewed);
        Record(session, renewed, command.Actor, new WebhookSecretRenewed(until), clock);
        return new RegisteredWebhook(renewed, secret);
    }

    /// <summary>Resumes.</summary>
    public static async Task<RegisteredWebhook> Handle(
        ResumeWebhook command,
        IDocumentSession session,
        IMessageContext messages,
        LogReader log,
        IClock clock,
        CancellationToken cancel
    )
    {
        var webhook = await FindAsync(session, command.Code, cancel);
        var resumed = webhook.Well() with { Confirmed = await AfterAsync(command.After, log, cancel) ?? webhook.Confirmed };
        session.Store(resumed);
        Record(session, resumed, command.Actor, new WebhookResumed(resumed.Confirmed), clock);
        await messages.PublishAsync(new DeliverEvents(webhook.Id));
        return new RegisteredWebhook(resumed);
    }

    /// <summary>Withdraws.</summary>
    public static async Task<RegisteredWebhook> Handle(
        WithdrawWebhook command,
        IDocumentSession session,
        IClock clock,
        CancellationToken cancel
    )
    {
        var webhook = await FindAsync(session, command.Code, cancel);
        var withdrawn = webhook with { WithdrawnAt = clock.GetCurrentInstant(), RetryAt = null };
        session.Store(withdrawn);
        Record(session, withdrawn, command.Actor, new WebhookWithdrawn(command.Reason), clock);
        return new RegisteredWebhook(withdrawn);
    }

    private static async Task<long?> AfterAsync(long? position, LogReader log, CancellationToken cancel)
    {
        if (position is { } named)
        {
            LedgerChange.Refuse(named < 0, $"after: expected a position, or 0 for the log's beginning, got {named}");
            await log.HeadAtAsync(named, cancel);
        }

        return position;
    }

    private static async Task<Webhook> FindAsync(IDocumentSession session, string code, CancellationToken cancel) =>
        (Secrets.IsCode(code) ? await session.LoadAsync<Webhook>(code, cancel) : null) is { WithdrawnAt: null } webhook
            ? webhook
            : throw new LedgerException(ErrorCode.NotFound, $"no webhook \"{code}\" is registered, or it was withdrawn");

    private static void Record(IDocumentSession session, Webhook webhook, string actor, WebhookEvent data, IClock clock) =>
        session.Record(LedgerChange.EventOf("webhook", webhook.Id, actor, clock.GetCurrentInstant(), data));
}
