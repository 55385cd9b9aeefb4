using Ledger.Domain.Json;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Terms;

/// <summary>The partial first assessment period (reading ydl-annex.3.2-first).</summary>
public enum FirstAssessmentPeriod
{
    /// <summary>A period of its own.</summary>
    Own,

    /// <summary>Joined with the one after it.</summary>
    Joined,
}

/// <summary>
/// Assessment periods that run from one day of the month to the day before it in the next, clipped to the term, and are
/// settled so many at a time (yongdinglu annex 3). Deductions of the given clauses are taken from the first instalment
/// whose cut-off is on or after their group's last day.
/// </summary>
[Discriminator("assessment_periods")]
public sealed record AssessmentPeriods(int StartDay, int Group, FirstAssessmentPeriod First, IReadOnlyList<string> Clauses) : RuleBlock
{
    /// <summary>The assessment periods of a term in order, both days inclusive.</summary>
    public IReadOnlyList<(LocalDate From, LocalDate To)> Of(LocalDate from, LocalDate to)
    {
        var periods = new List<(LocalDate From, LocalDate To)>();
        for (var start = from; start <= to; )
        {
            var next = ServiceMonths.Beginning(start.ToYearMonth(), StartDay);
            next = start < next ? next : ServiceMonths.Beginning(start.ToYearMonth().PlusMonths(1), StartDay);
            periods.Add((start, LocalDate.Min(next.PlusDays(-1), to)));
            start = next;
        }

        if (First == FirstAssessmentPeriod.Joined && periods.Count > 1 && from.Day != StartDay)
        {
            periods[1] = (periods[0].From, periods[1].To);
            periods.RemoveAt(0);
        }

        return periods;
    }

    /// <summary>The number of the assessment period of a date (from 1); before the term the first, after it the last.</summary>
    public int NumberOf(LocalDate date, LocalDate from, LocalDate to)
    {
        var periods = Of(from, to).ToList();
        var index = periods.FindIndex(p => date <= p.To);
        return index < 0 ? periods.Count : index + 1;
    }

    /// <summary>The last day of the group in which a date is settled.</summary>
    public LocalDate SettledOn(LocalDate date, LocalDate from, LocalDate to)
    {
        var periods = Of(from, to);
        var last = (NumberOf(date, from, to) - 1) / Group * Group + Group;
        return periods[Math.Min(last, periods.Count) - 1].To;
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (StartDay is < 1 or > 31 || Group < 1)
        {
            yield return new Fault("", "expected a start day from 1 to 31 and groups of 1 or more");
        }
    }
}
