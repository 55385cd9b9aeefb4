using System.Text.Json.Serialization;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>One deduction on a statement. <c>amount</c> is what was proposed, <c>effective</c> what it takes.</summary>
public sealed record StatementDeduction(
    string Id,
    string Clause,
    Cny Amount,
    Cny Effective,
    DeductionStatus Status,
    LocalDate AttributedOn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? CarriedFrom,
    IReadOnlyList<string> Evidence
);

/// <summary>Sums over a statement: still proposed, effective (with the disputed), the disputed alone, adjustments.</summary>
public sealed record StatementTotals(Cny Proposed, Cny Effective, Cny Disputed, Cny Adjustments);

/// <summary>The amounts of one period and what they are made of.</summary>
internal sealed record PeriodFigures(
    Cny Gross,
    IReadOnlyList<StatementDeduction> Deductions,
    IReadOnlyList<Adjustment> Adjustments,
    StatementTotals Totals,
    Cny NetPayable,
    Cny Exposure,
    Cny Shortfall
)
{
    /// <summary>The amounts of one period: as issued where its statement is.</summary>
    public static PeriodFigures Of(ContractAccount account, PaymentPeriod period)
    {
        var decided = account.Periods[period.Number];
        return decided.Issued is { } issued
            ? Figures(issued.Gross, issued.Deductions, issued.Adjustments)
            : Figures(
                GrossOf(account, period),
                Lines(account.Deductions.Values.Where(d => d.Period == period.Number)),
                decided.Adjustments
            );
    }

    /// <summary>
    /// The amounts of a locked period as they would be if it were issued today: with every deduction of its dates as it stands now, carried
    /// ones too, and without what was posted elsewhere for it.
    /// </summary>
    public static PeriodFigures Today(ContractAccount account, PaymentPeriod period)
    {
        var own = account.Deductions.Values.Where(d => (d.CarriedFrom ?? d.Period) == period.Number);
        return Figures(GrossOf(account, period), Lines(own), account.Periods[period.Number].Adjustments);
    }

    private static PeriodFigures Figures(Cny gross, IReadOnlyList<StatementDeduction> deductions, IReadOnlyList<Adjustment> adjustments)
    {
        var totals = new StatementTotals(
            Proposed: deductions.Where(d => d.Status == DeductionStatus.Proposed).Sum(d => d.Amount),
            Effective: deductions.Sum(d => d.Effective),
            Disputed: deductions.Where(d => d.Status == DeductionStatus.Disputed).Sum(d => d.Effective),
            Adjustments: adjustments.Sum(a => a.Amount)
        );
        var due = gross + totals.Adjustments - totals.Effective;
        return new PeriodFigures(
            gross,
            deductions,
            adjustments,
            totals,
            NetPayable: Cny.Max(Cny.Zero, due),
            Exposure: Cny.Max(Cny.Zero, due - totals.Proposed),
            Shortfall: Cny.Max(Cny.Zero, -due)
        );
    }

    /// <summary>
    /// The fee of a period that is not locked: the work confirmed in writing where it is less. After an early end a period
    /// wholly after it has none, and the period of the end takes what the scheduled fees of the periods before it leave of the earned fee.
    /// </summary>
    private static Cny GrossOf(ContractAccount account, PaymentPeriod period)
    {
        var own = account.Periods[period.Number].ConfirmedGross ?? period.Gross;
        if (account.Termination is not { } ended || account.PeriodOf(ended.On) > period.Number)
        {
            return own;
        }

        if (account.PeriodOf(ended.On) < period.Number)
        {
            return Cny.Zero;
        }

        return Cny.Min(own, EarnedFees.LeftForLast(account, ended));
    }

    private static List<StatementDeduction> Lines(IEnumerable<Deduction> deductions) =>
        [
            .. deductions
                .Where(d => d.Status != DeductionStatus.Withdrawn)
                .OrderBy(d => d.AttributedOn)
                .ThenBy(d => d.Id, StringComparer.Ordinal)
                .Select(d => new StatementDeduction(
                    d.Id,
                    d.Clause,
                    d.Amount,
                    d.Effective,
                    d.Status,
                    d.AttributedOn,
                    d.CarriedFrom,
                    d.Evidence
                )),
        ];
}
