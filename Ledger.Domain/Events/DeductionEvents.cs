using Ledger.Domain.Json;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>The life of one deduction; subject <c>deduction/{id}</c>.</summary>
public abstract record DeductionEvent : EventData;

/// <summary>A run found a deduction that is not on record. Recorded by the ledger alone.</summary>
public sealed record DeductionProposed(
    string Clause,
    IReadOnlyList<string> Reading,
    Cny Amount,
    LocalDate AttributedOn,
    IReadOnlyList<string> Evidence
) : DeductionEvent;

/// <summary>A run no longer finds a proposed deduction; <c>facts</c> are the events that changed it. By the ledger alone.</summary>
public sealed record DeductionWithdrawn(string Reason, IReadOnlyList<string> Facts) : DeductionEvent;

/// <summary>Its remediation was accepted inside the improvement period. By the ledger alone.</summary>
public sealed record DeductionRemedied(string Acceptance) : DeductionEvent;

/// <summary>
/// The effective amount of a deduction on an issued statement changed: the difference, with the opposite sign, counts
/// in the first open period (<c>period</c>), or at the settlement where none is open. By the ledger alone.
/// </summary>
public sealed record AdjustmentPosted(Cny Amount, int PostedFor, int? Period = null) : DeductionEvent;

/// <summary>A named officer confirmed a proposed deduction.</summary>
public sealed record DeductionConfirmed : DeductionEvent;

/// <summary>A named officer waived a proposed deduction.</summary>
public sealed record DeductionWaived(string Reason) : DeductionEvent;

/// <summary>The vendor disputes a confirmed deduction.</summary>
public sealed record DeductionDisputed(string Grounds) : DeductionEvent;

/// <summary>How a dispute ends.</summary>
public enum DisputeOutcome
{
    /// <summary>The amount stands.</summary>
    Upheld,

    /// <summary>A smaller amount stands.</summary>
    Reduced,

    /// <summary>Nothing stands.</summary>
    Overturned,
}

/// <summary>The principal, but not who confirmed it, decides the dispute; <c>amount</c> only where reduced.</summary>
public sealed record DisputeDecided(DisputeOutcome Outcome, string Reason, Cny? Amount = null) : DeductionEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (Outcome == DisputeOutcome.Reduced == Amount is null)
        {
            yield return new Fault(
                ".amount",
                Amount is null ? "missing; a reduced deduction names its new amount" : "expected only with the outcome reduced"
            );
        }

        if (Amount is { IsNegative: true })
        {
            yield return new Fault(".amount", "expected 0.00 or more");
        }
    }
}

/// <summary>The principal accepted the remediation of what a deduction is about.</summary>
public sealed record RemediationAccepted : DeductionEvent;
