using System.CommandLine;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;

namespace Ledger.Api.Commands.Decide;

/// <summary>
/// <c>report</c>, <c>accept</c>, <c>reject</c>, <c>issue</c>, <c>invoice</c>, <c>pay</c>, <c>suspend</c>, <c>resume</c>: a payment period
/// on its way from report to payment.
/// </summary>
internal static class PeriodCommands
{
    private const string Period = "PERIOD";

    public static IEnumerable<Command> Create() => [Report(), Accept(), Reject(), Issue(), Invoice(), Pay(), Suspend(), Resume()];

    private static Command Report()
    {
        var documents = new Option<string[]>("--document")
        {
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Description = "What is handed in: " + string.Join(", ", Words<ReportDocument>.All),
        };
        return DecisionCommand.Create(
            "report",
            "Hands in a period's report, as the vendor",
            Period,
            (parsed, n) =>
                (
                    Subject(n),
                    new PeriodReportSubmitted([
                        .. parsed.GetRequiredValue(documents).Select(d => OptionValues.Word<ReportDocument>(d, documents)),
                    ])
                ),
            documents
        );
    }

    private static Command Accept()
    {
        var gross = new Option<string?>("--gross") { Description = "The work confirmed in yuan, where it is less than the period's gross" };
        return DecisionCommand.Create(
            "accept",
            "Accepts a period's work",
            Period,
            (parsed, n) =>
                (
                    Subject(n),
                    new PeriodAccepted(null, parsed.GetValue(gross) is { } confirmed ? OptionValues.Yuan(confirmed, gross) : null)
                ),
            gross
        );
    }

    private static Command Reject()
    {
        var reason = DecisionCommand.Reason();
        return DecisionCommand.Create(
            "reject",
            "Rejects a period's work",
            Period,
            (parsed, n) => (Subject(n), new PeriodRejected(parsed.GetRequiredValue(reason))),
            reason
        );
    }

    private static Command Issue()
    {
        var leave = new Option<bool>("--leave-undecided") { Description = "Issue it although deductions are still proposed or disputed" };
        return DecisionCommand.Create(
            "issue",
            "Issues a period's statement, which locks its figures; what is undecided is told first",
            Period,
            (_, n) => (Subject(n), new StatementIssued()),
            (parsed, account, n) => parsed.GetValue(leave) ? null : Undecided(account, n),
            leave
        );
    }

    private static Command Invoice()
    {
        var number = new Option<string>("--number") { Required = true, Description = "The invoice's number" };
        var amount = new Option<string>("--amount") { Required = true, Description = "Its amount in yuan" };
        var kind = new Option<string>("--kind") { Required = true, Description = "Its kind: " + string.Join(", ", Words<InvoiceKind>.All) };
        var rate = new Option<string>("--tax-rate") { Required = true, Description = "Its tax rate in percent" };
        var issued = new Option<string>("--issued-on") { Required = true, Description = "The date on it" };
        return DecisionCommand.Create(
            "invoice",
            "Records a period's invoice",
            Period,
            (parsed, n) =>
                (
                    Subject(n),
                    new InvoiceReceived(
                        parsed.GetRequiredValue(number),
                        OptionValues.Yuan(parsed.GetRequiredValue(amount), amount),
                        OptionValues.Word<InvoiceKind>(parsed.GetRequiredValue(kind), kind),
                        OptionValues.Percent(parsed.GetRequiredValue(rate), rate),
                        OptionValues.Date(parsed.GetRequiredValue(issued), issued)
                    )
                ),
            number,
            amount,
            kind,
            rate,
            issued
        );
    }

    private static Command Pay()
    {
        var amount = new Option<string>("--amount") { Required = true, Description = "What was paid in yuan" };
        var on = new Option<string>("--on") { Required = true, Description = "The day of the payment" };
        return DecisionCommand.Create(
            "pay",
            "Records a period's payment, by somebody else than confirmed its deductions",
            Period,
            (parsed, n) =>
                (
                    Subject(n),
                    new PaymentMade(
                        OptionValues.Yuan(parsed.GetRequiredValue(amount), amount),
                        OptionValues.Date(parsed.GetRequiredValue(on), on)
                    )
                ),
            amount,
            on
        );
    }

    private static Command Suspend()
    {
        var reason = DecisionCommand.Reason();
        return DecisionCommand.Create(
            "suspend",
            "Suspends a period's payment under a right that has arisen",
            Period,
            (parsed, n) => (Subject(n), new PaymentSuspended(parsed.GetRequiredValue(reason))),
            reason
        );
    }

    private static Command Resume()
    {
        var reason = DecisionCommand.Reason();
        return DecisionCommand.Create(
            "resume",
            "Ends the suspension of a period's payment",
            Period,
            (parsed, n) => (Subject(n), new PaymentResumed(parsed.GetRequiredValue(reason))),
            reason
        );
    }

    private static string Subject(string number) => $"period/{number}";

    /// <summary>Why a statement is not issued yet; null where nothing is undecided, or where there is no such period.</summary>
    private static string? Undecided(ContractAccount account, string number) =>
        int.TryParse(number, out var n) && account.Periods.ContainsKey(n) && UndecidedDeductions.Of(account, n) is { } open
            ? $"{open.Proposed:#,0} deductions of the period are proposed ({Terminal.Yuan(open.ProposedAmount)}) and {open.Disputed:#,0} "
                + $"disputed ({Terminal.Yuan(open.DisputedAmount)}): decide them, or issue it with --leave-undecided, and what is decided "
                + "later is posted in the first open period"
            : null;
}
