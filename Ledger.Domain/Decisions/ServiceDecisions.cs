using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;

namespace Ledger.Domain.Decisions;

/// <summary>Decisions about the service: sheets, interviews, spot checks, deliverables, obligations.</summary>
internal static class ServiceDecisions
{
    public static Decided Decide(ContractAccount account, NewEvent e, ServiceEvent data, Func<string, bool> isKnown) =>
        data switch
        {
            ScoreSheetSubmitted sheet => Submit(account, sheet),
            InterviewHeld held => Follow(account, held.Cycle),
            RemediationPlanFiled filed => Follow(account, filed.Cycle),
            SpotCheckConcluded check => Check(account, e, check, isKnown),
            DeliverableAccepted d => Judge(account, d.Item, d.Ordinal),
            DeliverableRejected d => Judge(account, d.Item, d.Ordinal),
            // Facts may be imported after decisions: what is performed may be found overdue later.
            ObligationPerformed => Decided.Accepted,
            _ => throw new System.Diagnostics.UnreachableException($"no decision is made of {e.Type.Alias}"),
        };

    private static Decided Check(ContractAccount account, NewEvent e, SpotCheckConcluded check, Func<string, bool> isKnown)
    {
        var concluded = FindingDecisions.Conclude(account, e.Subject["spotcheck/".Length..]);
        return new Decided(
            [
                .. concluded.Refusals,
                .. check
                    .Sampled.Select((s, i) => (s.Subject, i))
                    .Where(s => !isKnown(s.Subject))
                    .Select(s => new Fault(
                        $"$.data.sampled[{s.i}].subject",
                        $"unknown subject \"{s.Subject}\": nothing of it is on record"
                    )),
            ],
            []
        );
    }

    private static Decided Submit(ContractAccount account, ScoreSheetSubmitted sheet)
    {
        var rule = account.Terms.Rules<ScoreSheets>().Select(r => r.Rule).FirstOrDefault();
        return rule is null
            ? Decided.Refused("$.type", $"{account.Terms.Id} has no score sheets")
            : new Decided([.. rule.Refusals(sheet, account.Schedule.Count).Select(f => f with { Path = "$.data" + f.Path })], []);
    }

    private static Decided Follow(ContractAccount account, NodaTime.YearMonth cycle)
    {
        var called =
            account.Ratings.TryGetValue(cycle, out var rating)
            && account.Terms.Rules<RatingInterview>().Any(r => r.Rule.Tier == rating.Tier);
        return Decided.Unless((!called, "$.data.cycle", $"no rating of {MonthlyRatingPublished.CycleText(cycle)} calls for it"));
    }

    private static Decided Judge(ContractAccount account, string item, int ordinal) =>
        Decided.Unless((!account.Deliverables.ContainsKey($"{item}/{ordinal}"), "$.data", $"{item} number {ordinal} was not submitted"));
}
