using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Settlements;
using Ledger.Projections.Statements;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>The settlement of a contract.</summary>
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
}
