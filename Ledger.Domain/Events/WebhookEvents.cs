using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>
/// To whom events are sent on: contract <c>_ledger</c>, subject <c>webhook/{code}</c>. No event holds a secret, nor the path of an address,
/// which may be one.
/// </summary>
public abstract record WebhookEvent : LedgerRecord;

/// <summary>A webhook is registered, or said anew.</summary>
/// <param name="Host">Where it is, without its path.</param>
/// <param name="Contracts">The contracts whose events it gets; absent for every event of the ledger.</param>
/// <param name="After">The position after which it gets them.</param>
public sealed record WebhookRegistered(string Host, long After, IReadOnlyList<string>? Contracts = null) : WebhookEvent;

/// <summary>A webhook has another secret; the one before signs until then, too.</summary>
/// <param name="Until">When the one before ends.</param>
public sealed record WebhookSecretRenewed(Instant Until) : WebhookEvent;

/// <summary>A webhook did not answer for too long, or said that it is gone: it gets nothing until it is resumed.</summary>
/// <param name="After">The last position that it confirmed.</param>
public sealed record WebhookStopped(long After, string Reason) : WebhookEvent;

/// <summary>A webhook gets events again.</summary>
/// <param name="After">The position after which it gets them.</param>
public sealed record WebhookResumed(long After) : WebhookEvent;

/// <summary>A webhook gets nothing any more.</summary>
public sealed record WebhookWithdrawn(string Reason) : WebhookEvent;
