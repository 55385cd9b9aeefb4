using System.Text.Json.Serialization;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>A deduction that a rule finds in the facts: what an assessment proposes.</summary>
public sealed record Found(
    string Id,
    string Clause,
    IReadOnlyList<string> Reading,
    Cny Amount,
    LocalDate AttributedOn,
    IReadOnlyList<string> Evidence
);

/// <summary>
/// What a rule reads: the account (its schedule, its term, its calendar) under the terms by which it judges, and the facts
/// up to <c>AsOf</c>.
/// </summary>
public sealed record RuleInput(ContractAccount Account, ContractFacts Facts, Instant AsOf)
{
    /// <summary>The terms by which it judges.</summary>
    public ContractTerms Terms => Account.Terms;

    /// <summary>The date of <c>AsOf</c>: a limit that ends on a day is missed once this date is past it.</summary>
    public LocalDate AsOfDate { get; } = ChinaTime.DateOf(AsOf);
}

/// <summary>
/// One rule beside its clause: the closed set of building blocks out of which all contracts are made. A block computes
/// from facts (<see cref="Find"/>, <see cref="Findings"/>), grants rights and sets duties from the account
/// (<see cref="Rights"/>, <see cref="Duties"/>), bounds what an officer may decide, or tells when money is due; parameters
/// are data. A sixth contract made of these needs no code.
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
[JsonDerivedType(typeof(TerminationNotice), "termination_notice")]
[JsonDerivedType(typeof(RenewalTerms), "renewal")]
[JsonDerivedType(typeof(LargeClaimRight), "large_claim_right")]
[JsonDerivedType(typeof(ClaimRight), "claim_right")]
[JsonDerivedType(typeof(UncuredBreachRight), "uncured_breach_right")]
[JsonDerivedType(typeof(NamedBreachRight), "named_breach_right")]
[JsonDerivedType(typeof(ForceMajeureRelief), "force_majeure")]
[JsonDerivedType(typeof(RefundDuty), "refund_duty")]
[JsonDerivedType(typeof(ShortfallDuty), "shortfall_duty")]
[JsonDerivedType(typeof(SettlementDuty), "settlement_duty")]
[JsonDerivedType(typeof(HandOverDuty), "hand_over_duty")]
[JsonDerivedType(typeof(CarryOverReports), "carry_over_reports")]
[JsonDerivedType(typeof(Deliverables), "deliverables")]
[JsonDerivedType(typeof(WorkReports), "work_reports")]
[JsonDerivedType(typeof(CaseLimits), "case_limits")]
[JsonDerivedType(typeof(PatrolRounds), "patrol_rounds")]
[JsonDerivedType(typeof(IssueReports), "issue_reports")]
[JsonDerivedType(typeof(PatrolQuota), "patrol_quota")]
[JsonDerivedType(typeof(StaffVacancies), "staff_vacancies")]
[JsonDerivedType(typeof(QuoteAnswers), "quote_answers")]
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

    /// <summary>The duties that have arisen on the account, met ones too; empty for a block that sets none.</summary>
    public virtual IEnumerable<Duty> Duties(ContractAccount account, Clause clause) => [];

    /// <summary>The duties that rest on single cases and that the facts show unmet: an assessment records them.</summary>
    public virtual IEnumerable<FoundDuty> FindDuties(RuleInput input, Clause clause) => [];

    /// <summary>What the facts show without money: limits broken, reports missing; empty for a block that looks for none.</summary>
    public virtual IEnumerable<Finding> Findings(RuleInput input, Clause clause) => [];

    /// <summary>What is wrong with the block's parameters in these terms; paths relative to the block.</summary>
    public virtual IEnumerable<Fault> Faults(ContractTerms terms) => [];

    /// <summary>Names the readings that a block applied: <c>{id}={choice}</c>.</summary>
    protected static IReadOnlyList<string> Applied(ContractTerms terms, Clause clause, params ReadOnlySpan<string> parameters)
    {
        var applied = new List<string>();
        foreach (var parameter in parameters)
        {
            applied.AddRange(
                terms.Readings.Where(r => r.Clause == clause.Number && r.Parameter == parameter).Select(r => $"{r.Id}={r.InForce(terms)}")
            );
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

    /// <summary>A fault when a count of days, minutes or things is less than 1.</summary>
    protected static IEnumerable<Fault> AtLeastOne(string name, int count)
    {
        if (count < 1)
        {
            yield return new Fault("." + name, "expected 1 or more");
        }
    }

    /// <summary>A date as documents write it.</summary>
    protected static string Iso(LocalDate date) => date.ToString("uuuu-MM-dd", null);

    /// <summary>A moment on the contracts' wall clock.</summary>
    protected static string Show(Instant at) => ChinaTime.Show(at).ToString("uuuu-MM-dd HH:mm:ss", null);
}
