using Ledger.Api.Identities;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>
/// What handlers of users and webhooks share: each change of a document is an event of <c>_ledger</c>, about <c>kind/code</c>.
/// </summary>
internal static class LedgerChange
{
    /// <summary>The event that tells of a change.</summary>
    public static NewEvent EventOf(string kind, string code, string actor, Instant now, LedgerRecord data) =>
        new(
            LedgerSource.Contract,
            $"{kind}/{code}",
            LedgerSource.IdOf(LedgerSource.Contract, $"{kind}:{Guid.CreateVersion7()}"),
            $"{LedgerSource.Name}/{kind}s",
            now,
            actor,
            data
        );

    /// <summary>Refuses what is no code.</summary>
    public static void RefuseUnlessCode(string kind, string code) =>
        Refuse(!Secrets.IsCode(code), $"{kind}: expected 1 to 64 letters, digits, dots, dashes or underscores, got \"{code}\"");

    /// <summary>Refuses what a request says.</summary>
    public static void Refuse(bool wrong, string why)
    {
        if (wrong)
        {
            throw new LedgerException(ErrorCode.BadRequest, why);
        }
    }
}
