using Ledger.Domain.Contracts;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Assessments;

/// <summary>
/// When every contract is assessed without being asked: each day at a wall-clock time in China, as of the end of the day before. A time
/// that passed unused (nothing ran then) is made up for at the next look, once.
/// </summary>
/// <param name="At">The wall-clock time.</param>
public sealed record AssessmentSchedule(LocalTime At)
{
    /// <summary>As of what the last one was due: the end of the day before the latest such time up to <paramref name="now"/>.</summary>
    public Instant DueAsOf(Instant now) => ChinaTime.EndOf(LastDay(now).PlusDays(-1));

    /// <summary>When the next one is due.</summary>
    public Instant NextAfter(Instant now) => ChinaTime.At(LastDay(now).PlusDays(1), At);

    /// <summary>
    /// Whether a contract is to be assessed as of an instant: its term has begun by then, it is not settled, and no assessment of that
    /// instant or a later one is on record.
    /// </summary>
    public static bool Concerns(ContractAccount account, Instant asOf) =>
        account.Terms.From <= ChinaTime.DateOf(asOf) && !account.Settlement.Concluded && !(account.LastAsOf >= asOf);

    private LocalDate LastDay(Instant now)
    {
        var today = ChinaTime.DateOf(now);
        return ChinaTime.At(today, At) <= now ? today : today.PlusDays(-1);
    }
}
