using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Deductions: those of a contract, and one traced to its clause, reading, evidence and decisions.</summary>
public static class DeductionEndpoints
{
    /// <summary>All deductions but withdrawn ones, by date, then id.</summary>
    [WolverineGet("/api/contracts/{contract}/deductions")]
    public static async Task<Tabular<IReadOnlyList<DeductionRow>>> List(
        string contract,
        Moment moment,
        StatementReader statements,
        CancellationToken cancel
    ) => Tabular.List(await statements.DeductionsAsync(contract, moment.Position, cancel), moment, Reports.Deductions);

    /// <summary>One deduction with its clause, reading, evidence, decisions and proofs; its id is one percent-encoded segment.</summary>
    [WolverineGet("/api/contracts/{contract}/deductions/{deduction}")]
    public static async Task<DeductionTrace> Trace(
        string contract,
        string deduction,
        Moment moment,
        TraceReader traces,
        LogReader log,
        CancellationToken cancel
    ) => await traces.AtAsync(contract, RequestValues.Segment(deduction), await moment.PositionAsync(log, cancel), cancel);
}
