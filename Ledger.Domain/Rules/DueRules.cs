using Ledger.Domain.Contracts;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Rules;

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
public abstract record DueRule(int Instalment) : Rule
{
    /// <summary>The due date; null until the events from which it is counted are on record.</summary>
    public abstract DueDate? DueOn(ContractAccount account, PeriodAccount period, Cny net);
}

/// <summary>So many working days after the latest of some events.</summary>
[Discriminator("due_after_latest")]
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
                    DueFrom.Deliverables => Deliverables.AllAcceptedOn(account),
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
[Discriminator("due_in_month")]
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
[Discriminator("due_on_date")]
public sealed record DueOnDate(int Instalment, LocalDate On) : DueRule(Instalment)
{
    /// <inheritdoc/>
    public override DueDate? DueOn(ContractAccount account, PeriodAccount period, Cny net) => new DueDate(On, false);
}
