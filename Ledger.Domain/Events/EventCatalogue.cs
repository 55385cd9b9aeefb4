using System.Collections.Frozen;

namespace Ledger.Domain.Events;

/// <summary>How an event may enter the log.</summary>
public enum EventClass
{
    /// <summary>Accepted whenever well formed, also when facts contradict each other.</summary>
    Fact,

    /// <summary>Checked against the state of the log; refused when it does not follow from it.</summary>
    Decision,

    /// <summary>Recorded by the ledger alone; refused in an import.</summary>
    Derived,
}

/// <summary>One event type: its alias on the wire and in the log, its class, and the streams it may stand in.</summary>
/// <param name="Alias">The snake_case alias.</param>
/// <param name="Class">How it may enter the log.</param>
/// <param name="Data">The record that holds its data.</param>
/// <param name="Subjects">Subject patterns: a fixed word, or a word, a slash and <c>*</c> for a non-empty key.</param>
public sealed record EventType(string Alias, EventClass Class, Type Data, IReadOnlyList<string> Subjects)
{
    /// <summary>The subject's key (what follows its first slash, or nothing) where the subject fits this type; else null.</summary>
    public string? KeyOf(string subject)
    {
        foreach (var pattern in Subjects)
        {
            if (pattern == subject)
            {
                return "";
            }

            if (pattern[^1] == '*' && subject.Length >= pattern.Length && subject.StartsWith(pattern[..^1], StringComparison.Ordinal))
            {
                return subject[(pattern.Length - 1)..];
            }
        }

        return null;
    }
}

/// <summary>Every event type of the ledger. An alias, once used, never changes its meaning.</summary>
public static class EventCatalogue
{
    /// <summary>All types in the order of the documentation.</summary>
    public static IReadOnlyList<EventType> All { get; } =
    [
        Fact<CaseReceived>("case_received", "case/*"),
        Fact<CaseSigned>("case_signed", "case/*"),
        Fact<CaseReturned>("case_returned", "case/*"),
        Fact<CaseDispatched>("case_dispatched", "case/*"),
        Fact<CitizenContacted>("citizen_contacted", "case/*"),
        Fact<CaseUrged>("case_urged", "case/*"),
        Fact<CaseReplied>("case_replied", "case/*"),
        Fact<CaseFollowedUp>("case_followed_up", "case/*"),
        Fact<CaseCarriedOver>("case_carried_over", "case/*"),
        Fact<CarryOverReported>("carry_over_reported", "case/*"),
        Fact<ExclusionRequested>("exclusion_requested", "case/*"),
        Fact<ExclusionDecided>("exclusion_decided", "case/*"),
        Fact<CaseClosed>("case_closed", "case/*"),
        Fact<DeadlineExtended>("deadline_extended", "case/*"),
        Fact<CaseAmended>("case_amended", "case/*"),
        Fact<CaseVoided>("case_voided", "case/*"),
        Fact<CaseScored>("case_scored", "case/*"),
        Fact<CaseReopened>("case_reopened", "case/*"),
        Fact<PatrolRoundRecorded>("patrol_round_recorded", "patrol/*"),
        Fact<IssueFound>("issue_found", "issue/*"),
        Fact<IssueReported>("issue_reported", "issue/*"),
        Fact<IssueResolved>("issue_resolved", "issue/*"),
        Fact<PatrolQuotaSet>("patrol_quota_set", "contract"),
        Fact<MonthlyRatingPublished>("monthly_rating_published", "rating/*"),
        Fact<ComplaintReceived>("complaint_received", "complaint/*"),
        Fact<StaffReplacementRequested>("staff_replacement_requested", "staff/*"),
        Fact<StaffReplaced>("staff_replaced", "staff/*"),
        Fact<StaffDeparted>("staff_departed", "staff/*"),
        Fact<DeliverableSubmitted>("deliverable_submitted", "deliverable/*"),
        Fact<ObligationOverdue>("obligation_overdue", "obligation/*"),
        Fact<NoticeReceived>("notice_received", "claim/*", "contract"),
        Fact<WorkReportSubmitted>("work_report_submitted", "report/*"),
        Fact<AddedServiceQuoted>("added_service_quoted", "quote/*"),
        Fact<AddedServiceAnswered>("added_service_answered", "quote/*"),
        Fact<BankAccountChanged>("bank_account_changed", "contract"),
        Fact<FundingDelayed>("funding_delayed", "contract"),
        Fact<FundingArrived>("funding_arrived", "contract"),
        Fact<ForceMajeureNotified>("force_majeure_notified", "contract"),
        Decision<ContractRegistered>("contract_registered", "contract"),
        Decision<ContractAmended>("contract_amended", "contract"),
        Decision<ReadingRecorded>("reading_recorded", "contract"),
        Decision<ContractRenewed>("contract_renewed", "contract"),
        Decision<ContractTerminated>("contract_terminated", "contract"),
        Decision<ScoringSchemeAdopted>("scoring_scheme_adopted", "contract"),
        Decision<HistoricalLoadDeclared>("historical_load_declared", "load/*"),
        Decision<ScoreSheetSubmitted>("score_sheet_submitted", "evaluation/*"),
        Decision<InterviewHeld>("interview_held", "rating/*"),
        Decision<RemediationPlanFiled>("remediation_plan_filed", "rating/*"),
        Decision<RemediationAccepted>("remediation_accepted", "deduction/*"),
        Decision<ObligationPerformed>("obligation_performed", "obligation/*"),
        Decision<SpotCheckConcluded>("spot_check_concluded", "spotcheck/*"),
        Decision<FindingOpened>("finding_opened", "finding/*"),
        Decision<FindingNoted>("finding_noted", "finding/*"),
        Decision<FindingCleared>("finding_cleared", "finding/*"),
        Decision<DeductionAssessed>("deduction_assessed", "assessment/*"),
        Decision<LossClaimed>("loss_claimed", "claim/*"),
        Decision<LiquidatedDamagesClaimed>("liquidated_damages_claimed", "claim/*"),
        Decision<AdvancePaid>("advance_paid", "claim/*"),
        Decision<DeductionConfirmed>("deduction_confirmed", "deduction/*"),
        Decision<DeductionWaived>("deduction_waived", "deduction/*"),
        Decision<DeductionDisputed>("deduction_disputed", "deduction/*"),
        Decision<DisputeDecided>("dispute_decided", "deduction/*"),
        Decision<PeriodReportSubmitted>("period_report_submitted", "period/*"),
        Decision<PeriodAccepted>("period_accepted", "period/*"),
        Decision<PeriodRejected>("period_rejected", "period/*"),
        Decision<DeliverableAccepted>("deliverable_accepted", "deliverable/*"),
        Decision<DeliverableRejected>("deliverable_rejected", "deliverable/*"),
        Decision<StatementIssued>("statement_issued", "period/*"),
        Decision<InvoiceReceived>("invoice_received", "period/*"),
        Decision<InvoiceRejected>("invoice_rejected", "period/*"),
        Decision<PaymentSuspended>("payment_suspended", "period/*"),
        Decision<PaymentResumed>("payment_resumed", "period/*"),
        Decision<PaymentMade>("payment_made", "period/*"),
        Decision<RefundReceived>("refund_received", "settlement"),
        Decision<AuditOpened>("audit_opened", "settlement"),
        Decision<AuditAdjustmentMade>("audit_adjustment_made", "settlement"),
        Decision<AuditConcluded>("audit_concluded", "settlement"),
        Decision<AuditWaived>("audit_waived", "settlement"),
        Decision<SettlementAgreed>("settlement_agreed", "settlement"),
        Decision<CalendarPublished>("calendar_published", "calendar"),
        Derived<AssessmentRun>("assessment_run", "assessments"),
        Derived<DeductionProposed>("deduction_proposed", "deduction/*"),
        Derived<DeductionWithdrawn>("deduction_withdrawn", "deduction/*"),
        Derived<DeductionRemedied>("deduction_remedied", "deduction/*"),
        Derived<AdjustmentPosted>("adjustment_posted", "deduction/*"),
        Derived<PersonalDataErased>("personal_data_erased", "personal/*"),
        Derived<PersonalDataDisclosed>("personal_data_disclosed", "personal/*"),
    ];

    private static readonly FrozenDictionary<string, EventType> ByAlias = All.ToFrozenDictionary(t => t.Alias);
    private static readonly FrozenDictionary<Type, EventType> ByData = All.ToFrozenDictionary(t => t.Data);

    /// <summary>
    /// Aliases of the many events about single cases, rounds and issues: whoever folds a contract's account can leave
    /// them unread.
    /// </summary>
    public static IReadOnlyList<string> MassFacts { get; } =
    [.. All.Where(t => t.Data.IsAssignableTo(typeof(CaseEvent)) || t.Data.IsAssignableTo(typeof(FieldEvent))).Select(t => t.Alias)];

    /// <summary>Every alias but that of one type: what a reader that asks for this type alone leaves unread.</summary>
    public static IReadOnlyList<string> AllBut<T>()
        where T : EventData => [.. All.Where(t => t.Data != typeof(T)).Select(t => t.Alias)];

    /// <summary>The alias of a type.</summary>
    public static string Alias<T>()
        where T : EventData => ByData[typeof(T)].Alias;

    /// <summary>The type of an alias; null where there is none.</summary>
    public static EventType? Find(string alias) => ByAlias.GetValueOrDefault(alias);

    /// <summary>The type of an event's data.</summary>
    public static EventType Of(EventData data) => ByData[data.GetType()];

    private static EventType Fact<T>(string alias, params string[] subjects) => new(alias, EventClass.Fact, typeof(T), subjects);

    private static EventType Decision<T>(string alias, params string[] subjects) => new(alias, EventClass.Decision, typeof(T), subjects);

    private static EventType Derived<T>(string alias, params string[] subjects) => new(alias, EventClass.Derived, typeof(T), subjects);
}
