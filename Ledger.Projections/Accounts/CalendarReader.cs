using Ledger.Domain.Events;
using Ledger.Domain.Time;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Accounts;

/// <summary>The working-day calendar as it stood at a position: the last one published by then, else the one that ships.</summary>
public static class CalendarReader
{
    private const string Published = $"""
        from {LedgerStore.Schema}.mt_events e
        where e.tenant_id = '{LedgerSource.Contract}' and e.stream_id = '{LedgerSource.Contract}' and e.type = 'calendar_published'
        """;

    private const string Sql = $"select {StoredEvent.Columns} {Published} and e.seq_id <= $1 order by e.version";

    /// <summary>The calendar at a position.</summary>
    public static async Task<WorkingDays> AtAsync(NpgsqlDataSource database, long position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await AtAsync(connection, position, cancel);
    }

    /// <summary>The calendar at a position, as a connection sees it.</summary>
    public static async Task<WorkingDays> AtAsync(NpgsqlConnection connection, long position, CancellationToken cancel) =>
        At(await AllAsync(connection, position, cancel), position);

    /// <summary>Every calendar published up to a position, in order.</summary>
    public static async Task<IReadOnlyList<LedgerEvent>> AllAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { UpTo(position) } };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await ReadAsync(reader, cancel);
    }

    /// <summary>Asks for every calendar published up to a position, among other questions.</summary>
    public static NpgsqlBatchCommand UpTo(long position) => new(Sql) { Parameters = { new() { Value = position } } };

    /// <summary>The calendars, by the answer to <see cref="UpTo"/>.</summary>
    public static async Task<IReadOnlyList<LedgerEvent>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var published = new List<LedgerEvent>();
        while (await reader.ReadAsync(cancel))
        {
            published.Add(EventMapping.ToEvent(StoredEvent.Of(reader)));
        }

        return published;
    }

    /// <summary>The one of them that was in force at a position.</summary>
    public static WorkingDays At(IReadOnlyList<LedgerEvent> published, long position) =>
        published.LastOrDefault(p => p.Position <= position)?.Data is CalendarPublished calendar ? Of(calendar) : WorkingDays.Shipped;

    /// <summary>A published calendar as rules use it.</summary>
    public static WorkingDays Of(CalendarPublished calendar) =>
        WorkingDays.Of(calendar.PublishedYears, calendar.Holidays, calendar.MakeUpWorkingDays);
}
