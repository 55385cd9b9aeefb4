using Ledger.Domain.Events;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>Which calendar is in force: its years, and the position at which it was published (absent: it ships).</summary>
public sealed record CalendarInForce(
    IReadOnlyList<int> PublishedYears,
    IReadOnlyList<LocalDate> Holidays,
    IReadOnlyList<LocalDate> MakeUpWorkingDays,
    string? Source,
    long? PublishedAt
)
{
    /// <summary>The one in force at a position.</summary>
    public static async Task<CalendarInForce> AtAsync(NpgsqlDataSource database, long position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        _ = await LogQueries.HeadAtAsync(connection, position, cancel);
        var all = await CalendarReader.AllAsync(connection, position, cancel);
        var days = CalendarReader.At(all, position);
        return new CalendarInForce(
            days.PublishedYears,
            days.Holidays,
            days.MakeUpWorkingDays,
            all.Count > 0 ? ((CalendarPublished)all[^1].Data).Source : null,
            all.Count > 0 ? all[^1].Position : null
        );
    }
}
