using System.Text.Json.Serialization;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>A deduction that a rule finds in the facts: what an assessment proposes.</summary>
public sealed record Found(
    string Id, string Clause, IReadOnlyList<string> Reading, Cny Amount, LocalDate AttributedOn, IReadOnlyList<string> Evidence);

/// <summary>What a rule reads: the terms in force, the facts up to <c>AsOf</c>, and the working-day calendar.</summary>
public sealed record RuleInput(ContractTerms Terms, ContractFacts Facts, WorkingDays Calendar, Instant AsOf)
{
    /// <summary>The date of <c>AsOf</c>: a limit that ends on a day is missed once this date is past it.</summary>
    public LocalDate AsOfDate { get; } = ChinaTime.DateOf(AsOf);
}

/// <summary>
/// One rule beside its clause: the closed set of building blocks out of which all contracts are made. A block computes
/// from facts (<see cref="Find"/>), grants rights from the account (<see cref="Rights"/>), bounds what an officer may
/// decide, or tells when money is due; parameters are data. A sixth contract made of these needs no code.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "block")]
[JsonDerivedType(typeof(ZeroScoreCase), "zero_score_case")]
[JsonDerivedType(typeof(RatingInterview), "rating_interview")]
[JsonDerivedType(typeof(ComplaintSeries), "complaint_series")]
[JsonDerivedType(typeof(MissingResponse), "missing_response")]
[JsonDerivedType(typeof(LateDispatch), "late_dispatch")]
[JsonDerivedType(typeof(MissedCallBack), "missed_call_back")]
[JsonDerivedType(typeof(SuspensionRight), "suspension_right")]
[JsonDerivedType(typeof(RepeatedRatingRight), "repeated_rating_right")]
[JsonDerivedType(typeof(MonthlyCapRight), "monthly_cap_right")]
[JsonDerivedType(typeof(FalseRecord), "false_record")]
[JsonDerivedType(typeof(Advance), "advance")]
[JsonDerivedType(typeof(LateObligation), "late_obligation")]
[JsonDerivedType(typeof(ClaimedLoss), "claimed_loss")]
[JsonDerivedType(typeof(LiquidatedDamages), "liquidated_damages")]
[JsonDerivedType(typeof(TerminationDamages), "termination_damages")]
[JsonDerivedType(typeof(EarlyEnd), "early_end")]
[JsonDerivedType(typeof(OfficerAssessment), "officer_assessment")]
[JsonDerivedType(typeof(ScoreSheets), "score_sheets")]
[JsonDerivedType(typeof(StaffReplacement), "staff_replacement")]
[JsonDerivedType(typeof(StaffDeparture), "staff_departure")]
[JsonDerivedType(typeof(AssessmentPeriods), "assessment_periods")]
[JsonDerivedType(typeof(Gates), "gates")]
[JsonDerivedType(typeof(InvoiceTerms), "invoice_terms")]
[JsonDerivedType(typeof(DueAfterLatest), "due_after_latest")]
[JsonDerivedType(typeof(DueInMonth), "due_in_month")]
[JsonDerivedType(typeof(DueOnDate), "due_on_date")]
public abstract record RuleBlock
{
    /// <summary>The deductions that follow from the facts; empty for a block that finds none.</summary>
    public virtual IEnumerable<Found> Find(RuleInput input, Clause clause) => [];

    /// <summary>The rights that have arisen on the account, or are about to; empty for a block that grants none.</summary>
    public virtual IEnumerable<Right> Rights(ContractAccount account, Clause clause) => [];

    /// <summary>What is wrong with the block's parameters in these terms; paths relative to the block.</summary>
    public virtual IEnumerable<Fault> Faults(ContractTerms terms) => [];

    /// <summary>Names the readings that a block applied: <c>{id}={choice}</c>.</summary>
    protected static IReadOnlyList<string> Applied(ContractTerms terms, Clause clause, params ReadOnlySpan<string> parameters)
    {
        var applied = new List<string>();
        foreach (var parameter in parameters)
        {
            applied.AddRange(terms.Readings.Where(r => r.Clause == clause.Number && r.Parameter == parameter).Select(r => $"{r.Id}={r.InForce(terms)}"));
        }

        return applied;
    }

    /// <summary>A fault when an amount is not above nothing.</summary>
    protected static IEnumerable<Fault> Positive(string name, Cny amount)
    {
        if (!amount.IsPositive)
        {
            yield return new Fault("." + name, "expected an amount above 0.00");
        }
    }
}

/// <summary>A right that a clause grants and a decision exercises.</summary>
/// <param name="Id">Deterministic: <c>{clause}-{suffix}:{key}</c>.</param>
/// <param name="Clause">The clause.</param>
/// <param name="Kind">To suspend or to terminate.</param>
/// <param name="ArisenOn">The date on which it arose, or would arise.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Evidence">The ids of the events or deductions that it rests on.</param>
/// <param name="Period">The payment period on whose statement it stands.</param>
public sealed record Right(
    string Id, string Clause, [property: JsonPropertyName("right")] RightKind Kind, LocalDate ArisenOn, RightState State, IReadOnlyList<string> Evidence, [property: JsonIgnore] int Period = 0);

/// <summary>What a right allows.</summary>
public enum RightKind
{
    /// <summary>暂停支付.</summary>
    Suspend,

    /// <summary>解除合同.</summary>
    Terminate,
}

/// <summary>Where a right stands.</summary>
public enum RightState
{
    /// <summary>It may be exercised.</summary>
    Open,

    /// <summary>It would arise if everything still proposed were confirmed.</summary>
    AtRisk,

    /// <summary>It was exercised.</summary>
    Exercised,

    /// <summary>It was given up.</summary>
    Waived,
}
