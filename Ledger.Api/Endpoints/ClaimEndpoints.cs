using Ledger.Api.Web;
using Ledger.Domain.Events;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Claims, and deductions that an officer assesses.</summary>
public static class ClaimEndpoints
{
    /// <summary>Assesses a deduction by an officer's judgement, within its clause's range.</summary>
    [WolverinePost("/api/contracts/{contract}/assessed-deductions/{assessment}")]
    public static Task<DecisionAnswer> Assess(string assessment, Decision<DeductionAssessed> decision) =>
        decision.OnAsync("assessment", assessment);

    /// <summary>Claims a loss.</summary>
    [WolverinePost("/api/contracts/{contract}/claims/{claim}/loss")]
    public static Task<DecisionAnswer> Loss(string claim, Decision<LossClaimed> decision) => decision.OnAsync("claim", claim);

    /// <summary>Claims liquidated damages, for either side.</summary>
    [WolverinePost("/api/contracts/{contract}/claims/{claim}/liquidated-damages")]
    public static Task<DecisionAnswer> Damages(string claim, Decision<LiquidatedDamagesClaimed> decision) =>
        decision.OnAsync("claim", claim);

    /// <summary>Claims money that the principal advanced.</summary>
    [WolverinePost("/api/contracts/{contract}/claims/{claim}/advance")]
    public static Task<DecisionAnswer> Advance(string claim, Decision<AdvancePaid> decision) => decision.OnAsync("claim", claim);
}
