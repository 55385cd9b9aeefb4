using Ledger.Domain.Events;
using Ledger.Domain.Time;
using Ledger.EventStore.Reading;
using Ledger.Projections.Decoding;
using Npgsql;

namespace Ledger.Projections.Contracts;

/// <summary>The working-day calendar as it stood at a position: the last one published by then, else the one that ships.</summary>
public static class CalendarReader
{
    private const string Stream = $"{LedgerSource.Contract}/calendar";

    /// <summary>The calendar at a position.</summary>
    public static async Task<WorkingDays> AtAsync(LogReader log, long position, CancellationToken cancel) =>
        At(await AllAsync(log, position, cancel), position);

    /// <summary>As the other, on a connection of the caller's.</summary>
    public static async Task<WorkingDays> AtAsync(NpgsqlConnection connection, long position, CancellationToken cancel) =>
        At([.. (await LogReader.ReadStreamAsync(connection, Stream, position, cancel)).Select(EventMapping.ToEvent)], position);

    /// <summary>Every calendar published up to a position, in order.</summary>
    public static async Task<IReadOnlyList<LedgerEvent>> AllAsync(LogReader log, long position, CancellationToken cancel) =>
        [.. (await log.ReadStreamAsync(Stream, position, cancel)).Select(EventMapping.ToEvent)];

    /// <summary>The one of them that was in force at a position.</summary>
    public static WorkingDays At(IReadOnlyList<LedgerEvent> published, long position) =>
        published.LastOrDefault(p => p.Position <= position)?.Data is CalendarPublished calendar ? Of(calendar) : WorkingDays.Shipped;

    /// <summary>A published calendar as rules use it.</summary>
    public static WorkingDays Of(CalendarPublished calendar) => WorkingDays.Of(calendar.PublishedYears, calendar.Holidays, calendar.MakeUpWorkingDays);
}
