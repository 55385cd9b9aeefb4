using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Deductions: those of a contract, and one traced to its clause, reading, evidence and decisions.</summary>
[ForEveryone]
public static class DeductionEndpoints
{
    /// <summary>
    /// All deductions but withdrawn ones, by date, then id; those of a period, a clause or a status (<c>in_force</c>: that take something),
    /// and with a part of their id (<c>q</c>), where these are named.
    /// </summary>
    [WolverineGet("/api/contracts/{contract}/deductions")]
    public static async Task<Tabular<IReadOnlyList<DeductionRow>>> List(
        string contract,
        int? period,
        string? clause,
        string? status,
        string? q,
        Moment moment,
        StatementReader statements,
        CancellationToken cancel
    )
    {
        var filter = DeductionFilter.Read(period, clause, status, q);
        var all = await statements.DeductionsAsync(contract, moment.Position, cancel);
        return Tabular.List([.. all.Where(filter.Shows)], moment, Reports.Deductions);
    }

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

    /// <summary>Confirms a proposed deduction.</summary>
    [WolverinePost("/api/contracts/{contract}/deductions/{deduction}/confirm")]
    public static Task<DecisionAnswer> Confirm(string deduction, Decision<DeductionConfirmed> decision) =>
        decision.OnAsync("deduction", deduction);

    /// <summary>Waives a proposed deduction.</summary>
    [WolverinePost("/api/contracts/{contract}/deductions/{deduction}/waive")]
    public static Task<DecisionAnswer> Waive(string deduction, Decision<DeductionWaived> decision) =>
        decision.OnAsync("deduction", deduction);

    /// <summary>Disputes a confirmed deduction, as the vendor.</summary>
    [WolverinePost("/api/contracts/{contract}/deductions/{deduction}/dispute")]
    public static Task<DecisionAnswer> Dispute(string deduction, Decision<DeductionDisputed> decision) =>
        decision.OnAsync("deduction", deduction);

    /// <summary>Decides a dispute, by somebody else than confirmed the deduction.</summary>
    [WolverinePost("/api/contracts/{contract}/deductions/{deduction}/decide")]
    public static Task<DecisionAnswer> Decide(string deduction, Decision<DisputeDecided> decision) =>
        decision.OnAsync("deduction", deduction);

    /// <summary>Accepts what the vendor did to mend the cause, inside the clause's improvement period.</summary>
    [WolverinePost("/api/contracts/{contract}/deductions/{deduction}/remediation")]
    public static Task<DecisionAnswer> Remedy(string deduction, Decision<RemediationAccepted> decision) =>
        decision.OnAsync("deduction", deduction);
}
