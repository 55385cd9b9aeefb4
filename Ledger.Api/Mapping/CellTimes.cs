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

    /// <summary>The moment in a cell; null, with what is wrong, where it holds none.</summary>
    public Instant? Moment(Cell cell, string column, out string? problem)
    {
        if (cell.Kind == CellKind.Text && HasOffset(cell.Text) && Instants.TryParse(cell.Text.Trim(), out var at))
        {
            return Plausible(at, at.InUtc().Year, out problem);
        }

        try
        {
            return Local(cell, column, needsDay: true) is { } local
                ? Plausible(local.InZone(zone, Earlier).ToInstant(), local.Year, out problem)
                : None<Instant>(out problem);
        }
        catch (SkippedTimeException)
        {
            problem = "a time that the clocks of the mapping's zone pass over";
            return null;
        }
    }

    /// <summary>The date in a cell; null, with what is wrong, where it holds none.</summary>
    public LocalDate? Date(Cell cell, string column, out string? problem) =>
        Local(cell, column, needsDay: true) is { } local ? Plausible(local.Date, local.Year, out problem) : None<LocalDate>(out problem);

    /// <summary>The month in a cell; null, with what is wrong, where it holds none.</summary>
    public YearMonth? Month(Cell cell, string column, out string? problem) =>
        Local(cell, column, needsDay: false) is { } local
            ? Plausible(local.Date.ToYearMonth(), local.Year, out problem)
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

    private LocalDateTime? Local(Cell cell, string column, bool needsDay)
    {
        switch (cell.Kind)
        {
            case CellKind.Date:
                return cell.At;
            case CellKind.Number when serial.Contains(column):
                return
                    decimal.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var days)
                    && days is > 60 and < 2_958_466
                    ? SerialZero.AtMidnight().PlusMilliseconds((long)decimal.Round(days * MillisecondsPerDay))
                    : null;
            case CellKind.Number or CellKind.Text:
                var text = cell.Kind == CellKind.Number ? CellText.Digits(cell.Text) : CellText.Clean(cell.Text);
                var marks = TimeFormat.Marks(text);
                return formats.Where(f => f.HasDay || !needsDay).Select(f => f.Read(text, marks)).FirstOrDefault(at => at is not null);
            default:
                return null;
        }
    }

    private static bool HasOffset(string text) => text.AsSpan().ContainsAny("Zz+") || text.LastIndexOf('-') > "uuuu-MM-dd".Length;
}
