using System.Text.Json.Serialization;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Statements;

/// <summary>
/// One period of one contract as finance asks for it over all contracts: what is payable, when, and what blocks it.
/// </summary>
/// <param name="Contract">The contract.</param>
/// <param name="Period">The payment period's number, from 1.</param>
/// <param name="From">The period's first day.</param>
/// <param name="To">Its last day.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Gross">The fee before deductions.</param>
/// <param name="Proposed">Deductions still proposed: they take nothing yet.</param>
/// <param name="Effective">Deductions that take their amount, with the disputed.</param>
/// <param name="Disputed">The disputed alone.</param>
/// <param name="NetPayable">What is payable (<see cref="PeriodStatement"/>).</param>
/// <param name="Paid">What was paid.</param>
/// <param name="Outstanding">What is left of the net.</param>
/// <param name="DueOn">When it is due; null while nothing makes it due.</param>
/// <param name="DueProvisional">Whether that date lies beyond the announced working-day calendar.</param>
/// <param name="GatesUnmet">The conditions of payment that are not met.</param>
/// <param name="OpenRights">The rights to suspend or terminate that may be exercised.</param>
public sealed record Payable(
    string Contract,
    int Period,
    LocalDate From,
    LocalDate To,
    PeriodStatus Status,
    Cny Gross,
    Cny Proposed,
    Cny Effective,
    Cny Disputed,
    Cny NetPayable,
    Cny Paid,
    Cny Outstanding,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] LocalDate? DueOn,
    bool DueProvisional,
    IReadOnlyList<GateKind> GatesUnmet,
    IReadOnlyList<string> OpenRights
)
{
    /// <summary>
    /// Whether it is to be paid by a day: some of it is left, and its statement is issued, its last day past, or its due day come.
    /// </summary>
    public bool IsCurrentOn(LocalDate day) => Outstanding.IsPositive && (IsIssued || To < day || DueOn <= day);

    /// <summary>Whether its statement is issued, as far as its status tells: a suspended one may not be.</summary>
    [JsonIgnore]
    public bool IsIssued =>
        Status is PeriodStatus.Issued or PeriodStatus.Payable or PeriodStatus.PartlyPaid or PeriodStatus.Paid or PeriodStatus.Suspended;

    /// <summary>The row of a statement.</summary>
    public static Payable Of(PeriodStatement s) =>
        new(
            s.Contract,
            s.Period,
            s.From,
            s.To,
            s.Status,
            s.Gross,
            s.Totals.Proposed,
            s.Totals.Effective,
            s.Totals.Disputed,
            s.NetPayable,
            s.Paid,
            s.Outstanding,
            s.DueOn,
            s.DueProvisional,
            [.. s.Gates.Where(g => !g.Met).Select(g => g.Kind)],
            [.. s.Rights.Where(r => r.State == RightState.Open).Select(r => r.Id)]
        );
}

/// <summary>The payables of all contracts at a moment of the log, and their sums.</summary>
/// <param name="AsOf">The moment.</param>
/// <param name="Rows">By due date, those without one last; then by contract and period.</param>
/// <param name="NetPayable">The sum of the rows.</param>
/// <param name="Paid">The same of what was paid.</param>
/// <param name="Outstanding">The same of what is left.</param>
public sealed record PayableList(RecordedMoment AsOf, IReadOnlyList<Payable> Rows, Cny NetPayable, Cny Paid, Cny Outstanding)
{
    /// <summary>The list of some rows.</summary>
    public static PayableList Of(RecordedMoment asOf, IEnumerable<Payable> rows)
    {
        var sorted = rows.OrderBy(r => r.DueOn ?? LocalDate.MaxIsoValue)
            .ThenBy(r => r.Contract, StringComparer.Ordinal)
            .ThenBy(r => r.Period)
            .ToList();
        return new PayableList(asOf, sorted, sorted.Sum(r => r.NetPayable), sorted.Sum(r => r.Paid), sorted.Sum(r => r.Outstanding));
    }
}
