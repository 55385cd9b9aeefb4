using NodaTime;

namespace Ledger.Domain.Time;

/// <summary>Periods as the Civil Code counts them (articles 201 to 203).</summary>
public static class CivilCode
{
    /// <summary>
    /// The last day of a period of <paramref name="days"/> days from an event on <paramref name="start"/>: the
    /// starting day is not counted (art. 201); a last day that is a rest day moves to the next working day (art. 203).
    /// </summary>
    public static DueDate LastDay(LocalDate start, int days, WorkingDays calendar) => calendar.MovedToWorkingDay(start.PlusDays(days));

    /// <summary>
    /// The day on which a term of months counted from an event ends: the corresponding day, or the month's last
    /// day where there is none (art. 202).
    /// </summary>
    public static LocalDate CorrespondingDay(LocalDate start, int months) => start.PlusMonths(months);
}

/// <summary>
/// Service months of a contract's term: each begins on the day of the month on which the term does, and ends on the day before the next.
/// In a month that has no such day it ends with the month (art. 202): a year from 29 February ends on 28 February.
/// </summary>
public static class ServiceMonths
{
    /// <summary>
    /// First and last day of service month <paramref name="k"/> (from 1) of a term that starts on <paramref name="start"/>.
    /// </summary>
    public static (LocalDate From, LocalDate To) Month(LocalDate start, int k) => Months(start, k, 1);

    /// <summary>First and last day of <paramref name="count"/> service months beginning with month <paramref name="k"/>.</summary>
    public static (LocalDate From, LocalDate To) Months(LocalDate start, int k, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return (After(start, k - 1), After(start, k - 1 + count).PlusDays(-1));
    }

    /// <summary>The first day after so many service months.</summary>
    public static LocalDate After(LocalDate start, int months) => Beginning(start.ToYearMonth().PlusMonths(months), start.Day);

    /// <summary>The day in a month on which what begins on a day of each month does: after its end where it has no such day.</summary>
    public static LocalDate Beginning(YearMonth month, int day) =>
        day <= month.Calendar.GetDaysInMonth(month.Year, month.Month) ? month.OnDayOfMonth(day) : month.PlusMonths(1).OnDayOfMonth(1);

    /// <summary>The service month that contains a date; a date before the term belongs to month 1.</summary>
    public static int Of(LocalDate start, LocalDate date)
    {
        var k = 1;
        while (Month(start, k).To < date)
        {
            k++;
        }

        return k;
    }
}
