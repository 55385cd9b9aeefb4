using NodaTime;

namespace Ledger.Api.Webhooks;

/// <summary>
/// When a webhook that does not take what it is sent is tried again, and when it is given up: pauses that grow to some hours, over three
/// days in all (Standard Webhooks, "Deliverability and reliability").
/// </summary>
public static class WebhookBackOff
{
    /// <summary>How long a webhook may fail until it is given up.</summary>
    public static readonly Duration Patience = Duration.FromDays(3);

    // The longest that a webhook itself may ask for, with Retry-After.
    private static readonly Duration MostAsked = Duration.FromHours(8);

    private static readonly Duration[] Pauses =
    [
        Duration.FromSeconds(5),
        Duration.FromSeconds(30),
        Duration.FromMinutes(2),
        Duration.FromMinutes(10),
        Duration.FromMinutes(30),
        Duration.FromHours(1),
        Duration.FromHours(2),
        Duration.FromHours(4),
        Duration.FromHours(8),
    ];

    /// <summary>The pause after so many failures in a row, from 1; at least what the webhook asked for.</summary>
    public static Duration PauseAfter(int failures, Duration? asked) =>
        Duration.Max(Pauses[Math.Min(failures, Pauses.Length) - 1], Duration.Min(asked ?? Duration.Zero, MostAsked));
}
