using Ledger.Domain.Contracts;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;

namespace Ledger.Domain.Statements;

/// <summary>Makes period statements from an account. Pure; the moment and checkpoint are put on by whoever read the log.</summary>
public static class StatementBuilder
{
    /// <summary>The statements of all periods in order.</summary>
    public static IReadOnlyList<PeriodStatement> BuildAll(ContractAccount account)
    {
        var (rights, duties) = (Rights(account), Duties(account));
        return [.. account.Schedule.Select(p => Build(account, p, PeriodFigures.Of(account, p), rights, duties))];
    }

    /// <summary>The statement of one period.</summary>
    public static PeriodStatement Build(ContractAccount account, int number) =>
        Build(
            account,
            account.Schedule[number - 1],
            PeriodFigures.Of(account, account.Schedule[number - 1]),
            Rights(account),
            Duties(account)
        );

    /// <summary>
    /// The statement of a locked period as it would be if it were issued today: with every deduction of its dates as it
    /// stands now, carried ones too, and without what was posted elsewhere for it.
    /// </summary>
    public static PeriodStatement BuildAsOfToday(ContractAccount account, int number)
    {
        var period = account.Schedule[number - 1];
        return Build(account, period, PeriodFigures.Today(account, period), Rights(account), Duties(account));
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
            [.. FeesOf(account, period, figures.Gross)],
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
            account.Actors is { Count: > 0 },
            Checkpoint: null
        );
    }

    /// <summary>The fee's lines, which add up to the gross: what was not confirmed, or an early end leaves unearned, is one.</summary>
    private static IEnumerable<FeeLine> FeesOf(ContractAccount account, PaymentPeriod period, Cny gross)
    {
        var confirmed = Cny.Max(gross, account.Periods[period.Number].ConfirmedGross ?? period.Gross);
        return period
            .Fees.Append(new FeeLine(FeeLine.NotConfirmed, confirmed - period.Gross))
            .Append(new FeeLine(FeeLine.NotEarned, gross - confirmed))
            .Where(f => f.Amount != Cny.Zero || period.Fees.Contains(f));
    }

    private static List<Gate> GatesOf(ContractAccount account, PeriodAccount period, Cny net)
    {
        var (_, instalment) = account.Within(period.Number);
        var rules = account.Terms.Rules<Gates>().Select(r => r.Rule).Where(g => g.Instalment is null || g.Instalment == instalment);
        return [.. rules.SelectMany(g => g.Kinds).Select(kind => GateOf(kind, account, period, net))];
    }

    private static Gate GateOf(GateKind kind, ContractAccount account, PeriodAccount period, Cny net)
    {
        var met = IsMet(kind, account, period, net);
        var misfits = met || kind != GateKind.Invoice ? [] : period.Invoices.Where(i => !i.Rejected).ToList();
        return new Gate(kind, met, misfits.Count > 0 ? string.Join("; ", misfits.Select(i => account.MisfitOf(i, net))) : null);
    }

    private static bool IsMet(GateKind gate, ContractAccount account, PeriodAccount period, Cny net) =>
        gate switch
        {
            GateKind.Report => period.Reported,
            GateKind.Acceptance or GateKind.Team or GateKind.InternalApproval => period.AcceptedOn is not null,
            GateKind.Sheets => period.AcceptedOn is not null && account.SheetQuarters.Contains(period.Number),
            GateKind.Invoice => net == Cny.Zero || account.FittingInvoice(period, net) is not null,
            GateKind.NoOpenBreach => account.Deductions.Values.All(d =>
                d.Status is not (DeductionStatus.Proposed or DeductionStatus.Disputed)
            ),
            GateKind.Deliverables => Deliverables.AllAcceptedOn(account) is not null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

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
