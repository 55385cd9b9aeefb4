using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Domain.Time;

/// <summary>A date that a clause computes; provisional while it rests on a year whose holidays are not announced.</summary>
public readonly record struct DueDate(LocalDate On, bool Provisional);

/// <summary>
/// The working-day calendar of the People's Republic of China as the State Council General Office announces it
/// year by year. Days not listed follow the week. Immutable.
/// </summary>
public sealed class WorkingDays
{
    private readonly HashSet<LocalDate> holidays;
    private readonly HashSet<LocalDate> makeUpDays;
    private readonly HashSet<int> announced;

    private WorkingDays(HashSet<LocalDate> holidays, HashSet<LocalDate> makeUpDays, HashSet<int> announced) =>
        (this.holidays, this.makeUpDays, this.announced) = (holidays, makeUpDays, announced);

    /// <summary>The calendar shipped with the product (announced years 2023 to 2026).</summary>
    public static WorkingDays Shipped { get; } = ReadShipped();

    /// <summary>A calendar of announced years, their holidays and the weekend days on which offices work.</summary>
    public static WorkingDays Of(
        IEnumerable<int> publishedYears,
        IEnumerable<LocalDate> holidays,
        IEnumerable<LocalDate> makeUpWorkingDays
    ) => new([.. holidays], [.. makeUpWorkingDays], [.. publishedYears]);

    /// <summary>The announced days off, in order.</summary>
    public IReadOnlyList<LocalDate> Holidays => [.. holidays.Order()];

    /// <summary>The Saturdays and Sundays on which offices work, in order.</summary>
    public IReadOnlyList<LocalDate> MakeUpWorkingDays => [.. makeUpDays.Order()];

    /// <summary>The years whose holidays are announced, in order.</summary>
    public IReadOnlyList<int> PublishedYears => [.. announced.Order()];

    /// <summary>Reads the published JSON form; throws <see cref="FormatException"/> naming the first wrong value.</summary>
    public static WorkingDays Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return new WorkingDays(
                Dates(root, "holidays"),
                Dates(root, "makeUpWorkingDays"),
                [.. root.GetProperty("publishedYears").EnumerateArray().Select(y => y.GetInt32())]
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("a working-day calendar needs publishedYears, holidays and makeUpWorkingDays: " + e.Message, e);
        }
    }

    /// <summary>True on a day on which offices work.</summary>
    public bool IsWorkingDay(LocalDate date) =>
        makeUpDays.Contains(date) || (!holidays.Contains(date) && date.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday));

    /// <summary>
    /// The n-th working day after <paramref name="day"/>, which itself is day 0. Provisional when any day of the
    /// way lies in a year not announced.
    /// </summary>
    public DueDate After(LocalDate day, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var date = day;
        for (var left = n; left > 0; )
        {
            date = date.PlusDays(1);
            if (IsWorkingDay(date))
            {
                left--;
            }
        }

        return new DueDate(date, !IsAnnounced(day, date));
    }

    /// <summary>Civil Code art. 203: a period that would end on a rest day ends on the next working day.</summary>
    public DueDate MovedToWorkingDay(LocalDate last)
    {
        var date = last;
        while (!IsWorkingDay(date))
        {
            date = date.PlusDays(1);
        }

        return new DueDate(date, !IsAnnounced(last, date));
    }

    private bool IsAnnounced(LocalDate first, LocalDate last)
    {
        for (var year = first.Year; year <= last.Year; year++)
        {
            if (!announced.Contains(year))
            {
                return false;
            }
        }

        return true;
    }

    private static HashSet<LocalDate> Dates(JsonElement root, string name) =>
        [
            .. root.GetProperty(name)
                .EnumerateArray()
                .Select(d =>
                    LocalDatePattern.Iso.Parse(d.GetString() ?? "") switch
                    {
                        { Success: true, Value: var date } => date,
                        _ => throw new FormatException($"$.{name}: \"{d}\" is no date such as 2026-10-01"),
                    }
                ),
        ];

    private static WorkingDays ReadShipped()
    {
        using var stream =
            typeof(WorkingDays).Assembly.GetManifestResourceStream("cn-working-days.json")
            ?? throw new InvalidOperationException("the shipped calendar is missing from the assembly");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes);
    }
}
