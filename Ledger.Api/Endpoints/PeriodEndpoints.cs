using Ledger.Api.Identities;
using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Projections.Payables;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Payment periods: their statements, and what is payable over all contracts.</summary>
[ForEveryone]
public static class PeriodEndpoints
{
    /// <summary>The statements of all periods of a contract.</summary>
    [WolverineGet("/api/contracts/{contract}/statements")]
    public static async Task<Tabular<IReadOnlyList<PeriodStatement>>> Statements(
        string contract,
        Moment moment,
        StatementReader statements,
        CancellationToken cancel
    ) => Tabular.List(await statements.AllAsync(contract, moment.Position, cancel), moment, Reports.Statements);

    /// <summary>The statement of one period.</summary>
    [WolverineGet("/api/contracts/{contract}/statements/{period:int}")]
    public static Task<PeriodStatement> Statement(
        string contract,
        int period,
        Moment moment,
        StatementReader statements,
        CancellationToken cancel
    ) => statements.OneAsync(contract, period, moment.Position, cancel);

    /// <summary>
    /// What is payable over all contracts, and what blocks it; <c>status=to_pay</c> for what is to be paid by the moment's day.
    /// </summary>
    [WolverineGet("/api/payables")]
    public static async Task<Tabular<PayableList>> Payables(
        string? status,
        string? contract,
        string? dueBefore,
        Moment moment,
        SignedInUser user,
        PayableReader payables,
        LedgerTime time,
        CancellationToken cancel
    )
    {
        var filter = PayableFilter.Read(status, contract, dueBefore);
        var all = await payables.StandingsAsync(moment.Position, cancel);
        var day = ChinaTime.DateOf(moment.Effective ?? (moment.Position is null ? await time.NowAsync(cancel) : all.AsOf.RecordedAt));

        // Summed over what the caller sees, and nothing else.
        var rows = all.Contracts.Where(c => user.Sees(c.Id)).SelectMany(c => c.Periods).Where(p => filter.Shows(p, day));
        return Tabular.Of(PayableList.Of(all.AsOf, rows), seen => [Reports.Payables(seen)]);
    }

    /// <summary>Hands in the report of a period, as the vendor.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/report")]
    public static Task<DecisionAnswer> Report(string period, Decision<PeriodReportSubmitted> decision) =>
        decision.OnAsync("period", period);

    /// <summary>Accepts the work of a period.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/accept")]
    public static Task<DecisionAnswer> Accept(string period, Decision<PeriodAccepted> decision) => decision.OnAsync("period", period);

    /// <summary>Rejects the work of a period.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/reject")]
    public static Task<DecisionAnswer> Reject(string period, Decision<PeriodRejected> decision) => decision.OnAsync("period", period);

    /// <summary>Issues the statement of a period, which locks its figures.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/issue")]
    public static Task<DecisionAnswer> Issue(string period, Decision<StatementIssued> decision) => decision.OnAsync("period", period);

    /// <summary>Records an invoice of a period.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/invoice")]
    public static Task<DecisionAnswer> Invoice(string period, Decision<InvoiceReceived> decision) => decision.OnAsync("period", period);

    /// <summary>Rejects an invoice of a period.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/invoice-rejection")]
    public static Task<DecisionAnswer> RejectInvoice(string period, Decision<InvoiceRejected> decision) =>
        decision.OnAsync("period", period);

    /// <summary>Records a payment of a period, by somebody else than confirmed its deductions.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/pay")]
    public static Task<DecisionAnswer> Pay(string period, Decision<PaymentMade> decision) => decision.OnAsync("period", period);

    /// <summary>Suspends the payment of a period under a right that has arisen.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/suspend")]
    public static Task<DecisionAnswer> Suspend(string period, Decision<PaymentSuspended> decision) => decision.OnAsync("period", period);

    /// <summary>Ends the suspension of a period's payment.</summary>
    [WolverinePost("/api/contracts/{contract}/periods/{period}/resume")]
    public static Task<DecisionAnswer> Resume(string period, Decision<PaymentResumed> decision) => decision.OnAsync("period", period);
}
