using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Rules;

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
public sealed record Gates(
    [property: System.Text.Json.Serialization.JsonPropertyName("gates")] IReadOnlyList<GateKind> Kinds,
    int? Instalment = null
) : RuleBlock;

/// <summary>
/// What an invoice must be: its kind, its tax rate in percent, and the days by which it must lie there before payment
/// (payment date − receipt date ≥ n, never moved).
/// </summary>
public sealed record InvoiceTerms(InvoiceKind? Kind = null, Percentage? TaxRate = null, int DaysBeforePayment = 0) : RuleBlock;

/// <summary>An event from which a due date is counted.</summary>
public enum DueFrom
{
    /// <summary>The signing of the contract, or its first day where the signing date is not legible.</summary>
    Signing,

    /// <summary>The day on which the contract takes effect: its signing, or its first day where that is not legible.</summary>
    Effect,

    /// <summary>The receipt of the invoice that opens the gate.</summary>
    Invoice,

    /// <summary>The acceptance of the period.</summary>
    Acceptance,

    /// <summary>The last day of the term.</summary>
    End,

    /// <summary>The acceptance of the last of all deliverables.</summary>
    Deliverables,
}

/// <summary>When an instalment is due: a date, provisional where the calendar is not announced, or not known yet.</summary>
public abstract record DueRule(int Instalment) : RuleBlock
{
    /// <summary>The due date; null until the events from which it is counted are on record.</summary>
    public abstract DueDate? DueOn(ContractAccount account, PeriodAccount period, Cny net);
}

/// <summary>So many working days after the latest of some events.</summary>
public sealed record DueAfterLatest(int Instalment, int WorkingDays, IReadOnlyList<DueFrom> Of) : DueRule(Instalment)
{
    /// <inheritdoc/>
    public override DueDate? DueOn(ContractAccount account, PeriodAccount period, Cny net)
    {
        var term = account.Within(period.Number).Term;
        var dates = Of.Select(from =>
                from switch
                {
                    // A renewal is not signed in the ledger: it takes effect with its first day.
                    DueFrom.Signing or DueFrom.Effect => term.From == account.Terms.From ? account.Terms.SignedOn ?? term.From : term.From,
                    DueFrom.End => term.To,
                    DueFrom.Invoice => account.FittingInvoice(period, net)?.ReceivedOn,
                    DueFrom.Acceptance => period.AcceptedOn,
                    DueFrom.Deliverables => account.DeliverablesAcceptedOn(),
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            )
            .ToList();
        return dates.Exists(d => d is null) ? null : account.Calendar.After(dates.Max()!.Value, WorkingDays);
    }
}

/// <summary>How the working days of a month are counted (reading yfd-3.2-ninth).</summary>
public enum MonthCounting
{
    /// <summary>The month's first day is day 0.</summary>
    AfterFirstDay,

    /// <summary>The month's first day is day 1 where it is a working day.</summary>
    WithFirstDay,
}

/// <summary>So many working days into a service month.</summary>
public sealed record DueInMonth(int Instalment, int Month, int WorkingDays, MonthCounting Counted) : DueRule(Instalment)
{
    /// <inheritdoc/>
    public override DueDate? DueOn(ContractAccount account, PeriodAccount period, Cny net)
    {
        var first = ServiceMonths.Month(account.Within(period.Number).Term.From, Month).From;
        return account.Calendar.After(Counted == MonthCounting.AfterFirstDay ? first : first.PlusDays(-1), WorkingDays);
    }
}

/// <summary>By a date that the contract names.</summary>
public sealed record DueOnDate(int Instalment, LocalDate On) : DueRule(Instalment)
{
    /// <inheritdoc/>
    public override DueDate? DueOn(ContractAccount account, PeriodAccount period, Cny net) => new DueDate(On, false);
}
