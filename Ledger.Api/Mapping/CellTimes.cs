using Ledger.Api.Tables;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Api.Mapping;

/// <summary>
/// Moments, dates and months in cells: a sheet's dates, the mapping's formats in its zone, and ISO 8601. A number is one only where the
/// sheet shows it as a date, where the mapping has a format for its digits, or where it says that a column holds serial numbers.
/// </summary>
internal sealed class CellTimes(ImportMapping mapping, WorkingDays calendar)
{
    private const decimal MicrosecondsPerHour = 3_600_000_000m;

    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[mapping.TimeZone];
    private readonly HashSet<string> serial = [.. mapping.SerialDates ?? []];

    private readonly TimeFormat[] formats =
    [
        .. (mapping.TimeFormats ?? [])
            .Concat(["uuuu-MM-dd HH:mm:ss", "uuuu-MM-dd'T'HH:mm:ss.FFFFFFFFF", "uuuu-MM-dd", "uuuu-MM"])
            .Select(f => TimeFormat.Parse(f, out var problem) ?? throw new ArgumentException(problem, nameof(mapping))),
    ];

    /// <summary>When something happened, as a cell tells it, and how exactly; null, with what is wrong, where it holds no time.</summary>
    public (Instant At, TimePrecision? Precision)? Time(Cell cell, string column, MappedEvent e, out string? problem) =>
        Read(cell, column, e.DateMeans ?? mapping.DateMeans, out problem) is var (at, read)
            ? (at, read ?? e.TimePrecision ?? mapping.TimePrecision)
            : null;

    /// <summary>
    /// The moment in a cell of an event's data, where nothing can say that it is not exact; null, with what is wrong, where it holds none.
    /// A date without a time is one only by what it <paramref name="means"/>.
    /// </summary>
    public Instant? Moment(Cell cell, string column, DateMeans? means, TimePrecision? known, out string? problem)
    {
        var said = means ?? mapping.DateMeans;
        if (Read(cell, column, said == DateMeans.Any ? null : said, out problem) is not var (at, precision))
        {
            return null;
        }

        problem = precision == TimePrecision.RepeatedHour ? "the clocks show this hour twice: expected the time with its offset" : null;
        // What is due on a day, and is known to the day alone, is due by its end however it is written.
        return problem is not null ? null
            : means == DateMeans.EndOfDay && known == TimePrecision.Date ? ChinaTime.EndOf(ChinaTime.DateOf(at))
            : at;
    }

    /// <summary>
    /// When a limit ends that runs from the time in a cell; null, with what is wrong, where the cell holds none, or where the limit's end
    /// rests on holidays that are not announced.
    /// </summary>
    public Instant? End(Cell cell, string column, TimePrecision? known, TimeUnit unit, decimal number, out string? problem)
    {
        if (unit == TimeUnit.Hours)
        {
            // What ends so many hours after some moment of a day is no one moment.
            var begun = Read(cell, column, DateMeans.StartOfDay, out problem);
            problem = (begun?.Precision ?? known) is TimePrecision.Date or TimePrecision.RepeatedHour
                ? "hours run from a certain time of the day: expected one, or a limit in days"
                : problem;
            return problem is null ? begun?.At + (ChinaTime.Microsecond * (long)(number * MicrosecondsPerHour)) : null;
        }

        // A day is counted from whichever of its moments.
        if (Read(cell, column, DateMeans.StartOfDay, out problem) is not var (start, _))
        {
            return null;
        }

        var (from, days) = (ChinaTime.DateOf(start), (int)number);
        var end = unit == TimeUnit.Days ? CivilCode.LastDay(from, days, calendar) : calendar.After(from, days);
        problem = end.Provisional
            ? $"expected a limit among years whose holidays are announced, and {number} {(unit == TimeUnit.Days ? "days" : "working days")} "
                + $"from {from:uuuu-MM-dd} are not: record the calendar with \"calendar publish\" first"
            : null;
        return problem is null ? ChinaTime.EndOf(end.On) : null;
    }

    private (Instant At, TimePrecision? Precision)? Read(Cell cell, string column, DateMeans? means, out string? problem)
    {
        if (cell.Kind == CellKind.Text && HasOffset(cell.Text) && Instants.TryParse(cell.Text.Trim(), out var at))
        {
            return Plausible((at, (TimePrecision?)null), at.InUtc().Year, out problem);
        }

        if (Local(cell, column, needsDay: true) is not var (local, isDay))
        {
            return None<(Instant, TimePrecision?)>(out problem);
        }

        if (local.Year is < Instants.FirstYear or > Instants.LastYear)
        {
            return Plausible<(Instant, TimePrecision?)>(default, local.Year, out problem);
        }

        return isDay ? InDay(local.Date, means, out problem) : OnClock(local, out problem);
    }

    private (Instant, TimePrecision?)? OnClock(LocalDateTime local, out string? problem)
    {
        var found = zone.MapLocal(local);
        problem = found.Count == 0 ? "expected a time that the clocks of the mapping's zone show: they pass over this one" : null;
        return found.Count == 0 ? null : (found.First().ToInstant(), found.Count == 2 ? TimePrecision.RepeatedHour : null);
    }

    private (Instant, TimePrecision?)? InDay(LocalDate date, DateMeans? means, out string? problem)
    {
        var (first, last) = (zone.AtStartOfDay(date).ToInstant(), zone.AtStartOfDay(date.PlusDays(1)).ToInstant() - ChinaTime.Microsecond);
        problem =
            means is null
                ? "expected a time, or that the mapping says what a date without one means (\"dateMeans\": \"start_of_day\", "
                    + "\"end_of_day\" or, for an event's time, \"any\")"
            : first != ChinaTime.StartOf(date)
                ? $"expected a time of the day: a date is kept as a day in China, and the mapping's zone is {mapping.TimeZone}"
            : null;
        return problem is null ? (means == DateMeans.EndOfDay ? last : first, TimePrecision.Date) : null;
    }

    /// <summary>The date in a cell; null, with what is wrong, where it holds none.</summary>
    public LocalDate? Date(Cell cell, string column, out string? problem) =>
        Local(cell, column, needsDay: true) is { } read ? Plausible(read.At.Date, read.At.Year, out problem) : None<LocalDate>(out problem);

    /// <summary>The month in a cell; null, with what is wrong, where it holds none.</summary>
    public YearMonth? Month(Cell cell, string column, out string? problem) =>
        Local(cell, column, needsDay: false) is { } read
            ? Plausible(read.At.Date.ToYearMonth(), read.At.Year, out problem)
            : None<YearMonth>(out problem);

    private T? None<T>(out string? problem)
        where T : struct
    {
        problem = $"expected a time such as {string.Join(" or ", formats.Select(f => f.Example).Distinct().Take(3))}, or with an offset";
        return null;
    }

    private static T? Plausible<T>(T value, int year, out string? problem)
        where T : struct
    {
        problem = year is < Instants.FirstYear or > Instants.LastYear
            ? $"expected a year from {Instants.FirstYear} to {Instants.LastYear}, got {year}"
            : null;
        return problem is null ? value : null;
    }

    /// <summary>What a cell says on no clock's zone, and whether it is a day without a time; null where it says none.</summary>
    private (LocalDateTime At, bool IsDay)? Local(Cell cell, string column, bool needsDay)
    {
        switch (cell.Kind)
        {
            case CellKind.Date:
                return cell.At is { } shown ? (shown, cell.IsDay) : null;
            case CellKind.Number when serial.Contains(column):
                return cell.At is { } at ? (at, at.TimeOfDay == LocalTime.Midnight) : null;
            case CellKind.Number or CellKind.Text:
                var text = cell.Kind == CellKind.Number ? CellText.Digits(cell.Text) : CellText.Clean(cell.Text);
                var marks = TimeFormat.Marks(text);
                foreach (var format in formats)
                {
                    if ((format.HasDay || !needsDay) && format.Read(text, marks) is { } read)
                    {
                        return (read, !format.HasTime);
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static bool HasOffset(string text) => text.AsSpan().ContainsAny("Zz+") || text.LastIndexOf('-') > "uuuu-MM-dd".Length;
}
