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
    /// <summary>A time with an offset, or a date, which means the end of that day in China.</summary>
    public static Instant Parse(string text, string option) =>
        Instants.TryParse(text, out var at) ? at
        : LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var date } ? ChinaTime.EndOf(date)
        : throw new LedgerException(
            ErrorCode.BadRequest,
            $"{option}: expected a date such as 2026-01-27, or {Instants.Expected}, got \"{text}\""
        );

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
