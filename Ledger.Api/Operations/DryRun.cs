using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>What decisions would come to, one after the other, of which nothing is recorded.</summary>
/// <param name="Refusals">Why each would be refused, in their order.</param>
/// <param name="After">The account as it would be.</param>
public sealed record DryRun(IReadOnlyList<IReadOnlyList<Fault>> Refusals, ContractAccount After)
{
    /// <summary>Tries them. Subjects that they name are taken to be on record.</summary>
    public static DryRun Of(ContractAccount account, IEnumerable<NewEvent> decisions, Instant now)
    {
        var refusals = new List<IReadOnlyList<Fault>>();
        foreach (var e in decisions)
        {
            var decided = Decider.Decide(new RecordDecision(e), account, now, _ => true);
            refusals.Add(decided.Refusals);
            account = Decider.After(account, decided.Events);
        }

        return new DryRun(refusals, account);
    }
}
