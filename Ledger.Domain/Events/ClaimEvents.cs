using Ledger.Domain.Json;
using Ledger.Domain.Money;

namespace Ledger.Domain.Events;

/// <summary>Amounts that a named person asks for: claims (<c>claim/{id}</c>) and assessed deductions (<c>assessment/{id}</c>).</summary>
public abstract record ClaimEvent : EventData
{
    private protected static IEnumerable<Fault> Positive(string field, Cny? amount)
    {
        if (amount is { IsPositive: false })
        {
            yield return new Fault("." + field, $"expected an amount above 0.00, got {amount}");
        }
    }
}

/// <summary>An officer assessed a deduction within the range of a clause: an amount, or a percentage of the total price.</summary>
public sealed record DeductionAssessed(string Clause, string Reason, Cny? Amount = null, Percentage? Percent = null) : ClaimEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (Amount is null == Percent is null)
        {
            yield return new Fault("", "expected exactly one of amount and percent");
        }

        foreach (var fault in Positive("amount", Amount))
        {
            yield return fault;
        }
    }
}

/// <summary>What was lost.</summary>
public enum LossKind
{
    /// <summary>Damage to property.</summary>
    PropertyDamage,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The principal claims a loss under a clause.</summary>
public sealed record LossClaimed(string Clause, Cny Amount, string Reason, LossKind? Kind = null) : ClaimEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Positive("amount", Amount);
}

/// <summary>One side claims the liquidated damages that a clause sets; the principal where nobody is named.</summary>
public sealed record LiquidatedDamagesClaimed(string Clause, Party? By = null) : ClaimEvent;

/// <summary>The principal advanced money for the vendor.</summary>
public sealed record AdvancePaid(Cny Amount, string Reason) : ClaimEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Positive("amount", Amount);
}
