using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;

namespace Ledger.Domain.Terms;

/// <summary>What must be there before a period may be paid.</summary>
public enum GateKind
{
    /// <summary>The period's report with all three documents.</summary>
    Report,

    /// <summary>The principal's acceptance.</summary>
    Acceptance,

    /// <summary>At least one score sheet of the quarter, and the principal's acceptance.</summary>
    Sheets,

    /// <summary>The team built, trained and accepted.</summary>
    Team,

    /// <summary>An invoice of the net amount, not rejected, of the kind and rate that the contract asks for.</summary>
    Invoice,

    /// <summary>No deduction proposed or disputed.</summary>
    NoOpenBreach,

    /// <summary>Every deliverable accepted.</summary>
    Deliverables,

    /// <summary>The principal's internal payment approval.</summary>
    InternalApproval,
}

/// <summary>The gates of one instalment, or of every period where none is named, in the order in which they open.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1724", Justification = "The clause's own word.")]
[Discriminator("gates")]
public sealed record Gates(
    [property: System.Text.Json.Serialization.JsonPropertyName("gates")] IReadOnlyList<GateKind> Kinds,
    int? Instalment = null
) : RuleBlock;

/// <summary>
/// What an invoice must be: its kind, its tax rate in percent, and the days by which it must lie there before payment
/// (payment date − receipt date ≥ n, never moved).
/// </summary>
[Discriminator("invoice_terms")]
public sealed record InvoiceTerms(InvoiceKind? Kind = null, Percentage? TaxRate = null, int DaysBeforePayment = 0) : RuleBlock;
