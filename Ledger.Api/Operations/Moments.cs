using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Store;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Operations;

/// <summary>Reading the moments that users name: dates, times and positions.</summary>
public static class Moments
{
    private static readonly IReadOnlyList<LocalDateTimePattern> Printed =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm"),
    ];

    /// <summary>
    /// A time with an offset, or as the ledger prints it, in China; or a date, which means the end of that day in China.
    /// </summary>
    public static Instant Parse(string text, string option) =>
        Instants.TryParse(text, out var at) ? at
        : Printed.Select(p => p.Parse(text)).FirstOrDefault(p => p.Success) is { Value: var shown }
            ? ChinaTime.At(shown.Date, shown.TimeOfDay)
        : LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var date } ? ChinaTime.EndOf(date)
        : throw new LedgerException(
            ErrorCode.BadRequest,
            $"{option}: expected a date such as 2026-01-27, a time such as 2026-01-27 09:30:00 in China, or {Instants.Expected}, got \"{text}\""
        );

    /// <summary>A cycle, such as 2025-11.</summary>
    public static YearMonth Month(string text, string option) =>
        YearMonthPattern.Iso.Parse(text) is { Success: true, Value: var month }
            ? month
            : throw new LedgerException(ErrorCode.BadRequest, $"{option}: expected a month such as 2025-11, got \"{text}\"");

    /// <summary>The position that a text names: a position, or the last one recorded up to a time.</summary>
    public static async Task<long> PositionAsync(LogReader log, string text, string option, CancellationToken cancel) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, null, out var position)
            ? position
            : await log.PositionAtAsync(Parse(text, option), cancel);

    /// <summary>The position that a query is about: the one named, the last one recorded up to a time, or null for the head.</summary>
    public static async Task<long?> PositionAsync(LogReader log, string? asOf, long? position, CancellationToken cancel) =>
        (asOf, position) switch
        {
            (null, null) => null,
            (null, { } at) => at,
            ({ } time, null) => await log.PositionAtAsync(Parse(time, "asOf"), cancel),
            _ => throw new LedgerException(ErrorCode.BadRequest, "name a position or a time, not both"),
        };
}
