using System.Text.Json.Serialization;
using Ledger.Domain.Contracts;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Domain.Statements;

/// <summary>The moment of the log at which a document was made: everything up to this position, nothing after it.</summary>
public sealed record RecordedMoment(long Position, Instant RecordedAt);

/// <summary>The tree over the log at that moment: how many events, and their Merkle root in hexadecimal.</summary>
public sealed record CheckpointReference(long Size, string Root);

/// <summary>A condition of payment and whether it is met; <c>why</c> it is not where something was handed in that does not fit.</summary>
public sealed record Gate([property: JsonPropertyName("gate")] GateKind Kind, bool Met, string? Why = null);

/// <summary>How far a period has come; the first that applies.</summary>
public enum PeriodStatus
{
    /// <summary>All that is payable was paid.</summary>
    Paid,

    /// <summary>Some of it was paid.</summary>
    PartlyPaid,

    /// <summary>Payment is suspended.</summary>
    Suspended,

    /// <summary>Issued, and every gate is met.</summary>
    Payable,

    /// <summary>The statement is issued and its figures are frozen.</summary>
    Issued,

    /// <summary>The work was accepted.</summary>
    Accepted,

    /// <summary>The report was handed in.</summary>
    Reported,

    /// <summary>None of these.</summary>
    Open,
}

/// <summary>A locked period as its statement was issued, and as it would be if it were issued today.</summary>
public sealed record IssuedAndToday(PeriodStatement Issued, PeriodStatement Today);

/// <summary>
/// What is payable for one period, why, and what blocks it: the document that finance reads.
/// <c>netPayable = max(0, gross + adjustments − effective)</c>, <c>shortfall</c> what the vendor owes beyond that,
/// <c>exposure</c> the net if everything proposed were confirmed, <c>outstanding = netPayable − paid</c>. Without a register of actors
/// (<c>actorsRegistered</c>) it was not checked for which side of the contract whoever decided acts.
/// </summary>
public sealed record PeriodStatement(
    string Contract,
    int Period,
    LocalDate From,
    LocalDate To,
    string Currency,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] RecordedMoment? AsOf,
    PeriodStatus Status,
    Cny Gross,
    IReadOnlyList<FeeLine> Fees,
    IReadOnlyList<StatementDeduction> Deductions,
    IReadOnlyList<Adjustment> Adjustments,
    StatementTotals Totals,
    Cny NetPayable,
    Cny Exposure,
    Cny Shortfall,
    Cny Paid,
    Cny Outstanding,
    IReadOnlyList<Gate> Gates,
    IReadOnlyList<Right> Rights,
    IReadOnlyList<Duty> Duties,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] LocalDate? DueOn,
    bool DueProvisional,
    bool ActorsRegistered,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] CheckpointReference? Checkpoint
);
