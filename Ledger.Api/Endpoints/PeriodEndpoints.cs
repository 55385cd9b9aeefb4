using Ledger.Api.Operations;
using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Statements;
using Ledger.Projections.Payables;
using Ledger.Projections.Statements;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Payment periods: their statements, and what is payable over all contracts.</summary>
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

    /// <summary>What is payable over all contracts, and what blocks it.</summary>
    [WolverineGet("/api/payables")]
    public static async Task<Tabular<PayableList>> Payables(
        string? status,
        string? dueBefore,
        Moment moment,
        PayableReader payables,
        CancellationToken cancel
    ) =>
        Tabular.Of(
            await payables.ListAsync(
                PayableFilter.Status(status, "status"),
                PayableFilter.Date(dueBefore, "dueBefore"),
                moment.Position,
                cancel
            ),
            list => [Reports.Payables(list)]
        );
}
