using Ledger.Api.Web;
using Ledger.Domain.Events;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>How the service is done: score sheets, ratings, obligations, deliverables.</summary>
public static class ServiceEndpoints
{
    /// <summary>Hands in a quarter's score sheet; a later one replaces it.</summary>
    [WolverinePost("/api/contracts/{contract}/evaluations/{quarter}")]
    public static Task<DecisionAnswer> Score(string quarter, Decision<ScoreSheetSubmitted> decision) =>
        decision.OnAsync("evaluation", quarter);

    /// <summary>Records the interview that a rating calls for.</summary>
    [WolverinePost("/api/contracts/{contract}/ratings/{cycle}/interview")]
    public static Task<DecisionAnswer> Interview(string cycle, Decision<InterviewHeld> decision) => decision.OnAsync("rating", cycle);

    /// <summary>Files the remediation plan that a rating calls for, as the vendor.</summary>
    [WolverinePost("/api/contracts/{contract}/ratings/{cycle}/plan")]
    public static Task<DecisionAnswer> Plan(string cycle, Decision<RemediationPlanFiled> decision) => decision.OnAsync("rating", cycle);

    /// <summary>Records that an obligation was performed.</summary>
    [WolverinePost("/api/contracts/{contract}/obligations/{obligation}/performance")]
    public static Task<DecisionAnswer> Perform(string obligation, Decision<ObligationPerformed> decision) =>
        decision.OnAsync("obligation", obligation);

    /// <summary>Accepts a deliverable.</summary>
    [WolverinePost("/api/contracts/{contract}/deliverables/{deliverable}/accept")]
    public static Task<DecisionAnswer> Accept(string deliverable, Decision<DeliverableAccepted> decision) =>
        decision.OnAsync("deliverable", deliverable);

    /// <summary>Rejects a deliverable.</summary>
    [WolverinePost("/api/contracts/{contract}/deliverables/{deliverable}/reject")]
    public static Task<DecisionAnswer> Reject(string deliverable, Decision<DeliverableRejected> decision) =>
        decision.OnAsync("deliverable", deliverable);
}
