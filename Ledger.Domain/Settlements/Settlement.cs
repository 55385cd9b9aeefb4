using Ledger.Domain.Contracts;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;

namespace Ledger.Domain.Settlements;

/// <summary>How far a contract's settlement has come.</summary>
public enum SettlementStatus
{
    /// <summary>The service still runs, as far as it was assessed.</summary>
    Running,

    /// <summary>The term ran out, or was ended.</summary>
    Ended,

    /// <summary>An audit is open.</summary>
    InAudit,

    /// <summary>The audit was concluded, or both sides agreed.</summary>
    Concluded,
}

/// <summary>One period in a settlement.</summary>
public sealed record SettledPeriod(int Period, PeriodStatus Status, Cny Gross, Cny Effective, Cny Adjustments, Cny NetPayable, Cny Paid);

/// <summary>
/// The final account of a contract: <c>final = earned − effective + adjustments + audit adjustments</c> over all periods,
/// <c>balance = final − paid + refunded</c>; positive: payable to the vendor, negative: a refund is due.
/// </summary>
public sealed record SettlementStatement(
    string Contract,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)]
        RecordedMoment? AsOf,
    Cny Earned,
    Cny Effective,
    Cny Adjustments,
    Cny Final,
    Cny Paid,
    Cny Refunded,
    Cny Balance,
    SettlementStatus State,
    IReadOnlyList<SettledPeriod> Periods,
    IReadOnlyList<string> Open,
    IReadOnlyList<OpenStep> OpenBy
);

/// <summary>What still stands in the way of a settlement, and who must act on it.</summary>
public sealed record OpenStep(WhoActs By, string What);

/// <summary>Who must act.</summary>
public enum WhoActs
{
    /// <summary>The office: assessments, confirmations, decisions on disputes.</summary>
    Principal,

    /// <summary>The office's finance: statements, the final account.</summary>
    Finance,

    /// <summary>The auditor.</summary>
    Auditor,

    /// <summary>Both sides together.</summary>
    Both,
}

/// <summary>Makes the settlement of an account. Pure.</summary>
public static class Settlement
{
    /// <summary>The settlement as the account stands.</summary>
    public static SettlementStatement Build(ContractAccount account)
    {
        var statements = StatementBuilder.BuildAll(account);
        var paid = statements.Sum(s => s.Paid);
        var earned = account.Termination is { } ended ? EarnedFees.At(account, ended) : statements.Sum(s => s.Gross);

        // Deductions for which no period was open stand on no statement; they count here.
        var unplaced = account.Deductions.Values.Where(d => d.Period is null).Sum(d => d.Effective);
        var effective = statements.Sum(s => s.Totals.Effective) + unplaced;
        var adjustments =
            statements.Sum(s => s.Totals.Adjustments) + account.Unplaced.Sum(a => a.Amount) + account.Settlement.AuditAdjustments;
        var final = earned - effective + adjustments;
        var open = StandsInTheWay(account).ToList();
        return new SettlementStatement(
            account.Terms.Id,
            AsOf: null,
            earned,
            effective,
            adjustments,
            final,
            paid,
            account.Settlement.Refunded,
            final - paid + account.Settlement.Refunded,
            StateOf(account),
            [
                .. statements.Select(s => new SettledPeriod(
                    s.Period,
                    s.Status,
                    s.Gross,
                    s.Totals.Effective,
                    s.Totals.Adjustments,
                    s.NetPayable,
                    s.Paid
                )),
            ],
            [.. open.Select(o => o.What)],
            open
        );
    }

    private static bool IsEmpty(ContractAccount account, PeriodAccount period) =>
        period.Adjustments.IsEmpty
        && account.Deductions.Values.All(d => d.Period != period.Number || d.Status == DeductionStatus.Withdrawn);

    private static SettlementStatus StateOf(ContractAccount account) =>
        account.Settlement.Concluded ? SettlementStatus.Concluded
        : account.Settlement.AuditOpen ? SettlementStatus.InAudit
        : IsOver(account) ? SettlementStatus.Ended
        : SettlementStatus.Running;

    /// <summary>Over, as far as the ledger knows: ended by a decision, or assessed beyond the last day.</summary>
    private static bool IsOver(ContractAccount account) =>
        account.Termination is not null || (account.LastAsOf is { } asOf && ChinaTime.DateOf(asOf) > account.LastDay);

    private static IEnumerable<OpenStep> StandsInTheWay(ContractAccount account)
    {
        if (account.Settlement.Concluded)
        {
            yield break;
        }

        if (!IsOver(account))
        {
            yield return new OpenStep(WhoActs.Principal, $"the term runs to {account.LastDay:uuuu-MM-dd} and was not assessed beyond it");
        }

        foreach (var deduction in account.Deductions.Values.OrderBy(d => d.AttributedOn).ThenBy(d => d.Id, StringComparer.Ordinal))
        {
            if (deduction.Status is DeductionStatus.Proposed or DeductionStatus.Disputed)
            {
                yield return new OpenStep(
                    WhoActs.Principal,
                    $"deduction {deduction.Id} is {Json.Words<DeductionStatus>.Of(deduction.Status)}"
                );
            }
        }

        // A period wholly after an early end has no fee, and no statement where nothing counts in it.
        foreach (
            var period in account.Periods.Values.Where(p =>
                !p.Locked && !(account.Termination?.On < account.Schedule[p.Number - 1].From && IsEmpty(account, p))
            )
        )
        {
            yield return new OpenStep(WhoActs.Finance, $"the statement of period {period.Number} is not issued");
        }

        var grosses = account.Schedule.Sum(p => PeriodFigures.Of(account, p).Gross);
        if (account.Termination is { } ended && EarnedFees.At(account, ended) is var earned && grosses > earned)
        {
            yield return new OpenStep(
                WhoActs.Finance,
                $"the early end leaves {earned} earned where the statements' gross is {grosses}: the final account settles the difference"
            );
        }

        if (account.Terms.Audit.Concludes == Conclusion.Audit && !account.Settlement.AuditWaived)
        {
            yield return new OpenStep(
                WhoActs.Auditor,
                account.Settlement.AuditOpen ? "the audit is open" : "the audit was neither concluded nor waived"
            );
        }
        else
        {
            yield return new OpenStep(WhoActs.Both, "the settlement is not agreed");
        }
    }
}
