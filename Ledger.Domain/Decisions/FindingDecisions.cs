using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Decisions;

/// <summary>An investigator's steps on a finding; streams <c>{contract}/finding/{id}</c> and <c>spotcheck/{id}</c>.</summary>
internal static class FindingDecisions
{
    public static Decided Decide(ContractAccount account, NewEvent e, FindingEvent data)
    {
        var finding = e.Subject["finding/".Length..];
        var state = StateOf(account, finding);
        return data switch
        {
            FindingOpened => Decided.Accepted,
            _ when state == FindingState.Open => Decided.Refused(
                "$.subject",
                $"the finding \"{finding}\" was not taken up: finding_opened comes first (review open)"
            ),
            FindingCleared => Decided.Unless((state != FindingState.UnderReview, "$.subject", Over(finding, state))),
            _ => Decided.Accepted,
        };
    }

    /// <summary>A spot check that concludes a finding is the last step of its review.</summary>
    public static Decided Conclude(ContractAccount account, string key) =>
        Decided.Unless(
            (StateOf(account, key) is FindingState.Confirmed or FindingState.Cleared, "$.subject", Over(key, StateOf(account, key)))
        );

    private static FindingState StateOf(ContractAccount account, string finding) =>
        account.Reviews?.GetValueOrDefault(finding) ?? FindingState.Open;

    private static string Over(string finding, FindingState state) =>
        state == FindingState.Confirmed
            ? $"the finding {finding} was concluded: it is confirmed"
            : $"the finding {finding} was cleared: take it up again first (review open)";
}
