using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Decisions;

/// <summary>Decisions on the way from report to payment; stream <c>{contract}/period/{n}</c>.</summary>
internal static class PeriodDecisions
{
    public static Decided Decide(ContractAccount account, NewEvent e, PeriodEvent data)
    {
        var key = e.Subject["period/".Length..];
        if (!int.TryParse(key, out var number) || number.ToString() != key || !account.Periods.TryGetValue(number, out var period))
        {
            return Decided.Refused("$.subject", $"expected period/1 to period/{account.Schedule.Count}, got \"{e.Subject}\"");
        }

        var statement = StatementBuilder.Build(account, number);
        return data switch
        {
            PeriodReportSubmitted => Decided.Accepted,
            PeriodAccepted accepted => Decided.Unless(
                (period.Locked, "$.subject", "the period's statement is issued: its figures no longer move"),
                (NeedsReport(statement) && period.Documents.IsEmpty, "$.subject", "the contract asks for a report: nothing was submitted"),
                (
                    accepted.ConfirmedGross > account.Schedule[number - 1].Gross,
                    "$.data.confirmedGross",
                    $"expected at most the gross {account.Schedule[number - 1].Gross}, got {accepted.ConfirmedGross}"
                )
            ),
            PeriodRejected => Decided.Unless(
                (period.Locked, "$.subject", "the period's statement is issued: its figures no longer move"),
                (NeedsReport(statement) && period.Documents.IsEmpty, "$.subject", "nothing was submitted")
            ),
            StatementIssued => Decided.Unless(
                (period.Locked, "$.subject", "the statement is issued already"),
                (period.AcceptedOn is null, "$.subject", "the period is not accepted")
            ),
            InvoiceReceived invoice => Decided.Unless(
                (account.InvoiceNumbers.Contains(invoice.Number), "$.data.number", $"invoice number {invoice.Number} was used before")
            ),
            InvoiceRejected rejected => Decided.Unless(
                (
                    !period.Invoices.Exists(i => i.Number == rejected.Number && !i.Rejected),
                    "$.data.number",
                    $"no invoice {rejected.Number} is waiting in this period"
                )
            ),
            PaymentSuspended => Decided.Unless(
                (period.Suspended, "$.subject", "payment is suspended already"),
                (
                    !statement.Rights.Any(r => r is { Kind: RightKind.Suspend, State: RightState.Open or RightState.Exercised }),
                    "$.subject",
                    "no right to suspend this period's payment has arisen"
                )
            ),
            PaymentResumed => Decided.Unless((!period.Suspended, "$.subject", "payment is not suspended")),
            PaymentMade payment => Pay(account, e, period, statement, payment),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Decided Pay(ContractAccount account, NewEvent e, PeriodAccount period, PeriodStatement statement, PaymentMade payment)
    {
        var unmet = statement.Gates.Where(g => !g.Met).Select(g => Json.Words<GateKind>.Of(g.Kind)).ToList();
        var days = account.Terms.Rules<InvoiceTerms>().Select(r => r.Rule.DaysBeforePayment).FirstOrDefault();
        var received = account.FittingInvoice(period, statement.NetPayable)?.ReceivedOn;
        return Decided.Unless(
            (
                EarnedFees.EndPayment(account),
                "$.subject",
                $"the contract ended under clause {account.Termination?.Clause}: nothing more is paid"
            ),
            (!period.Locked, "$.subject", "the period's statement is not issued"),
            (unmet.Count > 0, "$.subject", $"not payable yet: {string.Join(", ", unmet)}"),
            (period.Suspended, "$.subject", "payment is suspended"),
            (
                days > 0 && received is { } on && Period.DaysBetween(on, payment.On) < days,
                "$.data.on",
                $"the invoice lay there from {received:uuuu-MM-dd}: {days} days before payment are agreed"
            ),
            After("$.data.on", payment.On, e),
            (payment.Amount > statement.Outstanding, "$.data.amount", $"outstanding is {statement.Outstanding}, got {payment.Amount}"),
            (
                account.Deductions.Values.Any(d => d.Period == period.Number && d.ConfirmedBy == e.Actor),
                "$.actor",
                $"{e.Actor} confirmed deductions of this period: somebody else pays"
            )
        );
    }

    /// <summary>Money moves on a day that has come when it is recorded.</summary>
    internal static (bool Wrong, string Path, string Why) After(string path, LocalDate on, NewEvent e) =>
        (
            on > ChinaTime.DateOf(e.OccurredAt),
            path,
            $"expected a day up to that of the event, {ChinaTime.DateOf(e.OccurredAt):uuuu-MM-dd}, got {on:uuuu-MM-dd}"
        );

    private static bool NeedsReport(PeriodStatement statement) => statement.Gates.Any(g => g.Kind == GateKind.Report);
}
