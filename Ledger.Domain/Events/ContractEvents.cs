using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>Decisions about the contract itself; subject <c>contract</c>.</summary>
public abstract record ContractEvent : EventData;

/// <summary>A contract was registered with its whole terms, as <c>contracts/terms.schema.json</c> has them.</summary>
public sealed record ContractRegistered(JsonElement Terms) : ContractEvent;

/// <summary>
/// The contract was amended from a date on. <c>from</c> and <c>to</c> move the term and all periods with it; other
/// changes replace top-level properties of the terms. Refused where it touches a locked period.
/// </summary>
public sealed record ContractAmended(
    LocalDate EffectiveFrom,
    string Document,
    LocalDate? From = null,
    LocalDate? To = null,
    JsonElement? Terms = null
) : ContractEvent;

/// <summary>An open question of the contract was answered: from the next run on, for every period that is not locked.</summary>
public sealed record ReadingRecorded(string Clause, string Reading, string Choice, string Reason) : ContractEvent;

/// <summary>The contract was renewed for a further term at a price.</summary>
public sealed record ContractRenewed(LocalDate From, LocalDate To, Cny Price, bool AssessmentPassed, Cny? ApprovedBudget = null)
    : ContractEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => PatrolQuotaSet.Ordered("to", From, To);
}

/// <summary>Why a contract ends early.</summary>
public enum TerminationCause
{
    /// <summary>乙方违约.</summary>
    VendorBreach,

    /// <summary>政策变化.</summary>
    PolicyChange,

    /// <summary>协商一致.</summary>
    Mutual,

    /// <summary>不可抗力.</summary>
    ForceMajeure,

    /// <summary>甲方违约.</summary>
    PrincipalBreach,
}

/// <summary>The contract ends early; served up to and including <c>on</c>.</summary>
public sealed record ContractTerminated(LocalDate On, string Clause, TerminationCause Cause) : ContractEvent;

/// <summary>How rates are cut into cycles.</summary>
public enum CycleKind
{
    /// <summary>By calendar month.</summary>
    CalendarMonth,

    /// <summary>From the 19th to the 18th.</summary>
    [JsonStringEnumMemberName("from_19th")]
    From19th,
}

/// <summary>Weights of the three rates from a cycle on; they sum to 1; <c>mostlySatisfied</c> counts 0 to 1.</summary>
public sealed record ScoringSchemeAdopted(
    string Scheme,
    YearMonth FromCycle,
    CycleKind Cycle,
    decimal Response,
    decimal Resolution,
    decimal Satisfaction,
    decimal MostlySatisfied
) : ContractEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        foreach (
            var fault in Between("response", Response, 0, 1)
                .Concat(Between("resolution", Resolution, 0, 1))
                .Concat(Between("satisfaction", Satisfaction, 0, 1))
                .Concat(Between("mostlySatisfied", MostlySatisfied, 0, 1))
        )
        {
            yield return fault;
        }

        if (Response + Resolution + Satisfaction != 1)
        {
            yield return new Fault("", "expected weights that sum to 1");
        }
    }
}

/// <summary>
/// What a source told of a span was loaded at once, long after it happened: that it was recorded late, and together, says nothing against
/// it. Days inclusive, none after the declaration. Subject <c>load/{source}</c>.
/// </summary>
/// <param name="Source">The source of the events.</param>
public sealed record HistoricalLoadDeclared(string Source, LocalDate From, LocalDate Until, string Reason) : ContractEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) =>
        SameAsSubject("source", Source, key).Concat(PatrolQuotaSet.Ordered("until", From, Until)).Concat(NotEmpty("reason", Reason));

    /// <inheritdoc/>
    public override IEnumerable<Fault> FaultsAt(Instant time)
    {
        if (Until > ChinaTime.DateOf(time))
        {
            yield return new Fault(
                ".until",
                $"expected a day up to that of the declaration, got {Until:uuuu-MM-dd}: what comes is no history"
            );
        }
    }

    /// <summary>Whether it covers an event.</summary>
    public bool Covers(LedgerEvent e) => e.Source == Source && e.OccurredOn >= From && e.OccurredOn <= Until;
}
