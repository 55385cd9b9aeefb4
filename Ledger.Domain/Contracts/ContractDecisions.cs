using Ledger.Domain.Events;
using Ledger.Domain.Json;

namespace Ledger.Domain.Contracts;

/// <summary>Decisions about the contract itself; stream <c>{contract}/contract</c>.</summary>
internal static class ContractDecisions
{
    public static Decided Decide(ContractAccount account, ContractEvent data) => data switch
    {
        ContractRegistered => Decided.Refused("$.contract", $"{account.Terms.Id} is registered already, at position {account.RegisteredAt}; amend it instead"),
        ReadingRecorded reading => Record(account, reading),
        ContractTerminated terminated => Terminate(account, terminated),
        ScoringSchemeAdopted => Decided.Accepted,
        ContractAmended or ContractRenewed => Decided.Refused("$.type", "this version of the ledger cannot move a registered term yet; nothing was recorded"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Decided Record(ContractAccount account, ReadingRecorded recorded)
    {
        var reading = account.Terms.Readings.FirstOrDefault(r => r.Id == recorded.Reading);
        return reading is null
            ? Decided.Refused("$.data.reading", $"expected one of {string.Join(", ", account.Terms.Readings.Select(r => r.Id))}, got \"{recorded.Reading}\"")
            : Decided.Unless(
                (reading.Clause != recorded.Clause, "$.data.clause", $"reading {reading.Id} is of clause {reading.Clause}, got \"{recorded.Clause}\""),
                (reading.Choices.All(c => c.Choice != recorded.Choice), "$.data.choice", $"expected one of {string.Join(", ", reading.Choices.Select(c => c.Choice))}, got \"{recorded.Choice}\""));
    }

    private static Decided Terminate(ContractAccount account, ContractTerminated terminated) => Decided.Unless(
        (account.Termination is not null, "$.type", "the contract is terminated already"),
        (account.Terms.Clauses.All(c => c.Number != terminated.Clause), "$.data.clause", $"expected a clause of {account.Terms.Id}, got \"{terminated.Clause}\""),
        (!account.Terms.Contains(terminated.On), "$.data.on", $"expected a day of the term, {account.Terms.From:uuuu-MM-dd} to {account.Terms.To:uuuu-MM-dd}"));
}
