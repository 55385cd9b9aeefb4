using Ledger.Api.Tables;
using Ledger.Api.Web;
using Ledger.Domain.Findings;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Findings;
using Ledger.Projections.Store;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Findings: what stands out about a contract.</summary>
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
}
