using System.Reflection;
using Ledger.Domain.Events;

namespace Ledger.Tests.Events;

public sealed class EventCatalogueTests
{
    /// <summary>An alias is on disk for ever: this list only grows.</summary>
    private static readonly string[] Aliases =
    [
        "case_received",
        "case_signed",
        "case_returned",
        "case_dispatched",
        "citizen_contacted",
        "case_urged",
        "case_replied",
        "case_followed_up",
        "case_carried_over",
        "carry_over_reported",
        "exclusion_requested",
        "exclusion_decided",
        "case_closed",
        "deadline_extended",
        "case_amended",
        "case_voided",
        "case_scored",
        "case_reopened",
        "patrol_round_recorded",
        "issue_found",
        "issue_reported",
        "issue_resolved",
        "patrol_quota_set",
        "monthly_rating_published",
        "complaint_received",
        "staff_replacement_requested",
        "staff_replaced",
        "staff_departed",
        "deliverable_submitted",
        "obligation_overdue",
        "notice_received",
        "work_report_submitted",
        "added_service_quoted",
        "added_service_answered",
        "bank_account_changed",
        "funding_delayed",
        "funding_arrived",
        "force_majeure_notified",
        "contract_registered",
        "contract_amended",
        "reading_recorded",
        "contract_renewed",
        "contract_terminated",
        "scoring_scheme_adopted",
        "actor_registered",
        "actor_withdrawn",
        "historical_load_declared",
        "score_sheet_submitted",
        "interview_held",
        "remediation_plan_filed",
        "remediation_accepted",
        "obligation_performed",
        "spot_check_concluded",
        "finding_opened",
        "finding_noted",
        "finding_cleared",
        "deduction_assessed",
        "loss_claimed",
        "liquidated_damages_claimed",
        "advance_paid",
        "deduction_confirmed",
        "deduction_waived",
        "deduction_disputed",
        "dispute_decided",
        "period_report_submitted",
        "period_accepted",
        "period_rejected",
        "deliverable_accepted",
        "deliverable_rejected",
        "statement_issued",
        "invoice_received",
        "invoice_rejected",
        "payment_suspended",
        "payment_resumed",
        "payment_made",
        "refund_received",
        "audit_opened",
        "audit_adjustment_made",
        "audit_concluded",
        "audit_waived",
        "settlement_agreed",
        "calendar_published",
        "assessment_run",
        "deduction_proposed",
        "deduction_withdrawn",
        "deduction_remedied",
        "adjustment_posted",
        "personal_data_erased",
        "personal_data_disclosed",
        "user_registered",
        "user_invited",
        "password_set",
        "user_locked",
        "user_withdrawn",
        "token_issued",
        "token_revoked",
        "webhook_registered",
        "webhook_secret_renewed",
        "webhook_stopped",
        "webhook_resumed",
        "webhook_withdrawn",
    ];

    [Fact]
    public void The_aliases_are_exactly_these() => Assert.Equal(Aliases, EventCatalogue.All.Select(t => t.Alias));

    [Fact]
    public void Every_kind_of_event_data_has_one_alias()
    {
        var records = typeof(EventData).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(EventData)) && !t.IsAbstract);
        Assert.Equal(
            records.OrderBy(t => t.Name, StringComparer.Ordinal),
            EventCatalogue.All.Select(t => t.Data).OrderBy(t => t.Name, StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Derived_events_come_last_and_are_recorded_by_the_ledger_alone() =>
        Assert.Equal(Aliases[^19..], EventCatalogue.All.Where(t => t.Class == EventClass.Derived).Select(t => t.Alias));

    [Theory]
    [InlineData("case_received", "case/1", "1")]
    [InlineData("case_received", "case/", null)]
    [InlineData("case_received", "patrol/1", null)]
    [InlineData("notice_received", "claim/c-1", "c-1")]
    [InlineData("notice_received", "contract", "")]
    [InlineData("deduction_confirmed", "deduction/4.6.1:case/1:2025-11", "4.6.1:case/1:2025-11")]
    public void A_type_stands_only_in_its_own_streams(string alias, string subject, string? key) =>
        Assert.Equal(key, EventCatalogue.Find(alias)!.KeyOf(subject));

    [Fact]
    public void Event_records_hold_no_binary_floating_point()
    {
        var floating = typeof(EventData)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(p =>
                (Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType) is { } type
                && (type == typeof(double) || type == typeof(float))
            );
        Assert.Empty(floating);
    }
}
