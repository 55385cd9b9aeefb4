using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>What concerns the whole ledger; contract <c>_ledger</c>.</summary>
public abstract record LedgerWideEvent : EventData;

/// <summary>
/// The working-day calendar as announced; it replaces the one before as a whole, for every moment of the log from its
/// position on. Days not listed follow the week. Subject <c>calendar</c>.
/// </summary>
/// <param name="PublishedYears">The years that are announced; a deadline that reaches into another is provisional.</param>
/// <param name="Holidays">Days off in these years.</param>
/// <param name="MakeUpWorkingDays">Saturdays and Sundays on which offices work.</param>
/// <param name="Source">Where it was announced.</param>
public sealed record CalendarPublished(
    IReadOnlyList<int> PublishedYears,
    IReadOnlyList<LocalDate> Holidays,
    IReadOnlyList<LocalDate> MakeUpWorkingDays,
    string? Source = null
) : LedgerWideEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        var years = PublishedYears.ToHashSet();
        if (years.Count == 0)
        {
            yield return new Fault(".publishedYears", "expected at least one year");
        }

        foreach (var (name, dates) in new[] { ("holidays", Holidays), ("makeUpWorkingDays", MakeUpWorkingDays) })
        {
            for (var i = 0; i < dates.Count; i++)
            {
                if (!years.Contains(dates[i].Year))
                {
                    yield return new Fault($".{name}[{i}]", $"expected a date of a published year, got {dates[i]:uuuu-MM-dd}");
                }
            }
        }

        var holidays = Holidays.ToHashSet();
        for (var i = 0; i < MakeUpWorkingDays.Count; i++)
        {
            if (holidays.Contains(MakeUpWorkingDays[i]))
            {
                yield return new Fault($".makeUpWorkingDays[{i}]", $"{MakeUpWorkingDays[i]:uuuu-MM-dd} is a holiday, too");
            }
        }
    }
}
