using NodaTime;

namespace Ledger.Domain.Time;

/// <summary>
/// The contracts' wall clock: Asia/Shanghai. "The date of" an instant is its date there. Instants are whole
/// microseconds throughout, which is what PostgreSQL keeps.
/// </summary>
public static class ChinaTime
{
    private static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];

    /// <summary>One microsecond, the resolution of every time in the ledger.</summary>
    public static readonly Duration Microsecond = Duration.FromTicks(10);

    /// <summary>The date of an instant in China.</summary>
    public static LocalDate DateOf(Instant at) => at.InZone(Zone).Date;

    /// <summary>The wall-clock time in China, for people.</summary>
    public static LocalDateTime Show(Instant at) => at.InZone(Zone).LocalDateTime;

    /// <summary>The wall-clock time in China in words, as far as it is known.</summary>
    public static string Text(Instant at, TimePrecision? precision = null) =>
        precision switch
        {
            TimePrecision.Date => Show(at).ToString("uuuu-MM-dd", null),
            TimePrecision.Minute => Show(at).ToString("uuuu-MM-dd HH:mm", null),
            TimePrecision.RepeatedHour => Show(at).ToString("uuuu-MM-dd HH:mm:ss", null) + " or an hour later",
            _ => Show(at).ToString("uuuu-MM-dd HH:mm:ss", null),
        };

    /// <summary>The last microsecond of that date: an event at the next midnight is not in it.</summary>
    public static Instant EndOf(LocalDate date) => StartOf(date.PlusDays(1)) - Microsecond;

    /// <summary>Midnight at which that date begins.</summary>
    public static Instant StartOf(LocalDate date) => Zone.AtStartOfDay(date).ToInstant();

    /// <summary>The instant at a wall-clock time in China.</summary>
    public static Instant At(LocalDate date, LocalTime time) => Zone.AtLeniently(date + time).ToInstant();
}
