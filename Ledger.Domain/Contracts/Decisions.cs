using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Settlements;

namespace Ledger.Domain.Contracts;

/// <summary>
/// What a decision comes to: faults, and nothing is recorded; or the derived events that are recorded right after it.
/// </summary>
public sealed record Decided(IReadOnlyList<Fault> Refusals, IReadOnlyList<NewEvent> Derived)
{
    /// <summary>It follows from the state, and nothing follows from it.</summary>
    public static Decided Accepted { get; } = new([], []);

    /// <summary>It does not follow from the state.</summary>
    public static Decided Refused(string path, string why) => new([new Fault(path, why)], []);

    /// <summary>Refused where there is a reason.</summary>
    public static Decided Unless(params ReadOnlySpan<(bool Wrong, string Path, string Why)> reasons)
    {
        var faults = new List<Fault>();
        foreach (var (wrong, path, why) in reasons)
        {
            if (wrong)
            {
                faults.Add(new Fault(path, why));
            }
        }

        return faults.Count == 0 ? Accepted : new Decided(faults, []);
    }
}

/// <summary>
/// Decisions as plain functions: the state of the contract + one decision → what is recorded, or why not. State is the
/// log up to here, never the decision's own time.
/// </summary>
public static class Decisions
{
    /// <summary>
    /// Checks one event against the account. Facts always pass; derived events never come from outside.
    /// <paramref name="isKnown"/> tells whether a subject of this contract has an event at a lower position.
    /// </summary>
    public static Decided Check(ContractAccount? account, NewEvent e, Func<string, bool> isKnown)
    {
        if (e.Type.Class == EventClass.Derived)
        {
            return Decided.Refused("$.type", $"{e.Type.Alias} is recorded by the ledger alone; leave it out of an import");
        }

        if (account is null)
        {
            return e.Data is ContractRegistered registered
                ? Decided.Unless((registered.Terms.Id != e.Contract, "$.data.terms.id", $"expected \"{e.Contract}\", the event's contract, got \"{registered.Terms.Id}\""))
                : Decided.Refused("$.contract", $"unknown contract \"{e.Contract}\"; register it first");
        }

        if (e.Type.Class == EventClass.Fact)
        {
            return Decided.Accepted;
        }

        var decided = Decide(account, e, isKnown);
        return decided.Refusals.Count == 0 && account.Settlement.Concluded && MovesTheFinalAmount(account, e, decided)
            ? Decided.Refused("$.subject", "the contract is settled: its final amount no longer moves")
            : decided;
    }

    private static bool MovesTheFinalAmount(ContractAccount account, NewEvent e, Decided decided)
    {
        var after = decided.Derived.Prepend(e).Aggregate(account, (a, next) => ContractAccount.Evolve(a, next.AsRecorded())!);
        return Settlement.Build(after).Final != Settlement.Build(account).Final;
    }

    private static Decided Decide(ContractAccount account, NewEvent e, Func<string, bool> isKnown) => e.Data switch
    {
        ContractEvent data => ContractDecisions.Decide(account, data),
        ServiceEvent data => ServiceDecisions.Decide(account, e, data, isKnown),
        ClaimEvent data => ClaimDecisions.Decide(account, e, data),
        DeductionEvent data => DeductionDecisions.Decide(account, e, data),
        PeriodEvent data => PeriodDecisions.Decide(account, e, data),
        SettlementEvent data => SettlementDecisions.Decide(account, e, data),
        FindingEvent => Decided.Accepted,
        _ => throw new System.Diagnostics.UnreachableException($"no decision is made of {e.Type.Alias}"),
    };
}
