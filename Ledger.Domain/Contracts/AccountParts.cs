using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>The rating of a cycle as an account knows it: the latest by time; with the dates of the interview and the plan.</summary>
public sealed record Rating(Tier Tier, Instant At, string EventId, LocalDate? InterviewedOn = null, LocalDate? PlannedOn = null)
{
    /// <summary>The date on which it was published.</summary>
    [JsonIgnore]
    public LocalDate On => ChinaTime.DateOf(At);
}

/// <summary>An obligation as an account knows it: the latest event of its stream by time decides.</summary>
public sealed record ObligationState(Instant At, string EventId, LocalDate? DueOn = null, LocalDate? PerformedOn = null)
{
    /// <summary>The date of the event that decides.</summary>
    [JsonIgnore]
    public LocalDate RecordedFor => ChinaTime.DateOf(At);
}

/// <summary>A claim that was made; no amount where the clause sets it.</summary>
public sealed record ClaimState(string Clause, Instant At, long Position, string EventId, Cny? Amount = null, LossKind? Kind = null)
{
    /// <summary>The date of the claim.</summary>
    [JsonIgnore]
    public LocalDate On => ChinaTime.DateOf(At);
}

/// <summary>A notice that the vendor received, from which clauses count days.</summary>
public sealed record Notice(string Subject, LocalDate On, NoticeOf Of, Instant At, string EventId);

/// <summary>A span of force majeure that was notified; open-ended without <c>Until</c>.</summary>
public sealed record ForceMajeureSpan(LocalDate From, LocalDate? Until, string EventId, Instant NotifiedAt);

/// <summary>A deliverable that was handed in, and the date on which it was accepted.</summary>
public sealed record DeliverableState(LocalDate? AcceptedOn = null);

/// <summary>The early end of a contract.</summary>
public sealed record Termination(LocalDate On, string Clause, TerminationCause Cause, string EventId);

/// <summary>Terms that an amendment replaced: they held up to and including that day.</summary>
public sealed record SupersededTerms(ContractTerms Terms, LocalDate Until);

/// <summary>What is open about the contract as a whole: audit, settlement, refunds.</summary>
public sealed record SettlementState(
    bool AuditOpen,
    bool Concluded,
    bool AuditWaived,
    Cny Refunded,
    Cny AuditAdjustments,
    LocalDate? RefundedOn = null,
    LocalDate? ConcludedOn = null,
    bool Agreed = false
)
{
    /// <summary>Nothing settled yet.</summary>
    public static SettlementState None { get; } = new(false, false, false, Cny.Zero, Cny.Zero);
}

/// <summary>The terms that hold for the dates after one day and up to another, in some of the payment periods.</summary>
public sealed record TermsInForce(ContractTerms Terms, LocalDate? After, LocalDate? Until, IReadOnlyList<int> Periods)
{
    /// <summary>Whether what arose on that date and counts in that period is judged by these terms.</summary>
    public bool Cover(LocalDate date, int period) => Holds(date) && Periods.Contains(period);

    /// <summary>Whether they hold on that date.</summary>
    public bool Holds(LocalDate date) => (After is null || date > After) && (Until is null || date <= Until);
}
