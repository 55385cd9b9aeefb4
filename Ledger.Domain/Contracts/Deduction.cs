using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>Where a deduction stands.</summary>
public enum DeductionStatus
{
    /// <summary>A run found it; nobody decided yet.</summary>
    Proposed,

    /// <summary>A named officer confirmed it.</summary>
    Confirmed,

    /// <summary>A named officer waived it.</summary>
    Waived,

    /// <summary>A run no longer finds it.</summary>
    Withdrawn,

    /// <summary>Its remediation was accepted in time.</summary>
    Remedied,

    /// <summary>The vendor disputes it.</summary>
    Disputed,

    /// <summary>The dispute left it as it was.</summary>
    Upheld,

    /// <summary>The dispute reduced it.</summary>
    Reduced,

    /// <summary>The dispute struck it out.</summary>
    Overturned,
}

/// <summary>One deduction; stream <c>{contract}/deduction/{id}</c>.</summary>
/// <param name="Id">Deterministic, <c>{clause}[-suffix]:{key}</c>.</param>
/// <param name="Amount">The amount proposed.</param>
/// <param name="AttributedOn">The date on which it arose.</param>
/// <param name="Period">The payment period on whose statement it stands; null when none was open: the settlement.</param>
/// <param name="CarriedFrom">The locked period in which its date lies, where it was carried.</param>
/// <param name="ProposedAt">The position of its latest proposal.</param>
/// <param name="ReducedTo">What a dispute left of it.</param>
/// <param name="ConfirmedBy">Who confirmed it: not the one who may decide its dispute or pay.</param>
public sealed record Deduction(
    string Id,
    string Clause,
    IReadOnlyList<string> Reading,
    Cny Amount,
    LocalDate AttributedOn,
    IReadOnlyList<string> Evidence,
    DeductionStatus Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Period,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? CarriedFrom,
    long ProposedAt,
    Cny? ReducedTo = null,
    string? ConfirmedBy = null
)
{
    /// <summary>What it takes from the fee as it stands.</summary>
    [JsonIgnore]
    public Cny Effective =>
        Status switch
        {
            DeductionStatus.Confirmed or DeductionStatus.Disputed or DeductionStatus.Upheld => Amount,
            DeductionStatus.Reduced => ReducedTo ?? Cny.Zero,
            DeductionStatus.Proposed
            or DeductionStatus.Waived
            or DeductionStatus.Withdrawn
            or DeductionStatus.Remedied
            or DeductionStatus.Overturned => Cny.Zero,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>True where it takes something or still may: all but withdrawn, waived and overturned.</summary>
    [JsonIgnore]
    public bool Stands => Status is not (DeductionStatus.Withdrawn or DeductionStatus.Waived or DeductionStatus.Overturned);

    /// <summary>The deduction after one more event of its stream.</summary>
    public Deduction Evolve(LedgerEvent e) =>
        e.Data switch
        {
            DeductionWithdrawn => this with { Status = DeductionStatus.Withdrawn },
            DeductionRemedied => this with { Status = DeductionStatus.Remedied },
            DeductionConfirmed => this with { Status = DeductionStatus.Confirmed, ConfirmedBy = e.Actor },
            DeductionWaived => this with { Status = DeductionStatus.Waived },
            DeductionDisputed => this with { Status = DeductionStatus.Disputed },
            DisputeDecided { Outcome: DisputeOutcome.Upheld } => this with { Status = DeductionStatus.Upheld },
            DisputeDecided { Outcome: DisputeOutcome.Reduced, Amount: { } amount } => this with
            {
                Status = DeductionStatus.Reduced,
                ReducedTo = amount,
            },
            DisputeDecided { Outcome: DisputeOutcome.Overturned } => this with { Status = DeductionStatus.Overturned },
            RemediationAccepted or AdjustmentPosted => this,
            _ => throw new System.Diagnostics.UnreachableException($"{e.Data.GetType().Name} in a deduction's stream"),
        };
}
