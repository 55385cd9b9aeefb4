using Ledger.Api.Operations;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Verification of the ledger.</summary>
public static class VerificationEndpoints
{
    /// <summary>Verifies the log, its evidence and every read model against it.</summary>
    [WolverineGet("/api/verify")]
    public static Task<LedgerVerification> Verify(LedgerVerifier verifier, CancellationToken cancel) => verifier.VerifyAsync(null, cancel);
}
