using Ledger.Api.Identities;
using Ledger.Api.Web;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Single cases.</summary>
[ForEveryone]
public static class CaseEndpoints
{
    /// <summary>The history of a case, its limits with clocks that run to <c>effective</c>, and the events that it rests on.</summary>
    [WolverineGet("/api/contracts/{contract}/cases/{number}")]
    public static async Task<TracedCase> Show(
        string contract,
        string number,
        Moment moment,
        CaseHistoryReader cases,
        LogReader log,
        LedgerTime time,
        CancellationToken cancel
    ) =>
        await cases.AtAsync(
            contract,
            RequestValues.Segment(number),
            await moment.PositionAsync(log, cancel),
            await moment.EffectiveAsync(time, cancel),
            cancel
        );
}
