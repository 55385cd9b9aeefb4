using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;

namespace Ledger.Domain.Decisions;

/// <summary>Claims and assessed deductions; streams <c>{contract}/claim/{id}</c> and <c>{contract}/assessment/{id}</c>.</summary>
internal static class ClaimDecisions
{
    public static Decided Decide(ContractAccount account, NewEvent e, ClaimEvent data) =>
        data switch
        {
            DeductionAssessed assessed => Assess(account, e, assessed),
            _ when account.Claims.ContainsKey(e.Subject) => Decided.Refused("$.subject", $"{e.Subject} is taken: one claim a stream"),
            LossClaimed loss => Decided.Unless(
                (
                    e.Subject == "claim/termination" && account.Terms.RulesOf<TerminationDamages>(loss.Clause).Any(),
                    "$.subject",
                    $"{loss.Clause}:termination is the id of the damages on termination: give the claim another"
                ),
                (
                    !account.Terms.RulesOf<ClaimedLoss>(loss.Clause).Any(),
                    "$.data.clause",
                    $"expected a clause under which losses are claimed: {Clauses<ClaimedLoss>(account)}"
                )
            ),
            LiquidatedDamagesClaimed damages => Claim(account, damages),
            AdvancePaid => Decided.Unless(
                (!account.Terms.Rules<Advance>().Any(), "$.type", $"{account.Terms.Id} has no clause on money advanced")
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Decided Assess(ContractAccount account, NewEvent e, DeductionAssessed assessed)
    {
        if (account.Claims.ContainsKey(e.Subject))
        {
            return Decided.Refused("$.subject", $"{e.Subject} is taken: one assessed deduction a stream");
        }

        if (
            account.TermsOn(Time.ChinaTime.DateOf(e.OccurredAt)).RulesOf<OfficerAssessment>(assessed.Clause).FirstOrDefault()
            is not { } rule
        )
        {
            return Decided.Refused("$.data.clause", $"expected a clause that an officer assesses: {Clauses<OfficerAssessment>(account)}");
        }

        var price = account.TermOn(Time.ChinaTime.DateOf(e.OccurredAt)).Price;
        var (min, max) = rule.Range(price);
        var amount = OfficerAssessment.AmountOf(assessed, price);
        return Decided.Unless(
            (
                !rule.Allows(assessed, price),
                assessed.Amount is null ? "$.data.percent" : "$.data.amount",
                $"clause {assessed.Clause} allows {min} to {max}, got {amount}"
            )
        );
    }

    private static Decided Claim(ContractAccount account, LiquidatedDamagesClaimed damages)
    {
        var by = damages.By ?? Party.Principal;
        var clause = account.Terms.RulesOf<LiquidatedDamages>(damages.Clause).FirstOrDefault();
        var excluded =
            account.Termination?.Cause == TerminationCause.VendorBreach
            && account
                .Terms.Rules<TerminationDamages>()
                .Any(r =>
                    r.Rule.WithClaim == DamagesTogether.One
                    && r.Rule.ClaimClause == damages.Clause
                    && TerminationDamages.Stands(account, TerminationDamages.IdOf(r.Clause))
                );
        return Decided.Unless(
            (clause is null, "$.data.clause", $"expected a clause that sets liquidated damages: {Clauses<LiquidatedDamages>(account)}"),
            (
                clause is not null && !clause.By.Contains(by),
                "$.data.by",
                $"clause {damages.Clause} sets none for the {by.ToString().ToLowerInvariant()}"
            ),
            (excluded, "$.data.clause", $"the damages of the termination and those of {damages.Clause} do not add up: the later is refused")
        );
    }

    private static string Clauses<T>(ContractAccount account)
        where T : RuleBlock =>
        string.Join(", ", account.Terms.Rules<T>().Select(r => r.Clause.Number).Distinct()) is { Length: > 0 } list
            ? list
            : "this contract has none";
}
