using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;

namespace Ledger.Domain.Rules;

/// <summary>
/// Money that the principal advanced (gaomidian 5.7): the amount, and a percentage of it. Ids <c>{clause}-advance:{claim}</c>
/// and <c>{clause}-penalty:{claim}</c>, attributed to its date.
/// </summary>
[Discriminator("advance")]
public sealed record Advance(Percentage PenaltyPercent) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        foreach (var advance in input.Facts.Of<AdvancePaid>())
        {
            yield return new Found(
                $"{clause.Number}-advance:{advance.Key}",
                clause.Number,
                [],
                advance.Data.Amount,
                advance.On,
                [advance.Id]
            );
            var penalty = advance.Data.Amount.Percent(PenaltyPercent);
            if (penalty.IsPositive)
            {
                yield return new Found($"{clause.Number}-penalty:{advance.Key}", clause.Number, [], penalty, advance.On, [advance.Id]);
            }
        }
    }
}

/// <summary>
/// A loss that the principal claims under this clause: its amount. Id <c>{clause}:{claim}</c>, attributed to its date.
/// Where <c>takenFrom</c> is given, it counts in that instalment whatever its date (yongdinglu 8.4).
/// </summary>
[Discriminator("claimed_loss")]
public sealed record ClaimedLoss(int? TakenFrom = null) : Rule, IBorneByInstalment
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause) =>
        from loss in input.Facts.Of<LossClaimed>()
        where loss.Data.Clause == clause.Number
        select new Found($"{clause.Number}:{loss.Key}", clause.Number, [], loss.Data.Amount, loss.On, [loss.Id]);
}

/// <summary>
/// Liquidated damages, a percentage of the total, when the principal claims them under this clause. Id
/// <c>{clause}:{claim}</c>, attributed to the claim's date. Claimed by the vendor (where <c>by</c> allows it) they are no
/// deduction but an adjustment in the vendor's favour.
/// </summary>
[Discriminator("liquidated_damages")]
public sealed record LiquidatedDamages(Percentage Percent, IReadOnlyList<Party> By) : Rule, IShareOfPrice
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause) =>
        from claim in input.Facts.Of<LiquidatedDamagesClaimed>()
        where claim.Data.Clause == clause.Number && claim.Data.By is null or Party.Principal
        where !TerminationDamages.ExcludesClaim(input, claim)
        select new Found(
            $"{clause.Number}:{claim.Key}",
            clause.Number,
            [],
            input.Account.TermOn(claim.On).Price.Percent(Percent),
            claim.On,
            [claim.Id]
        );

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (By.Count == 0)
        {
            yield return new Fault(".by", "expected at least one of principal, vendor");
        }
    }
}

/// <summary>Whether damages on termination and damages on claim add up (reading gmd-6.5-with-6.2).</summary>
public enum DamagesTogether
{
    /// <summary>
    /// They do not: the one recorded first counts, the later is refused (by position, as decisions are). One that was waived,
    /// overturned or withdrawn stands in no other's way.
    /// </summary>
    One,

    /// <summary>They do.</summary>
    Both,
}

/// <summary>
/// Terminated for the vendor's breach (gaomidian 6.5): a percentage of the total. Id <c>{clause}:termination</c>, attributed
/// to the termination date.
/// </summary>
[Discriminator("termination_damages")]
public sealed record TerminationDamages(Percentage Percent, string ClaimClause, DamagesTogether WithClaim) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        var termination = input.Facts.Of<ContractTerminated>().FirstOrDefault(t => t.Data.Cause == TerminationCause.VendorBreach);
        if (
            termination is null
            || (WithClaim == DamagesTogether.One && Claims(input).Any(c => c.Event.Position < termination.Event.Position))
        )
        {
            yield break;
        }

        yield return new Found(
            IdOf(clause),
            clause.Number,
            Applied(input.Terms, clause, "withClaim"),
            input.Account.TermOn(termination.Data.On).Price.Percent(Percent),
            termination.Data.On,
            [termination.Id]
        );
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (terms.Clauses.All(c => c.Number != ClaimClause))
        {
            yield return new Fault(".claimClause", $"expected a clause of this contract, got \"{ClaimClause}\"");
        }
    }

    /// <summary>True when damages claimed after a termination must not add up with those of the termination.</summary>
    internal static bool ExcludesClaim(RuleInput input, Fact<LiquidatedDamagesClaimed> claim) =>
        input
            .Terms.Rules<TerminationDamages>()
            .Any(r =>
                r.Rule.WithClaim == DamagesTogether.One
                && r.Rule.ClaimClause == claim.Data.Clause
                && Stands(input.Account, IdOf(r.Clause))
                && input
                    .Facts.Of<ContractTerminated>()
                    .Any(t => t.Data.Cause == TerminationCause.VendorBreach && t.Event.Position < claim.Event.Position)
            );

    /// <summary>The id of the deduction for a termination under a clause.</summary>
    internal static string IdOf(Clause clause) => $"{clause.Number}:termination";

    /// <summary>Whether a deduction takes something, or will: it was neither waived nor overturned nor withdrawn.</summary>
    internal static bool Stands(ContractAccount account, string deduction) =>
        !account.Deductions.TryGetValue(deduction, out var known) || known.Stands;

    private IEnumerable<Fact<LiquidatedDamagesClaimed>> Claims(RuleInput input) =>
        input
            .Facts.Of<LiquidatedDamagesClaimed>()
            .Where(c => c.Data.Clause == ClaimClause && c.Data.By is null or Party.Principal)
            .Where(c => Stands(input.Account, $"{ClaimClause}:{c.Key}"));
}

/// <summary>
/// An officer assesses a deduction under this clause within a range of yuan, or of percentages of the total (both ends
/// inclusive). Id <c>{clause}:{assessment}</c>, attributed to its date. With an <c>improvement</c> period, accepted
/// remediation extinguishes it up to the end of the next assessment period.
/// </summary>
[Discriminator("officer_assessment")]
public sealed record OfficerAssessment(
    Cny? Min = null,
    Cny? Max = null,
    Percentage? MinPercent = null,
    Percentage? MaxPercent = null,
    bool Improvement = false
) : Rule
{
    /// <summary>The least and the most that may be assessed in yuan, of that price.</summary>
    public (Cny Min, Cny Max) Range(Cny price) =>
        Min is { } min && Max is { } max ? (min, max) : (price.Percent(MinPercent!.Value), price.Percent(MaxPercent!.Value));

    /// <summary>
    /// Whether an assessment lies within the range: percentages are compared as such where both are given so, before anything is rounded.
    /// </summary>
    public bool Allows(DeductionAssessed assessed, Cny price)
    {
        if (assessed.Percent is { } percent && MinPercent is { } least && MaxPercent is { } most)
        {
            return percent >= least && percent <= most;
        }

        var (min, max) = Range(price);
        var amount = AmountOf(assessed, price);
        return amount >= min && amount <= max;
    }

    /// <summary>What an assessment amounts to, of that price.</summary>
    public static Cny AmountOf(DeductionAssessed assessed, Cny price) => assessed.Amount ?? price.Percent(assessed.Percent!.Value);

    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause) =>
        from assessed in input.Facts.Of<DeductionAssessed>()
        where assessed.Data.Clause == clause.Number
        group assessed by assessed.Key into one
        let latest = one.Last()
        select new Found(
            $"{clause.Number}:{one.Key}",
            clause.Number,
            [],
            AmountOf(latest.Data, input.Account.TermOn(latest.On).Price),
            latest.On,
            [latest.Id]
        );

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        var yuan = Min is not null && Max is not null;
        var percent = MinPercent is not null && MaxPercent is not null;
        if (yuan == percent || Min > Max || MinPercent > MaxPercent)
        {
            yield return new Fault("", "expected min and max, or minPercent and maxPercent, in rising order");
        }
    }
}
