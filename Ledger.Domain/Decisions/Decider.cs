using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Settlements;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Domain.Decisions;

/// <summary>What a decision comes to: faults, and nothing is recorded; or events.</summary>
/// <param name="Refusals">Why it does not follow from the state.</param>
/// <param name="Events">What is recorded of a command; of an event that was checked, what is recorded right after it.</param>
public sealed record Decided(IReadOnlyList<Fault> Refusals, IReadOnlyList<NewEvent> Events)
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
public static class Decider
{
    private static readonly Duration Ahead = Duration.FromMinutes(5);

    /// <summary>
    /// A contract's terms on its account: recorded where there is none yet, nothing where it was registered with the same terms,
    /// else refused. <paramref name="registered"/> are the terms that it was registered with.
    /// </summary>
    public static Decided Decide(RegisterContract command, ContractAccount? account, ContractTerms? registered, Instant now)
    {
        if (account is null)
        {
            return new Decided(
                [],
                [
                    new NewEvent(
                        command.Contract,
                        "contract",
                        $"register:{command.Contract}",
                        command.Source,
                        now,
                        command.Actor,
                        command.Terms.Registration()
                    ),
                ]
            );
        }

        return registered is not null && LedgerJson.Write(registered).AsSpan().SequenceEqual(LedgerJson.Write(command.Terms))
            ? Decided.Accepted
            : Decided.Refused(
                "$.id",
                $"{command.Contract} is registered already with other terms, at position {account.RegisteredAt}: amend the contract instead"
            );
    }

    /// <summary>
    /// A decision on its account: itself and what follows from it, or why it is refused. <paramref name="now"/> is the ledger's time;
    /// <paramref name="isKnown"/> tells of <see cref="SubjectsOf"/> whether it is on record.
    /// </summary>
    public static Decided Decide(RecordDecision command, ContractAccount? account, Instant now, Func<string, bool> isKnown)
    {
        var e = command.Decision;
        var decided = AheadOf(e, now) is { } ahead ? new Decided([ahead], []) : Check(account, e, isKnown);
        return decided.Refusals.Count > 0 ? decided : new Decided([], [e, .. decided.Events]);
    }

    /// <summary>The subjects that a decision names beside its own: they must be on record.</summary>
    public static IEnumerable<string> SubjectsOf(EventData data) =>
        data is SpotCheckConcluded check ? check.Sampled.Select(s => s.Subject) : [];

    /// <summary>What is wrong with an event that happened later than five minutes after the ledger's time; null where it did not.</summary>
    public static Fault? AheadOf(NewEvent e, Instant now) =>
        e.When.Earliest > now + Ahead
            ? new Fault("$.time", $"{e.OccurredAt} lies more than 5 minutes ahead of the ledger's clock ({now})")
            : null;

    /// <summary>
    /// Checks one event against the account. Facts always pass; derived events never come from outside.
    /// <paramref name="isKnown"/> tells whether a subject of this contract has an event at a lower position.
    /// </summary>
    public static Decided Check(ContractAccount? account, NewEvent e, Func<string, bool> isKnown)
    {
        if (e.Type.Class == EventClass.Derived)
        {
            return OfTheLedgerAlone(e);
        }

        if (account is null)
        {
            return e.Data is ContractRegistered registered
                ? ContractDecisions.Register(e.Contract, registered)
                : new Decided([UnknownContract(e.Contract)], []);
        }

        if (e.Type.Class == EventClass.Fact)
        {
            return Decided.Accepted;
        }

        var decided = ActorDecisions.Unauthorised(account, e) is { } wrong ? new Decided([wrong], []) : Decide(account, e, isKnown);
        return decided.Refusals.Count == 0 && account.Settlement.Concluded && MovesTheFinalAmount(account, e, decided)
            ? Decided.Refused("$.subject", "the contract is settled: its final amount no longer moves")
            : decided;
    }

    /// <summary>Why nothing is recorded of a contract that is not registered.</summary>
    public static Fault UnknownContract(string contract) => new("$.contract", $"unknown contract \"{contract}\"; register it first");

    internal static Decided OfTheLedgerAlone(NewEvent e) =>
        Decided.Refused("$.type", $"{e.Type.Alias} is recorded by the ledger alone; leave it out of an import");

    /// <summary>The account as it would be once decided events were recorded.</summary>
    public static ContractAccount After(ContractAccount account, IEnumerable<NewEvent> events) =>
        events.Aggregate(account, (a, next) => ContractAccount.Evolve(a, next.AsRecorded())!);

    private static bool MovesTheFinalAmount(ContractAccount account, NewEvent e, Decided decided)
    {
        return Settlement.Build(After(account, decided.Events.Prepend(e))).Final != Settlement.Build(account).Final;
    }

    private static Decided Decide(ContractAccount account, NewEvent e, Func<string, bool> isKnown) =>
        e.Data switch
        {
            ContractEvent data => ContractDecisions.Decide(account, data),
            ActorEvent data => ActorDecisions.Decide(account, e, data),
            ServiceEvent data => ServiceDecisions.Decide(account, e, data, isKnown),
            ClaimEvent data => ClaimDecisions.Decide(account, e, data),
            DeductionEvent data => DeductionDecisions.Decide(account, e, data),
            PeriodEvent data => PeriodDecisions.Decide(account, e, data),
            SettlementEvent data => SettlementDecisions.Decide(account, e, data),
            FindingEvent data => FindingDecisions.Decide(account, e, data),
            _ => throw new System.Diagnostics.UnreachableException($"no decision is made of {e.Type.Alias}"),
        };
}
