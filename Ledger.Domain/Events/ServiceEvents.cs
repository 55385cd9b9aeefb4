using Ledger.Domain.Json;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>Facts about the service as a whole: ratings, complaints, staff, deliverables, obligations, reports, quotes.</summary>
public abstract record ServiceEvent : EventData;

/// <summary>The city's monthly assessment tier of a sub-district.</summary>
public enum Tier
{
    /// <summary>优秀.</summary>
    Excellent,

    /// <summary>良好.</summary>
    Good,

    /// <summary>待提升.</summary>
    NeedsImprovement,
}

/// <summary>The city published the rating of a cycle; subject <c>rating/{cycle}</c>.</summary>
public sealed record MonthlyRatingPublished(YearMonth Cycle, Tier Tier, decimal? Score = null, int? Rank = null) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) =>
        SameAsSubject("cycle", CycleText(Cycle), key).Concat(Between("rank", Rank, 1, int.MaxValue));

    /// <inheritdoc/>
    public override IEnumerable<Fault> FaultsAt(Instant time) => NearTo("cycle", Cycle, time);

    /// <summary>A cycle as it is written: 2025-11.</summary>
    public static string CycleText(YearMonth cycle) => $"{cycle.Year:0000}-{cycle.Month:00}";
}

/// <summary>A complaint about the vendor's team; subject <c>complaint/{id}</c>.</summary>
public sealed record ComplaintReceived(string About, bool Upheld) : ServiceEvent;

/// <summary>The least number of issues to be reported between two dates; subject <c>contract</c>.</summary>
public sealed record PatrolQuotaSet(int Count, LocalDate From, LocalDate To) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Between("count", Count, 0, int.MaxValue).Concat(Ordered("to", From, To));

    internal static IEnumerable<Fault> Ordered(string field, LocalDate from, LocalDate to)
    {
        if (to < from)
        {
            yield return new Fault("." + field, "expected a date on or after .from");
        }
    }
}

/// <summary>The principal asked for somebody to be replaced; subject <c>staff/{person}</c>.</summary>
public sealed record StaffReplacementRequested(string Person) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => SameAsSubject("person", Person, key);
}

/// <summary>Somebody took that person's place; whether qualified, the principal says.</summary>
public sealed record StaffReplaced(string Person, string By, bool Qualified) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => SameAsSubject("person", Person, key);
}

/// <summary>Somebody left; <c>noticeOn</c> is the date of the request to leave, <c>approved</c> whether it was agreed to.</summary>
public sealed record StaffDeparted(string Person, bool Approved, LocalDate? NoticeOn = null) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => SameAsSubject("person", Person, key);
}

/// <summary>A deliverable was handed in; ordinals count from 1; subject <c>deliverable/{item}</c>.</summary>
public sealed record DeliverableSubmitted(string Item, int Ordinal, LocalDate On) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) =>
        SameAsSubject("item", Item, key).Concat(Between("ordinal", Ordinal, 1, int.MaxValue));
}

/// <summary>
/// An obligation was not performed by <c>dueOn</c>; subject <c>obligation/{name}</c>. The stream's latest event decides.
/// </summary>
public sealed record ObligationOverdue(string Obligation, LocalDate DueOn, LocalDate? PerformedOn = null) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => SameAsSubject("obligation", Obligation, key);
}

/// <summary>The obligation was performed on that date (a decision of the principal).</summary>
public sealed record ObligationPerformed(LocalDate On) : ServiceEvent;

/// <summary>What a notice is about.</summary>
public enum NoticeOf
{
    /// <summary>The contract is terminated.</summary>
    Termination,

    /// <summary>A breach is to be cured.</summary>
    Breach,

    /// <summary>A shortfall is to be paid.</summary>
    Shortfall,
}

/// <summary>The vendor received a notice, from which clauses count days; subject <c>claim/{id}</c> or <c>contract</c>.</summary>
public sealed record NoticeReceived(LocalDate On, NoticeOf Of) : ServiceEvent;

/// <summary>How often a report is due.</summary>
public enum ReportKind
{
    /// <summary>日报.</summary>
    Daily,

    /// <summary>周报.</summary>
    Weekly,

    /// <summary>月报.</summary>
    Monthly,

    /// <summary>季报.</summary>
    Quarterly,

    /// <summary>年报.</summary>
    Yearly,
}

/// <summary>A work report was handed in; subject <c>report/{kind}/{no}</c>.</summary>
public sealed record WorkReportSubmitted(ReportKind Kind, string For, LocalDate On) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => SameAsSubject("kind", Words<ReportKind>.Of(Kind), key.Split('/')[0]);
}

/// <summary>The vendor quoted an added service; subject <c>quote/{id}</c>.</summary>
public sealed record AddedServiceQuoted(Cny Amount, LocalDate On) : ServiceEvent;

/// <summary>The principal answered the quote.</summary>
public sealed record AddedServiceAnswered(bool Accepted) : ServiceEvent;

/// <summary>The vendor's account changed; only its digest is kept; subject <c>contract</c>.</summary>
public sealed record BankAccountChanged(LocalDate NoticedOn, string AccountDigest) : ServiceEvent;

/// <summary>The public funds for the contract are late; subject <c>contract</c>.</summary>
public sealed record FundingDelayed(string? Reason = null) : ServiceEvent;

/// <summary>The public funds arrived.</summary>
public sealed record FundingArrived(string? Reason = null) : ServiceEvent;

/// <summary>Force majeure was notified for a span; subject <c>contract</c>.</summary>
public sealed record ForceMajeureNotified(LocalDate From, string Reason, LocalDate? Until = null) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => Until is { } until ? PatrolQuotaSet.Ordered("until", From, until) : [];
}

/// <summary>How one sampled record turned out.</summary>
public enum Verdict
{
    /// <summary>The record is true.</summary>
    Genuine,

    /// <summary>The record is false (虚假记录).</summary>
    Falsified,
}

/// <summary>One record of a spot check: the subject looked at, and what was found.</summary>
public sealed record SampledRecord(string Subject, Verdict Verdict, string? Reason = null);

/// <summary>
/// A spot check of service records was concluded; subject <c>spotcheck/{id}</c>. A subject may appear twice; any
/// falsified verdict counts. A decision: every subject must be on record.
/// </summary>
public sealed record SpotCheckConcluded(IReadOnlyList<SampledRecord> Sampled) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (Sampled.Count == 0)
        {
            yield return new Fault(".sampled", "expected at least one sampled record");
        }
    }
}

/// <summary>What costs a score sheet fifty points.</summary>
public enum PenaltyKind
{
    /// <summary>零分工单.</summary>
    ZeroScoreCase,

    /// <summary>因过失造成不良影响.</summary>
    NegligentHarm,

    /// <summary>严重失密.</summary>
    SecrecyBreach,
}

/// <summary>A penalty on a score sheet; the case it names need not be on record.</summary>
public sealed record SheetPenalty(PenaltyKind Kind, string? Case = null);

/// <summary>
/// A score sheet of one person or team for a quarter; subject <c>evaluation/{quarter}</c>. Submitted again under the
/// same sheet name it replaces itself. Which scores are offered, the contract says.
/// </summary>
public sealed record ScoreSheetSubmitted(
    int Quarter,
    string Sheet,
    IReadOnlyDictionary<string, int> Items,
    IReadOnlyList<SheetPenalty> Penalties,
    string? Person = null
) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) =>
        SameAsSubject("quarter", Quarter.ToString(), key).Concat(NotEmpty("sheet", Sheet));
}

/// <summary>The interview after a poor rating was held; subject <c>rating/{cycle}</c>.</summary>
public sealed record InterviewHeld(YearMonth Cycle) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => SameAsSubject("cycle", MonthlyRatingPublished.CycleText(Cycle), key);
}

/// <summary>The vendor filed its plan after a poor rating.</summary>
public sealed record RemediationPlanFiled(YearMonth Cycle) : ServiceEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => SameAsSubject("cycle", MonthlyRatingPublished.CycleText(Cycle), key);
}
