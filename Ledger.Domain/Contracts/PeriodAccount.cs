using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>An invoice of a period and whether it was sent back.</summary>
public sealed record Invoice(string Number, Cny Amount, InvoiceKind Kind, Percentage TaxRate, LocalDate ReceivedOn, bool Rejected);

/// <summary>
/// An amount that changes a period without being its deduction: a change of a deduction on an issued statement, or damages
/// that the vendor claimed (<c>{clause}:{claim}</c>, posted for the period of the claim's date).
/// </summary>
public sealed record Adjustment(string Deduction, Cny Amount, int PostedFor);

/// <summary>
/// What an issued statement froze: its figures, and the readings in force (choice by reading id), under which the period
/// is assessed for ever.
/// </summary>
public sealed record IssuedFigures(
    Cny Gross,
    IReadOnlyList<StatementDeduction> Deductions,
    IReadOnlyList<Adjustment> Adjustments,
    ImmutableSortedDictionary<string, string> Readings,
    long Position
);

/// <summary>What has been decided about one payment period; stream <c>{contract}/period/{n}</c>.</summary>
public sealed record PeriodAccount(
    int Number,
    ImmutableSortedSet<ReportDocument> Documents,
    ImmutableList<Invoice> Invoices,
    ImmutableList<Adjustment> Adjustments,
    Cny Paid,
    LocalDate? AcceptedOn = null,
    Cny? ConfirmedGross = null,
    IssuedFigures? Issued = null,
    bool Suspended = false,
    bool WasSuspended = false
)
{
    /// <summary>A period about which nothing was decided.</summary>
    public static PeriodAccount New(int number) => new(number, [], [], [], Cny.Zero);

    /// <summary>True where all three documents are there.</summary>
    [JsonIgnore]
    public bool Reported => Documents.Count == Enum.GetValues<ReportDocument>().Length;

    /// <summary>True once the statement is issued: its figures no longer move.</summary>
    [JsonIgnore]
    public bool Locked => Issued is not null;

    /// <summary>The period after one more event of its stream.</summary>
    public PeriodAccount Evolve(LedgerEvent e) =>
        e.Data switch
        {
            PeriodReportSubmitted report => this with { Documents = Documents.Union(report.Documents) },
            PeriodAccepted accepted => this with { AcceptedOn = e.OccurredOn, ConfirmedGross = accepted.ConfirmedGross },
            PeriodRejected => this with { AcceptedOn = null, ConfirmedGross = null },
            InvoiceReceived i => this with
            {
                Invoices = Invoices.Add(new Invoice(i.Number, i.Amount, i.Kind, i.TaxRate, e.OccurredOn, Rejected: false)),
            },
            InvoiceRejected r => this with { Invoices = [.. Invoices.Select(i => i.Number == r.Number ? i with { Rejected = true } : i)] },
            PaymentSuspended => this with { Suspended = true, WasSuspended = true },
            PaymentResumed => this with { Suspended = false },
            PaymentMade payment => this with { Paid = Paid + payment.Amount },
            _ => throw new System.Diagnostics.UnreachableException($"{e.Data.GetType().Name} in a period's stream"),
        };
}
