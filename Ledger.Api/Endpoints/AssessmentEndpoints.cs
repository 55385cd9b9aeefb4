using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Microsoft.AspNetCore.Http.Timeouts;
using Wolverine;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>As of when a contract is assessed: a time, or a date, which means its end in China.</summary>
public sealed record AssessmentRequest(string AsOf);

/// <summary>Assessments: the rules run over all of a contract's events.</summary>
public static class AssessmentEndpoints
{
    /// <summary>Assesses a contract and records what is proposed and withdrawn.</summary>
    [For(Role.Principal, Role.Finance, Role.Administrator)]
    [RequestTimeout(Limits.Long)]
    [WolverinePost("/api/contracts/{contract}/assessments")]
    public static Task<AssessmentReport> Assess(string contract, Body<AssessmentRequest> body, IMessageBus bus, CancellationToken cancel) =>
        bus.InvokeForTenantAsync<AssessmentReport>(
            contract,
            new AssessContract(contract, Moments.Parse(body.Value.AsOf, "$.asOf")),
            cancel
        );
}
