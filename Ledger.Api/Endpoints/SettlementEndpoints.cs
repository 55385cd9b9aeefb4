using Ledger.Api.Identities;
using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Domain.Settlements;
using Ledger.Projections.Statements;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>The settlement of a contract.</summary>
[ForEveryone]
public static class SettlementEndpoints
{
    /// <summary>What a contract comes to, and what still stands in the way of settling it.</summary>
    [WolverineGet("/api/contracts/{contract}/settlement")]
    public static async Task<Tabular<SettlementStatement>> Show(
        string contract,
        Moment moment,
        StatementReader statements,
        CancellationToken cancel
    ) => Tabular.Of(await statements.SettlementAsync(contract, moment.Position, cancel), s => [Reports.Settlement(s)]);

    /// <summary>Records a refund by the vendor.</summary>
    [WolverinePost("/api/contracts/{contract}/settlement/refund")]
    public static Task<DecisionAnswer> Refund(Decision<RefundReceived> decision) => decision.OnAsync("settlement");

    /// <summary>Opens the audit.</summary>
    [WolverinePost("/api/contracts/{contract}/settlement/audit")]
    public static Task<DecisionAnswer> OpenAudit(Decision<AuditOpened> decision) => decision.OnAsync("settlement");

    /// <summary>Adjusts the settlement in the audit.</summary>
    [WolverinePost("/api/contracts/{contract}/settlement/adjustments")]
    public static Task<DecisionAnswer> Adjust(Decision<AuditAdjustmentMade> decision) => decision.OnAsync("settlement");

    /// <summary>Concludes the audit: its amount is final.</summary>
    [WolverinePost("/api/contracts/{contract}/settlement/conclusion")]
    public static Task<DecisionAnswer> Conclude(Decision<AuditConcluded> decision) => decision.OnAsync("settlement");

    /// <summary>Waives the audit, where the contract allows it.</summary>
    [WolverinePost("/api/contracts/{contract}/settlement/waiver")]
    public static Task<DecisionAnswer> Waive(Decision<AuditWaived> decision) => decision.OnAsync("settlement");

    /// <summary>Agrees on the settlement, where no audit is called for.</summary>
    [WolverinePost("/api/contracts/{contract}/settlement/agreement")]
    public static Task<DecisionAnswer> Agree(Decision<SettlementAgreed> decision) => decision.OnAsync("settlement");
}
