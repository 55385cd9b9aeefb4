using System.Globalization;
using Ledger.Api.Tables;
using Ledger.Domain.Json;
using NodaTime;
using NodaTime.TimeZones;

namespace Ledger.Api.Mapping;

/// <summary>
/// Moments, dates and months in cells: a sheet's dates, the mapping's formats in its zone, and ISO 8601. A number is one only where the
/// sheet shows it as a date, where the mapping has a format for its digits, or where it says that a column holds serial numbers.
/// </summary>
internal sealed class CellTimes(ImportMapping mapping)
{
    private const decimal MillisecondsPerDay = 86_400_000m;
    private static readonly Duration Microsecond = Duration.FromNanoseconds(1_000);
    private static readonly LocalDate SerialZero = new(1899, 12, 30);

    private static readonly ZoneLocalMappingResolver Earlier = Resolvers.CreateMappingResolver(
        Resolvers.ReturnEarlier,
        Resolvers.ThrowWhenSkipped
    );

    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[mapping.TimeZone];
    private readonly HashSet<string> serial = [.. mapping.SerialDates ?? []];

    private readonly TimeFormat[] formats =
    [
        .. (mapping.TimeFormats ?? [])
            .Concat(["uuuu-MM-dd HH:mm:ss", "uuuu-MM-dd'T'HH:mm:ss.FFFFFFFFF", "uuuu-MM-dd"])
            .Select(f => TimeFormat.Parse(f, out var problem) ?? throw new ArgumentException(problem, nameof(mapping))),
    ];

    /// <summary>
    /// The moment in a cell; null, with what is wrong, where it holds none. A date without a time is one only by what it
    /// <paramref name="means"/>.
    /// </summary>
    public Instant? Moment(Cell cell, string column, DateMeans? means, out string? problem)
    {
        if (cell.Kind == CellKind.Text && HasOffset(cell.Text) && Instants.TryParse(cell.Text.Trim(), out var at))
        {
            return Plausible(at, at.InUtc().Year, out problem);
        }

        try
        {
            if (Local(cell, column, needsDay: true) is not var (local, isDay))
            {
                return None<Instant>(out problem);
            }

            if (!isDay)
            {
                return Plausible(local.InZone(zone, Earlier).ToInstant(), local.Year, out problem);
            }

            if ((means ?? mapping.DateMeans) is not { } meant)
            {
                problem =
                    "expected a time, or that the mapping says what a date without one means (\"dateMeans\": \"start_of_day\" or "
                    + "\"end_of_day\")";
                return null;
            }

            var moment =
                meant == DateMeans.StartOfDay
                    ? zone.AtStartOfDay(local.Date).ToInstant()
                    : zone.AtStartOfDay(local.Date.PlusDays(1)).ToInstant() - Microsecond;
            return Plausible(moment, local.Year, out problem);
        }
        catch (SkippedTimeException)
        {
            problem = "expected a time that the clocks of the mapping's zone show: they pass over this one";
            return null;
        }
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
        problem = $"expected a time such as {string.Join(" or ", formats.Select(f => f.Text).Distinct().Take(3))}, or with an offset";
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
                return
                    decimal.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var days)
                    && days is > 60 and < 2_958_466
                    ? (
                        SerialZero.AtMidnight().PlusMilliseconds((long)decimal.Round(days * MillisecondsPerDay)),
                        decimal.Truncate(days) == days
                    )
                    : null;
            case CellKind.Number or CellKind.Text:
                var text = cell.Kind == CellKind.Number ? CellText.Digits(cell.Text) : CellText.Clean(cell.Text);
                var marks = TimeFormat.Marks(text);
                foreach (var format in formats)
                {
                    if ((format.HasDay || !needsDay) && format.Read(text, marks) is { } at)
                    {
                        return (at, !format.HasTime);
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static bool HasOffset(string text) => text.AsSpan().ContainsAny("Zz+") || text.LastIndexOf('-') > "uuuu-MM-dd".Length;
}
