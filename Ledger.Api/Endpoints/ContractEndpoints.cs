using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Terms;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Contracts: which there are, their terms, what was decided about them, and what changed between two moments.</summary>
public static class ContractEndpoints
{
    /// <summary>Lists the registered contracts.</summary>
    [WolverineGet("/api/contracts")]
    public static async Task<IReadOnlyList<ContractSummary>> List(Moment moment, AccountReader accounts, CancellationToken cancel) =>
        [.. (await accounts.AllAsync(moment.Position, cancel)).Accounts.Select(ContractSummary.Of)];

    /// <summary>The terms of a contract.</summary>
    [WolverineGet("/api/contracts/{contract}")]
    public static async Task<ContractTerms> Show(string contract, Moment moment, AccountReader accounts, CancellationToken cancel) =>
        (await accounts.AtAsync(contract, moment.Position, cancel)).Account.Terms;

    /// <summary>Who decided what about a contract, in the order of the log; of one actor where <c>actor</c> names it.</summary>
    [WolverineGet("/api/contracts/{contract}/decisions")]
    public static async Task<Tabular<IReadOnlyList<TracedEvent>>> Decisions(
        string contract,
        string? actor,
        Moment moment,
        TraceReader traces,
        LogReader log,
        CancellationToken cancel
    ) =>
        Tabular.List(
            await traces.DecisionsAsync(contract, await moment.PositionAsync(log, cancel), actor, cancel),
            moment,
            Tables.Reports.Decisions
        );

    /// <summary>What changed of a contract between two moments, and which events changed it.</summary>
    [WolverineGet("/api/contracts/{contract}/changes")]
    public static async Task<ContractDifference> Changes(
        string contract,
        string from,
        string? to,
        DifferenceReader differences,
        LogReader log,
        CancellationToken cancel
    ) =>
        await differences.BetweenAsync(
            contract,
            await Moments.PositionAsync(log, from, "from", cancel),
            to is null ? (await log.HeadAsync(cancel)).Position : await Moments.PositionAsync(log, to, "to", cancel),
            cancel
        );
}
