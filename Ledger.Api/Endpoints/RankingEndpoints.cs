using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Ledger.Domain.Rates;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>The rates of a contract and the rankings of all, in one cycle.</summary>
[ForEveryone]
public static class RankingEndpoints
{
    /// <summary>How contracts, units, seats and vendors rank in a cycle such as 2025-11.</summary>
    [WolverineGet("/api/rankings/{cycle}")]
    public static async Task<Tabular<CycleRankings>> Rankings(
        string cycle,
        Moment moment,
        RankingReader rankings,
        CancellationToken cancel
    ) =>
        Tabular.Of(
            await rankings.RankingsAsync(Moments.Month(cycle, "cycle"), moment.Position, cancel),
            ranked => Reports.Rankings([ranked])
        );

    /// <summary>The three rates of a contract in a cycle, with every case that counts and why others do not.</summary>
    [WolverineGet("/api/contracts/{contract}/rates/{cycle}")]
    public static async Task<Tabular<CycleRates>> Rates(
        string contract,
        string cycle,
        Moment moment,
        RankingReader rankings,
        LogReader log,
        CancellationToken cancel
    )
    {
        var month = Moments.Month(cycle, "cycle");
        var book = await rankings.BookAsync(month, await moment.PositionAsync(log, cancel), cancel);
        return Tabular.Of(
            book.Rates(contract, month)
                ?? throw new LedgerException(ErrorCode.ContractUnknown, $"no contract \"{contract}\" is registered at that moment"),
            rates => [Reports.Rates([rates]), Reports.RatedCases([rates])]
        );
    }
}
