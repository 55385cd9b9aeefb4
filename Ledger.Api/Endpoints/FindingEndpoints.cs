using Ledger.Api.Identities;
using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Findings;
using Ledger.Projections.Store;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Findings: what stands out about a contract.</summary>
[For(Role.Principal, Role.Finance, Role.Investigator, Role.Auditor)]
public static class FindingEndpoints
{
    /// <summary>
    /// The findings of a contract, with clocks that run to <c>effective</c>; of one <c>kind</c>, <c>certainty</c>, <c>rule</c> or
    /// <c>actor</c> where they are named.
    /// </summary>
    [WolverineGet("/api/contracts/{contract}/findings")]
    public static async Task<Tabular<IReadOnlyList<Finding>>> List(
        string contract,
        string? rule,
        string? actor,
        Moment moment,
        FindingReader findings,
        LogReader log,
        LedgerTime time,
        HttpRequest request,
        CancellationToken cancel
    )
    {
        var (kind, certainty) = (request.Query.Word<FindingKind>("kind"), request.Query.Word<Certainty>("certainty"));
        var all = await findings.AtAsync(
            contract,
            await moment.PositionAsync(log, cancel),
            await moment.EffectiveAsync(time, cancel),
            cancel
        );
        return Tabular.List<Finding>(
            [
                .. all.Where(f =>
                    (kind is null || f.Kind == kind)
                    && (certainty is null || f.Certainty == certainty)
                    && (rule is null || f.Rule == rule)
                    && (actor is null || f.Actor == actor)
                ),
            ],
            moment,
            Reports.Findings
        );
    }

    /// <summary>Takes a finding up.</summary>
    [WolverinePost("/api/contracts/{contract}/findings/{finding}/open")]
    public static Task<DecisionAnswer> Open(string finding, Decision<FindingOpened> decision) => decision.OnAsync("finding", finding);

    /// <summary>Notes something about a finding that was taken up.</summary>
    [WolverinePost("/api/contracts/{contract}/findings/{finding}/note")]
    public static Task<DecisionAnswer> Note(string finding, Decision<FindingNoted> decision) => decision.OnAsync("finding", finding);

    /// <summary>Clears a finding that was taken up.</summary>
    [WolverinePost("/api/contracts/{contract}/findings/{finding}/clear")]
    public static Task<DecisionAnswer> Clear(string finding, Decision<FindingCleared> decision) => decision.OnAsync("finding", finding);

    /// <summary>Concludes a spot check of records: genuine or falsified.</summary>
    [WolverinePost("/api/contracts/{contract}/spot-checks/{check}")]
    public static Task<DecisionAnswer> Conclude(string check, Decision<SpotCheckConcluded> decision) =>
        decision.OnAsync("spotcheck", check);
}
