using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Microsoft.AspNetCore.Http.Timeouts;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Verification of the ledger.</summary>
[For(Role.Auditor, Role.Investigator, Role.Administrator)]
public static class VerificationEndpoints
{
    /// <summary>Verifies the log, its evidence and every read model against it.</summary>
    [RequestTimeout(Limits.Long)]
    [WolverineGet("/api/verify")]
    public static Task<LedgerVerification> Verify(LedgerVerifier verifier, CancellationToken cancel) => verifier.VerifyAsync(null, cancel);
}
