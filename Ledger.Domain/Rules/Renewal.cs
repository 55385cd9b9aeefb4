using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;

namespace Ledger.Domain.Rules;

/// <summary>
/// The contract may be renewed, within these bounds where they are given: how often, how many years in all, how far above
/// the original price, only after a passed assessment, only inside the approved budget (yangfangdian 2.2).
/// </summary>
[Discriminator("renewal")]
public sealed record RenewalTerms(
    int? MostRenewals = null,
    int? MostYears = null,
    Percentage? MostIncreasePercent = null,
    bool AfterPassedAssessment = false,
    bool InsideBudget = false
) : Rule
{
    /// <summary>Why a renewal is refused.</summary>
    public IEnumerable<Fault> Refusals(ContractAccount account, ContractRenewed renewed)
    {
        if (renewed.From != account.LastDay.PlusDays(1))
        {
            yield return new Fault("$.data.from", $"expected {Iso(account.LastDay.PlusDays(1))}, the day after the term in force");
        }

        if (account.Renewals.Count >= MostRenewals)
        {
            yield return new Fault(
                "$.type",
                $"the contract is renewed {account.Renewals.Count} times already: at most {MostRenewals} are agreed"
            );
        }

        if (MostYears is { } years && ServiceMonths.After(account.Terms.From, 12 * years).PlusDays(-1) is var last && renewed.To > last)
        {
            yield return new Fault("$.data.to", $"expected {Iso(last)} at the latest: {years} years in all");
        }

        var first = account.ServiceTerms.First();
        if (
            account
                .Terms.Payment.Renewed(first, new ServiceTerm(renewed.From, renewed.To, renewed.Price), 0)
                .FirstOrDefault(p => p.From > p.To) is
            { } inverted
        )
        {
            yield return new Fault(
                "$.data.to",
                $"expected {Iso(inverted.From)} or later: the cut-offs of the first term, moved into this one, reach so far"
            );
        }

        if (!renewed.Price.IsPositive)
        {
            yield return new Fault("$.data.price", "expected an amount above 0.00");
        }

        if (MostIncreasePercent is { } percent && renewed.Price > account.Terms.Total + account.Terms.Total.Percent(percent))
        {
            yield return new Fault(
                "$.data.price",
                $"expected at most {account.Terms.Total + account.Terms.Total.Percent(percent)}: {percent} % above the original price"
            );
        }

        if (AfterPassedAssessment && !renewed.AssessmentPassed)
        {
            yield return new Fault("$.data.assessmentPassed", "a renewal needs a passed assessment");
        }

        if (InsideBudget && !(renewed.Price <= renewed.ApprovedBudget))
        {
            yield return new Fault(
                "$.data.approvedBudget",
                renewed.ApprovedBudget is { } budget
                    ? $"the price {renewed.Price} exceeds the approved budget {budget}"
                    : "missing; a renewal stays inside an approved budget"
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (MostRenewals < 1 || MostYears < 1 || MostIncreasePercent < Percentage.Of(0))
        {
            yield return new Fault("", "expected bounds of 1 or more, and a percentage of 0 or more");
        }
    }
}
