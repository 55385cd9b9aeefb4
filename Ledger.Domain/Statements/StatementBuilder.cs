using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;

namespace Ledger.Domain.Statements;

/// <summary>Makes period statements from an account. Pure; the moment and checkpoint are put on by whoever read the log.</summary>
public static class StatementBuilder
{
    /// <summary>The statements of all periods in order.</summary>
    public static IReadOnlyList<PeriodStatement> BuildAll(ContractAccount account)
    {
        var rights = Rights(account);
        return [.. account.Schedule.Select(p => Build(account, p, rights))];
    }

    /// <summary>The statement of one period.</summary>
    public static PeriodStatement Build(ContractAccount account, int number) =>
        Build(account, account.Schedule[number - 1], Rights(account));

    private static PeriodStatement Build(ContractAccount account, PaymentPeriod period, IReadOnlyList<Right> rights)
    {
        var decided = account.Periods[period.Number];
        var gross = decided.Issued?.Gross ?? GrossOf(account, period);
        var deductions = decided.Issued?.Deductions ?? OpenDeductions(account, period.Number);
        var adjustments = decided.Issued?.Adjustments ?? decided.Adjustments;

        var totals = new StatementTotals(
            Proposed: deductions.Where(d => d.Status == DeductionStatus.Proposed).Sum(d => d.Amount),
            Effective: deductions.Sum(d => d.Effective),
            Disputed: deductions.Where(d => d.Status == DeductionStatus.Disputed).Sum(d => d.Effective),
            Adjustments: adjustments.Sum(a => a.Amount));
        var due = gross + totals.Adjustments - totals.Effective;
        var net = Cny.Max(Cny.Zero, due);
        var gates = GatesOf(account, decided, net);
        var dueOn = account.Terms.Rules<DueRule>().Select(r => r.Rule).FirstOrDefault(r => r.Instalment == period.Number)
            ?.DueOn(account, decided, WorkingDays.Shipped);

        return new PeriodStatement(
            account.Terms.Id,
            period.Number,
            period.From,
            period.To,
            "CNY",
            AsOf: null,
            StatusOf(decided, net, gates),
            gross,
            period.Fees,
            deductions,
            adjustments,
            totals,
            NetPayable: net,
            Exposure: Cny.Max(Cny.Zero, due - totals.Proposed),
            Shortfall: Cny.Max(Cny.Zero, -due),
            Paid: decided.Paid,
            Outstanding: net - decided.Paid,
            gates,
            [.. rights.Where(r => r.Period == period.Number)],
            dueOn?.On,
            dueOn?.Provisional ?? false,
            Checkpoint: null);
    }

    /// <summary>
    /// The fee of a period that is not locked: the work confirmed in writing where it is less. After an early end a period
    /// wholly after it has none, and the period of the end takes what the periods before it leave of the earned fee.
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

        var before = account.Schedule.Take(period.Number - 1).Sum(p => account.Periods[p.Number].Issued?.Gross ?? account.Periods[p.Number].ConfirmedGross ?? p.Gross);
        var earned = EarlyEnd.Earned(account.Terms, ended, account.Periods.Values.Sum(p => p.Paid));
        return Cny.Max(Cny.Zero, Cny.Min(own, earned - before));
    }

    private static List<StatementDeduction> OpenDeductions(ContractAccount account, int period) =>
        [.. account.Deductions.Values
            .Where(d => d.Period == period && d.Status != DeductionStatus.Withdrawn)
            .OrderBy(d => d.AttributedOn).ThenBy(d => d.Id, StringComparer.Ordinal)
            .Select(d => new StatementDeduction(d.Id, d.Clause, d.Amount, d.Effective, d.Status, d.AttributedOn, d.CarriedFrom, d.Evidence))];

    private static IReadOnlyList<Right> Rights(ContractAccount account) =>
        [.. from clause in account.Terms.Clauses
            from rule in clause.Rules ?? []
            from right in rule.Rights(account, clause)
            orderby right.ArisenOn, right.Id
            select right];

    private static List<Gate> GatesOf(ContractAccount account, PeriodAccount period, Cny net)
    {
        var rules = account.Terms.Rules<Gates>().Select(r => r.Rule).Where(g => g.Instalment is null || g.Instalment == period.Number);
        return [.. rules.SelectMany(g => g.Kinds).Select(kind => new Gate(kind, IsMet(kind, account, period, net)))];
    }

    private static bool IsMet(GateKind gate, ContractAccount account, PeriodAccount period, Cny net) => gate switch
    {
        GateKind.Report => period.Reported,
        GateKind.Acceptance or GateKind.Team or GateKind.InternalApproval => period.AcceptedOn is not null,
        GateKind.Sheets => period.AcceptedOn is not null && account.SheetQuarters.Contains(period.Number),
        GateKind.Invoice => net == Cny.Zero || FittingInvoice(account, period, net) is not null,
        GateKind.NoOpenBreach => account.Deductions.Values.All(d => d.Status is not (DeductionStatus.Proposed or DeductionStatus.Disputed)),
        GateKind.Deliverables => account.Submitted.Count > 0 && account.Submitted.Values.All(accepted => accepted),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The first invoice that was not sent back and is of the net amount, kind and rate; it opens the gate.</summary>
    internal static Invoice? FittingInvoice(ContractAccount account, PeriodAccount period, Cny net)
    {
        var terms = account.Terms.Rules<InvoiceTerms>().Select(r => r.Rule).FirstOrDefault();
        return period.Invoices.Find(i =>
            !i.Rejected
            && i.Amount == net
            && (terms?.Kind is null || terms.Kind == i.Kind)
            && (terms?.TaxRate is null || terms.TaxRate == i.TaxRate));
    }

    private static PeriodStatus StatusOf(PeriodAccount period, Cny net, List<Gate> gates)
    {
        if (period.Paid.IsPositive)
        {
            return period.Paid >= net ? PeriodStatus.Paid : PeriodStatus.PartlyPaid;
        }

        return period switch
        {
            { Suspended: true } => PeriodStatus.Suspended,
            { Locked: true } when net == Cny.Zero => PeriodStatus.Paid,
            { Locked: true } => gates.TrueForAll(g => g.Met) ? PeriodStatus.Payable : PeriodStatus.Issued,
            { AcceptedOn: not null } => PeriodStatus.Accepted,
            { Documents.Count: > 0 } => PeriodStatus.Reported,
            _ => PeriodStatus.Open,
        };
    }
}
