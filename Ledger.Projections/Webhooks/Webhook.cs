using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Projections.Webhooks;

/// <summary>How a webhook is.</summary>
public enum WebhookState
{
    /// <summary>It has confirmed what was sent to it.</summary>
    Following,

    /// <summary>It did not take what was sent last, which is sent again after a while.</summary>
    Retrying,

    /// <summary>It gets nothing until it is resumed.</summary>
    Stopped,

    /// <summary>It gets nothing any more.</summary>
    Withdrawn,
}

/// <summary>
/// Somebody's address to which events are sent in the order of the log: a Marten document of <c>_ledger</c>. What is decided of it is an
/// event there, too; how far it came is not.
/// </summary>
/// <param name="Id">Its code.</param>
/// <param name="Url">Where its events are sent.</param>
/// <param name="Secret">What its requests are signed with, sealed with the service's keys.</param>
/// <param name="Confirmed">The last position that it confirmed: it has all of its events up to there.</param>
/// <param name="Batch">The most events of one request.</param>
public sealed record Webhook(string Id, Uri Url, string Secret, long Confirmed, int Batch)
{
    /// <summary>The contracts whose events it gets; null for every event of the ledger.</summary>
    public IReadOnlyList<string>? Contracts { get; init; }

    /// <summary>The secret before this one, sealed; null where there is none, or it has ended.</summary>
    public string? FormerSecret { get; init; }

    /// <summary>Until when the former secret signs, too.</summary>
    public Instant? FormerUntil { get; init; }

    /// <summary>Requests in a row that it did not take.</summary>
    public int Failures { get; init; }

    /// <summary>When it did not take the first of them.</summary>
    public Instant? FailingSince { get; init; }

    /// <summary>When it is tried again; null while it takes what is sent.</summary>
    public Instant? RetryAt { get; init; }

    /// <summary>Why it did not take the last request, in words; null where it did.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was given up; null while it is sent to.</summary>
    public Instant? StoppedAt { get; init; }

    /// <summary>When it was withdrawn; null while it is registered.</summary>
    public Instant? WithdrawnAt { get; init; }

    /// <summary>How it is.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public WebhookState State =>
        WithdrawnAt is not null ? WebhookState.Withdrawn
        : StoppedAt is not null ? WebhookState.Stopped
        : Failures > 0 ? WebhookState.Retrying
        : WebhookState.Following;

    /// <summary>Without its secrets.</summary>
    public override string ToString() => $"{nameof(Webhook)} {Id}, {Words<WebhookState>.Of(State)}, confirmed {Confirmed}";

    /// <summary>As one that takes what is sent.</summary>
    public Webhook Well() => this with { Failures = 0, FailingSince = null, RetryAt = null, LastError = null, StoppedAt = null };
}
