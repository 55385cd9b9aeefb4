using Ledger.Domain.Json;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>The way of one payment period from report to payment; subject <c>period/{n}</c>.</summary>
public abstract record PeriodEvent : EventData;

/// <summary>One of the three documents of a period's report.</summary>
public enum ReportDocument
{
    /// <summary>服务报告.</summary>
    ServiceReport,

    /// <summary>工作量清单.</summary>
    WorkloadList,

    /// <summary>考核材料.</summary>
    AssessmentMaterials,
}

/// <summary>The vendor handed in the period's documents.</summary>
public sealed record PeriodReportSubmitted(IReadOnlyList<ReportDocument> Documents) : PeriodEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (Documents.Count == 0)
        {
            yield return new Fault(".documents", "expected at least one document");
        }
    }
}

/// <summary>
/// The principal accepted the period's work; <c>confirmedGross</c> is the work confirmed in writing where it is less than the gross.
/// </summary>
public sealed record PeriodAccepted(string? Reason = null, Cny? ConfirmedGross = null) : PeriodEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (ConfirmedGross is { IsNegative: true })
        {
            yield return new Fault(".confirmedGross", "expected 0.00 or more");
        }
    }
}

/// <summary>The principal did not accept the period's work.</summary>
public sealed record PeriodRejected(string? Reason = null, Cny? ConfirmedGross = null) : PeriodEvent;

/// <summary>Finance issued the period's statement: its figures are frozen from here on.</summary>
public sealed record StatementIssued : PeriodEvent;

/// <summary>Which kind of value-added-tax invoice.</summary>
public enum InvoiceKind
{
    /// <summary>增值税专用发票.</summary>
    VatSpecial,

    /// <summary>增值税普通发票.</summary>
    VatGeneral,
}

/// <summary>The vendor's invoice arrived; <c>taxRate</c> in percent.</summary>
public sealed record InvoiceReceived(string Number, Cny Amount, InvoiceKind Kind, Percentage TaxRate, LocalDate IssuedOn) : PeriodEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (Amount.IsNegative)
        {
            yield return new Fault(".amount", $"expected 0.00 or more, got {Amount}");
        }

        foreach (var fault in NotEmpty("number", Number))
        {
            yield return fault;
        }
    }
}

/// <summary>The invoice was found unfit and sent back.</summary>
public sealed record InvoiceRejected(string Number, string Reason) : PeriodEvent;

/// <summary>The principal suspends the period's payment under a right that has arisen.</summary>
public sealed record PaymentSuspended(string Reason) : PeriodEvent;

/// <summary>The suspension ended.</summary>
public sealed record PaymentResumed(string Reason) : PeriodEvent;

/// <summary>Finance paid.</summary>
public sealed record PaymentMade(Cny Amount, LocalDate On) : PeriodEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (!Amount.IsPositive)
        {
            yield return new Fault(".amount", $"expected an amount above 0.00, got {Amount}");
        }
    }
}

/// <summary>The principal judged a deliverable; subject <c>deliverable/{item}</c>.</summary>
public sealed record DeliverableAccepted(string Item, int Ordinal, string? Reason = null) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) =>
        SameAsSubject("item", Item, key).Concat(Between("ordinal", Ordinal, 1, int.MaxValue));
}

/// <summary>The principal sent a deliverable back.</summary>
public sealed record DeliverableRejected(string Item, int Ordinal, string? Reason = null) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) =>
        SameAsSubject("item", Item, key).Concat(Between("ordinal", Ordinal, 1, int.MaxValue));
}
