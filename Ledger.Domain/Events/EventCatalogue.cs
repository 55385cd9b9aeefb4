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

/// <summary>What somebody does with the ledger, and so may record.</summary>
public enum Role
{
    /// <summary>Brings in what platforms, patrollers and the city report.</summary>
    Recorder,

    /// <summary>Acts for the vendor.</summary>
    Vendor,

    /// <summary>Acts for the office.</summary>
    Principal,

    /// <summary>Issues, records invoices, pays.</summary>
    Finance,

    /// <summary>Looks into findings.</summary>
    Investigator,

    /// <summary>Audits the settlement.</summary>
    Auditor,

    /// <summary>Looks after the ledger itself.</summary>
    Administrator,

    /// <summary>The ledger, of its own work.</summary>
    Ledger,
}

/// <summary>One event type: its alias on the wire and in the log, its class, and the streams it may stand in.</summary>
/// <param name="Alias">The snake_case alias.</param>
/// <param name="Class">How it may enter the log.</param>
/// <param name="Data">The record that holds its data.</param>
/// <param name="Subjects">Subject patterns: a fixed word, or a word, a slash and <c>*</c> for a non-empty key.</param>
/// <param name="By">Who may record it.</param>
/// <param name="RefusedWhen">When a decision does not follow from the state, in words; null where it always does.</param>
public sealed record EventType(
    string Alias,
    EventClass Class,
    Type Data,
    IReadOnlyList<string> Subjects,
    IReadOnlyList<Role> By,
    string? RefusedWhen
)
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
        Decision<ContractRegistered>("contract_registered", [Role.Principal], "registered already", "contract"),
        Decision<ContractAmended>(
            "contract_amended",
            [Role.Principal],
            "touches a period whose statement is issued, or changes the fee of one that has begun",
            "contract"
        ),
        Decision<ReadingRecorded>("reading_recorded", [Role.Principal], "unknown reading or choice", "contract"),
        Decision<ContractRenewed>("contract_renewed", [Role.Principal], "against the clause on renewal", "contract"),
        Decision<ContractTerminated>("contract_terminated", [Role.Principal], "ended already, or on a day outside the term", "contract"),
        Decision<ScoringSchemeAdopted>("scoring_scheme_adopted", [Role.Principal], "weights that do not sum to 1", "contract"),
        Decision<ActorRegistered>(
            "actor_registered",
            [Role.Administrator],
            "by one who is no administrator of a register that there is; it would leave none",
            "actor/*"
        ),
        Decision<ActorWithdrawn>("actor_withdrawn", [Role.Administrator], "not in the register, or its last administrator", "actor/*"),
        Decision<HistoricalLoadDeclared>("historical_load_declared", [Role.Administrator], "a day after the declaration", "load/*"),
        Decision<ScoreSheetSubmitted>(
            "score_sheet_submitted",
            [Role.Principal],
            "the contract has no such sheet, or a score that it does not offer",
            "evaluation/*"
        ),
        Decision<InterviewHeld>("interview_held", [Role.Principal], "no rating that calls for it", "rating/*"),
        Decision<RemediationPlanFiled>("remediation_plan_filed", [Role.Vendor], "no rating that calls for it", "rating/*"),
        Decision<RemediationAccepted>(
            "remediation_accepted",
            [Role.Principal],
            "the clause gives no improvement period, or it is over, or the deduction takes nothing",
            "deduction/*"
        ),
        Decision<ObligationPerformed>("obligation_performed", [Role.Principal], null, "obligation/*"),
        Decision<SpotCheckConcluded>(
            "spot_check_concluded",
            [Role.Principal, Role.Investigator],
            "a subject that is not on record, or a finding that was concluded or cleared",
            "spotcheck/*"
        ),
        Decision<FindingOpened>("finding_opened", [Role.Investigator], null, "finding/*"),
        Decision<FindingNoted>("finding_noted", [Role.Investigator], "a finding that was not taken up", "finding/*"),
        Decision<FindingCleared>(
            "finding_cleared",
            [Role.Investigator],
            "a finding that was not taken up, or is cleared or concluded",
            "finding/*"
        ),
        Decision<DeductionAssessed>(
            "deduction_assessed",
            [Role.Principal],
            "a clause that no officer assesses, or an amount outside its range",
            "assessment/*"
        ),
        Decision<LossClaimed>(
            "loss_claimed",
            [Role.Principal],
            "a clause under which no losses are claimed, or a claim id that is taken",
            "claim/*"
        ),
        Decision<LiquidatedDamagesClaimed>(
            "liquidated_damages_claimed",
            [Role.Principal, Role.Vendor],
            "the clause sets none for that side, or the claim id is taken, or others exclude it",
            "claim/*"
        ),
        Decision<AdvancePaid>("advance_paid", [Role.Principal], "the contract has no clause on money advanced", "claim/*"),
        Decision<DeductionConfirmed>(
            "deduction_confirmed",
            [Role.Principal],
            "not proposed, or by whoever concluded the spot check that it rests on",
            "deduction/*"
        ),
        Decision<DeductionWaived>("deduction_waived", [Role.Principal], "not proposed", "deduction/*"),
        Decision<DeductionDisputed>("deduction_disputed", [Role.Vendor], "not confirmed, or its period is settled", "deduction/*"),
        Decision<DisputeDecided>(
            "dispute_decided",
            [Role.Principal],
            "not disputed, or by whoever confirmed it; a reduction that is none",
            "deduction/*"
        ),
        Decision<PeriodReportSubmitted>("period_report_submitted", [Role.Vendor], "no such period", "period/*"),
        Decision<PeriodAccepted>(
            "period_accepted",
            [Role.Principal],
            "nothing submitted where the contract asks for a report, or more than the gross, or issued",
            "period/*"
        ),
        Decision<PeriodRejected>(
            "period_rejected",
            [Role.Principal],
            "nothing submitted where the contract asks for a report, or issued",
            "period/*"
        ),
        Decision<DeliverableAccepted>("deliverable_accepted", [Role.Principal], "not submitted", "deliverable/*"),
        Decision<DeliverableRejected>("deliverable_rejected", [Role.Principal], "not submitted", "deliverable/*"),
        Decision<StatementIssued>("statement_issued", [Role.Finance], "not accepted, or issued already", "period/*"),
        Decision<InvoiceReceived>("invoice_received", [Role.Finance], "a number that was used before", "period/*"),
        Decision<InvoiceRejected>("invoice_rejected", [Role.Finance], "no such invoice waits", "period/*"),
        Decision<PaymentSuspended>("payment_suspended", [Role.Principal], "no right to suspend has arisen", "period/*"),
        Decision<PaymentResumed>("payment_resumed", [Role.Principal], "not suspended", "period/*"),
        Decision<PaymentMade>(
            "payment_made",
            [Role.Finance],
            "a gate is not met, suspended, more than is outstanding, a day to come, or by whoever confirmed deductions of the period",
            "period/*"
        ),
        Decision<RefundReceived>("refund_received", [Role.Finance], "more than was paid and is owed back, or a day to come", "settlement"),
        Decision<AuditOpened>("audit_opened", [Role.Auditor], "the contract sets no audit, or it was opened", "settlement"),
        Decision<AuditAdjustmentMade>("audit_adjustment_made", [Role.Auditor], "no audit is open", "settlement"),
        Decision<AuditConcluded>(
            "audit_concluded",
            [Role.Auditor],
            "no audit is open, a dispute is, or a period was not assessed",
            "settlement"
        ),
        Decision<AuditWaived>("audit_waived", [Role.Principal], "the contract does not allow it", "settlement"),
        Decision<SettlementAgreed>(
            "settlement_agreed",
            [Role.Principal, Role.Vendor],
            "the contract calls for an audit that was neither concluded nor waived",
            "settlement"
        ),
        Decision<CalendarPublished>(
            "calendar_published",
            [Role.Administrator],
            "a day that is listed twice, or in no published year",
            "calendar"
        ),
        Derived<AssessmentRun>("assessment_run", "assessments"),
        Derived<DeductionProposed>("deduction_proposed", "deduction/*"),
        Derived<DeductionWithdrawn>("deduction_withdrawn", "deduction/*"),
        Derived<DeductionRemedied>("deduction_remedied", "deduction/*"),
        Derived<AdjustmentPosted>("adjustment_posted", "deduction/*"),
        Derived<PersonalDataErased>("personal_data_erased", "personal/*"),
        Derived<PersonalDataDisclosed>("personal_data_disclosed", "personal/*"),
        Derived<UserRegistered>("user_registered", "user/*"),
        Derived<UserInvited>("user_invited", "user/*"),
        Derived<PasswordSet>("password_set", "user/*"),
        Derived<UserLocked>("user_locked", "user/*"),
        Derived<UserWithdrawn>("user_withdrawn", "user/*"),
        Derived<TokenIssued>("token_issued", "user/*"),
        Derived<TokenRevoked>("token_revoked", "user/*"),
        Derived<WebhookRegistered>("webhook_registered", "webhook/*"),
        Derived<WebhookSecretRenewed>("webhook_secret_renewed", "webhook/*"),
        Derived<WebhookStopped>("webhook_stopped", "webhook/*"),
        Derived<WebhookResumed>("webhook_resumed", "webhook/*"),
        Derived<WebhookWithdrawn>("webhook_withdrawn", "webhook/*"),
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

    /// <summary>The type of some data.</summary>
    public static EventType Of<T>()
        where T : EventData => ByData[typeof(T)];

    /// <summary>The type of an event's data.</summary>
    public static EventType Of(EventData data) => ByData[data.GetType()];

    private static EventType Fact<T>(string alias, params string[] subjects) =>
        new(alias, EventClass.Fact, typeof(T), subjects, [Role.Recorder], null);

    private static EventType Decision<T>(string alias, Role[] by, string? refusedWhen, params string[] subjects) =>
        new(alias, EventClass.Decision, typeof(T), subjects, by, refusedWhen);

    private static EventType Derived<T>(string alias, params string[] subjects) =>
        new(alias, EventClass.Derived, typeof(T), subjects, [Role.Ledger], null);
}
