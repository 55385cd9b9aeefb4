using Ledger.Domain.Contracts;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Domain.Statements;

/// <summary>Makes period statements from an account. Pure; the moment and checkpoint are put on by whoever read the log.</summary>
public static class StatementBuilder
{
    /// <summary>The statements of all periods in order.</summary>
    public static IReadOnlyList<PeriodStatement> BuildAll(ContractAccount account)
    {
        var (rights, duties) = (Rights(account), Duties(account));
        return [.. account.Schedule.Select(p => Build(account, p, FiguresOf(account, p), rights, duties))];
    }

    /// <summary>The statement of one period.</summary>
    public static PeriodStatement Build(ContractAccount account, int number) =>
        Build(account, account.Schedule[number - 1], FiguresOf(account, account.Schedule[number - 1]), Rights(account), Duties(account));

    /// <summary>
    /// The statement of a locked period as it would be if it were issued today: with every deduction of its dates as it
    /// stands now, carried ones too, and without what was posted elsewhere for it.
    /// </summary>
    public static PeriodStatement BuildAsOfToday(ContractAccount account, int number)
    {
        var period = account.Schedule[number - 1];
        var own = account.Deductions.Values.Where(d => (d.CarriedFrom ?? d.Period) == number);
        var figures = Figures(GrossOf(account, period), Lines(own), account.Periods[number].Adjustments);
        return Build(account, period, figures, Rights(account), Duties(account));
    }

    /// <summary>The amounts of one period: as issued where its statement is.</summary>
    internal static PeriodFigures FiguresOf(ContractAccount account, PaymentPeriod period)
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

    /// <summary>The rights that have arisen, by date, then id.</summary>
    public static IReadOnlyList<Right> Rights(ContractAccount account) =>
        [
            .. account
                .Judge((view, clause, rule) => rule.Rights(view, clause), right => right.ArisenOn)
                .OrderBy(r => r.ArisenOn)
                .ThenBy(r => r.Id, StringComparer.Ordinal),
        ];

    /// <summary>The duties that have arisen, with those that the latest assessment found in the facts; by date, then id.</summary>
    public static IReadOnlyList<Duty> Duties(ContractAccount account)
    {
        var set = account.Judge((view, clause, rule) => rule.Duties(view, clause), duty => duty.ArisenOn);
        return
        [
            .. set.Concat((account.LastRun?.Duties ?? []).Select(d => Duty.Of(account, d)))
                .OrderBy(d => d.ArisenOn)
                .ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
    }

    private static PeriodStatement Build(
        ContractAccount account,
        PaymentPeriod period,
        PeriodFigures figures,
        IReadOnlyList<Right> rights,
        IReadOnlyList<Duty> duties
    )
    {
        var decided = account.Periods[period.Number];
        var net = figures.NetPayable;
        var (_, instalment) = account.Within(period.Number);
        var gates = GatesOf(account, decided, net);
        var dueOn = account
            .Terms.Rules<DueRule>()
            .Select(r => r.Rule)
            .FirstOrDefault(r => r.Instalment == instalment)
            ?.DueOn(account, decided, net);
        return new PeriodStatement(
            account.Terms.Id,
            period.Number,
            period.From,
            period.To,
            "CNY",
            AsOf: null,
            StatusOf(decided, net, gates),
            figures.Gross,
            period.Fees,
            figures.Deductions,
            figures.Adjustments,
            figures.Totals,
            net,
            figures.Exposure,
            figures.Shortfall,
            Paid: decided.Paid,
            Outstanding: net - decided.Paid,
            gates,
            [.. rights.Where(r => r.Period == period.Number)],
            [.. duties.Where(d => d.Period == period.Number)],
            dueOn?.On,
            dueOn?.Provisional ?? false,
            Checkpoint: null
        );
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

        var before = account
            .Schedule.Take(period.Number - 1)
            .Sum(p => account.Periods[p.Number].Issued?.Gross ?? account.Periods[p.Number].ConfirmedGross ?? p.Gross);
        var earned = EarlyEnd.Earned(account, ended);
        return Cny.Max(Cny.Zero, Cny.Min(own, earned - before));
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

    private static List<Gate> GatesOf(ContractAccount account, PeriodAccount period, Cny net)
    {
        var (_, instalment) = account.Within(period.Number);
        var rules = account.Terms.Rules<Gates>().Select(r => r.Rule).Where(g => g.Instalment is null || g.Instalment == instalment);
        return [.. rules.SelectMany(g => g.Kinds).Select(kind => new Gate(kind, IsMet(kind, account, period, net)))];
    }

    private static bool IsMet(GateKind gate, ContractAccount account, PeriodAccount period, Cny net) =>
        gate switch
        {
            GateKind.Report => period.Reported,
            GateKind.Acceptance or GateKind.Team or GateKind.InternalApproval => period.AcceptedOn is not null,
            GateKind.Sheets => period.AcceptedOn is not null && account.SheetQuarters.Contains(period.Number),
            GateKind.Invoice => net == Cny.Zero || FittingInvoice(account, period, net) is not null,
            GateKind.NoOpenBreach => account.Deductions.Values.All(d =>
                d.Status is not (DeductionStatus.Proposed or DeductionStatus.Disputed)
            ),
            GateKind.Deliverables => DeliverablesAcceptedOn(account) is not null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The date on which the last of all deliverables was accepted; null while one is missing.</summary>
    internal static LocalDate? DeliverablesAcceptedOn(ContractAccount account)
    {
        var accepted = account
            .Terms.Rules<Deliverables>()
            .SelectMany(r => r.Rule.Keys)
            .Select(k => account.Deliverables.GetValueOrDefault(k)?.AcceptedOn)
            .ToList();
        return accepted.Count == 0 || accepted.Exists(on => on is null) ? null : accepted.Max();
    }

    /// <summary>The earliest invoice that was not sent back and is of the net amount, kind and rate; it opens the gate.</summary>
    internal static Invoice? FittingInvoice(ContractAccount account, PeriodAccount period, Cny net)
    {
        var terms = account.Terms.Rules<InvoiceTerms>().Select(r => r.Rule).FirstOrDefault();
        return period
            .Invoices.Where(i =>
                !i.Rejected
                && i.Amount == net
                && (terms?.Kind is null || terms.Kind == i.Kind)
                && (terms?.TaxRate is null || terms.TaxRate == i.TaxRate)
            )
            .MinBy(i => i.ReceivedOn);
    }

    private static PeriodStatus StatusOf(PeriodAccount period, Cny net, List<Gate> gates)
    {
        if (period.Paid.IsPositive)
        {
            return period.Paid >= net ? PeriodStatus.Paid : PeriodStatus.PartlyPaid;
        }

        return period switch
        {
            { Locked: true } when net == Cny.Zero => PeriodStatus.Paid,
            { Suspended: true } => PeriodStatus.Suspended,
            { Locked: true } => gates.TrueForAll(g => g.Met) ? PeriodStatus.Payable : PeriodStatus.Issued,
            { AcceptedOn: not null } => PeriodStatus.Accepted,
            { Documents.Count: > 0 } => PeriodStatus.Reported,
            _ => PeriodStatus.Open,
        };
    }
}
