using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;

namespace Ledger.Domain.Decisions;

/// <summary>Decisions at the end of a contract; stream <c>{contract}/settlement</c>.</summary>
internal static class SettlementDecisions
{
    public static Decided Decide(ContractAccount account, NewEvent e, SettlementEvent data)
    {
        var state = account.Settlement;
        var audited = account.Terms.Audit.Concludes == Conclusion.Audit;
        var disputed = account.Deductions.Values.FirstOrDefault(d => d.Status == DeductionStatus.Disputed)?.Id;
        return data switch
        {
            RefundReceived refund => Refund(account, e, refund),
            AuditOpened => Decided.Unless(
                (!audited, "$.type", "the contract sets no audit: it concludes by settlement_agreed"),
                (state.AuditOpen || state.Concluded, "$.subject", "the audit was opened already")
            ),
            AuditAdjustmentMade => Decided.Unless((!state.AuditOpen, "$.subject", "no audit is open")),
            AuditConcluded => Decided.Unless(
                (!state.AuditOpen, "$.subject", "no audit is open"),
                (disputed is not null, "$.subject", $"an open dispute remains: {disputed}"),
                (
                    account.LastAsOf is not { } asOf || Time.ChinaTime.DateOf(asOf) < (account.Termination?.On ?? account.LastDay),
                    "$.subject",
                    "unassessed periods remain: run an assessment after the end of the term"
                )
            ),
            AuditWaived => Decided.Unless(
                (!audited || !account.Terms.Audit.Waivable, "$.type", "the contract does not allow the audit to be waived"),
                (state.Concluded, "$.subject", "the audit is concluded")
            ),
            SettlementAgreed => Decided.Unless(
                (state.Agreed, "$.subject", "the settlement is agreed already"),
                (
                    audited && !state.AuditWaived && !state.Concluded,
                    "$.type",
                    "the contract calls for an audit that was neither concluded nor waived"
                )
            ),
            _ => throw new System.Diagnostics.UnreachableException($"no decision is made of {e.Type.Alias}"),
        };
    }

    /// <summary>What can come back: what was paid, and what deductions take beyond a period's fee.</summary>
    private static Decided Refund(ContractAccount account, NewEvent e, RefundReceived refund)
    {
        var statements = StatementBuilder.BuildAll(account);
        var most = statements.Sum(s => s.Paid) + statements.Sum(s => s.Shortfall) - account.Settlement.Refunded;
        return Decided.Unless(
            (
                refund.Amount > most,
                "$.data.amount",
                $"expected at most {most}, what was paid and not refunded yet and what deductions take beyond the fees, got {refund.Amount}"
            ),
            PeriodDecisions.After("$.data.on", refund.On, e)
        );
    }
}
