namespace Ledger.EventStore;

/// <summary>Microseconds since 1970 UTC beside the driver's <see cref="DateTime"/>.</summary>
internal static class Timestamps
{
    public static DateTime ToDateTime(long microseconds) => DateTime.UnixEpoch.AddTicks(checked(microseconds * 10));

    public static long ToMicroseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks / 10;
}
