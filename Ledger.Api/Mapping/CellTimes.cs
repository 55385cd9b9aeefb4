using System.Globalization;
using Ledger.Api.Tables;
using Ledger.Domain.Json;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace Ledger.Api.Mapping;

/// <summary>Moments and dates in cells: ISO 8601, the mapping's formats in its zone, and a workbook's serial numbers.</summary>
internal sealed class CellTimes(ImportMapping mapping, bool from1904)
{
    private const decimal MillisecondsPerDay = 86_400_000m;
    private static readonly ZoneLocalMappingResolver Earlier = Resolvers.CreateMappingResolver(
        Resolvers.ReturnEarlier,
        Resolvers.ThrowWhenSkipped
    );

    // 1900-02-29, which spreadsheets count, is before any record: day 61 is 1900-03-01.
    private readonly LocalDate zero = from1904 ? new LocalDate(1904, 1, 1) : new LocalDate(1899, 12, 30);
    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[mapping.TimeZone];

    // Each with the marks between its digits, by which most others are ruled out without an attempt; none where some are optional.
    private readonly (LocalDateTimePattern Pattern, string? Marks)[] patterns =
    [
        .. from format in (mapping.TimeFormats ?? []).Concat(["uuuu-MM-dd HH:mm:ss", "uuuu-MM-dd'T'HH:mm:ss", "uuuu-MM-dd"])
        select (
            LocalDateTimePattern.CreateWithInvariantCulture(format),
            format.Any(c => c is 'F' or 'f' or ';' or '.' or '\\' or '%') ? null : Marks(format.Replace("'", "", StringComparison.Ordinal))
        ),
    ];

    /// <summary>Whether a format of the mapping is one.</summary>
    public static bool IsPattern(string format)
    {
        try
        {
            _ = LocalDateTimePattern.CreateWithInvariantCulture(format);
            return true;
        }
        catch (InvalidPatternException)
        {
            return false;
        }
    }

    /// <summary>The moment in a cell; null where it holds none.</summary>
    public Instant? Moment(Cell cell)
    {
        if (cell.Kind == CellKind.Text && HasOffset(cell.Text) && Instants.TryParse(cell.Text.Trim(), out var at))
        {
            return at;
        }

        try
        {
            return Local(cell)?.InZone(zone, Earlier).ToInstant();
        }
        catch (SkippedTimeException)
        {
            return null;
        }
    }

    /// <summary>The date in a cell; null where it holds none.</summary>
    public LocalDate? Date(Cell cell) => Local(cell)?.Date;

    /// <summary>What is expected, in words.</summary>
    public string Expected =>
        $"a time such as {string.Join(" or ", patterns.Select(p => p.Pattern.PatternText).Distinct().Take(3))}, or with an offset";

    private LocalDateTime? Local(Cell cell)
    {
        if (cell.Kind == CellKind.Number)
        {
            return
                decimal.TryParse(cell.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var days) && days is > 60 and < 2_958_466
                ? zero.AtMidnight().PlusMilliseconds((long)decimal.Round(days * MillisecondsPerDay))
                : null;
        }

        var text = cell.Text.Trim();
        var marks = Marks(text);
        foreach (var (pattern, expected) in patterns)
        {
            if ((expected is null || expected == marks) && pattern.Parse(text) is { Success: true, Value: var local })
            {
                return local;
            }
        }

        return null;
    }

    private static bool HasOffset(string text) => text.AsSpan().ContainsAny("Zz+") || text.LastIndexOf('-') > "uuuu-MM-dd".Length;

    private static string Marks(string text) => string.Concat(text.Where(c => !char.IsLetterOrDigit(c)));
}
