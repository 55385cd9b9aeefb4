using System.Runtime.InteropServices;
using NodaTime;

namespace Ledger.Domain.Time;

/// <summary>
/// When something happened, as far as its record tells: from the earliest moment to the latest, both included; one moment where it is
/// exact. A comparison that does not come out the same for every moment of it has no answer.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TimeRange(Instant Earliest, Instant Latest)
{
    /// <summary>After everything else: of what did not happen.</summary>
    public static readonly TimeRange Never = new(Instant.MaxValue, Instant.MaxValue);

    /// <summary>One moment.</summary>
    public static TimeRange At(Instant at) => new(at, at);

    /// <summary>What a time may be that was recorded with a precision.</summary>
    public static TimeRange Of(Instant at, TimePrecision? precision) =>
        precision switch
        {
            TimePrecision.Minute => Lasting(
                at - Duration.FromTicks(at.ToUnixTimeTicks() % NodaConstants.TicksPerMinute),
                Duration.FromMinutes(1)
            ),
            TimePrecision.Date when ChinaTime.DateOf(at) is var date => new TimeRange(ChinaTime.StartOf(date), ChinaTime.EndOf(date)),
            TimePrecision.RepeatedHour => new TimeRange(at, at + Duration.FromHours(1)),
            _ => At(at),
        };

    /// <summary>The first of two that may be missing.</summary>
    public static TimeRange? First(TimeRange? a, TimeRange? b) =>
        a is { } one && b is { } other
            ? new TimeRange(Instant.Min(one.Earliest, other.Earliest), Instant.Min(one.Latest, other.Latest))
            : a ?? b;

    /// <summary>The same so much later.</summary>
    public static TimeRange operator +(TimeRange range, Duration later) => new(range.Earliest + later, range.Latest + later);

    /// <summary>Whether it lies after another; null where that is not to be told.</summary>
    public bool? IsAfter(TimeRange other) =>
        Earliest > other.Latest ? true
        : Latest <= other.Earliest ? false
        : null;

    private static TimeRange Lasting(Instant from, Duration length) => new(from, from + length - ChinaTime.Microsecond);
}
