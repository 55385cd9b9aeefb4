using Ledger.Domain.Events;
using NodaTime;

namespace Ledger.Domain.Rates;

/// <summary>
/// How the three rates of a cycle become one figure: weights that sum to 1, and what a mostly satisfied answer counts. The
/// city's official weights change and are not known here: until a scheme is adopted the illustrative one holds.
/// </summary>
public sealed record ScoringScheme(
    string Name,
    YearMonth FromCycle,
    CycleKind Cycle,
    decimal Response,
    decimal Resolution,
    decimal Satisfaction,
    decimal MostlySatisfied
)
{
    /// <summary>An example, marked as one.</summary>
    public static ScoringScheme Illustrative { get; } =
        new("illustrative", new YearMonth(1, 1), CycleKind.CalendarMonth, 0.10m, 0.50m, 0.40m, 0.9m);

    /// <summary>
    /// The scheme in force for a cycle: of those adopted from a cycle on or before it the latest, of one cycle the last recorded.
    /// </summary>
    public static ScoringScheme InForce(IEnumerable<ScoringSchemeAdopted> adopted, YearMonth cycle) =>
        adopted
            .Where(s => s.FromCycle <= cycle)
            .Select(s => new ScoringScheme(s.Scheme, s.FromCycle, s.Cycle, s.Response, s.Resolution, s.Satisfaction, s.MostlySatisfied))
            .Aggregate(Illustrative, (best, next) => next.FromCycle >= best.FromCycle ? next : best);

    /// <summary>The cycle of a date: its calendar month, or from the 19th on the next month's.</summary>
    public YearMonth CycleOf(LocalDate date) =>
        Cycle == CycleKind.From19th && date.Day >= 19 ? date.PlusMonths(1).ToYearMonth() : date.ToYearMonth();

    /// <summary>The months of which cases have to be known for a cycle (<see cref="CaseFigures.MonthsOf"/>): those of its days.</summary>
    public IReadOnlyList<YearMonth> MonthsOf(YearMonth cycle) =>
        [DaysOf(cycle).From.ToYearMonth(), .. Cycle == CycleKind.From19th ? [cycle] : (YearMonth[])[]];

    /// <summary>The first and the last day of a cycle.</summary>
    public (LocalDate From, LocalDate To) DaysOf(YearMonth cycle)
    {
        var first = cycle.OnDayOfMonth(1);
        return Cycle == CycleKind.From19th
            ? (first.PlusMonths(-1).PlusDays(18), first.PlusDays(17))
            : (first, first.PlusMonths(1).PlusDays(-1));
    }
}
