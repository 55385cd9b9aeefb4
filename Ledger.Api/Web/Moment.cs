using System.Globalization;
using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Api.Web;

/// <summary>
/// The moment that a read is about: <c>position</c>, or <c>asOf</c> (recorded up to a time); none for now. Clocks that run do so up to
/// <c>effective</c>. A list that is asked for in pages stands at the position of its first one.
/// </summary>
/// <param name="Position">The position; null for the log's end.</param>
/// <param name="Effective">Where clocks stop; null for the ledger's time.</param>
/// <param name="Page">The page of a list; null for all of it.</param>
public sealed record Moment(long? Position, Instant? Effective, Page? Page)
{
    /// <summary>Reads it from a request's query; throws <see cref="LedgerException"/> for what is no moment.</summary>
    public static async Task<Moment> ReadAsync(HttpContext context, LogReader log)
    {
        var query = context.Request.Query;
        var named = query.Whole("position");
        var position = await Moments.PositionAsync(log, query.One("asOf"), named, context.RequestAborted);
        var page = await Page.ReadAsync(query, position, log, context.RequestAborted);
        return new Moment(
            page?.Position ?? position,
            query.One("effective") is { } effective ? Moments.Parse(effective, "effective") : null,
            page
        );
    }

    /// <summary>The position that it names, or the log's end.</summary>
    public async Task<long> PositionAsync(LogReader log, CancellationToken cancel) => Position ?? (await log.HeadAsync(cancel)).Position;

    /// <summary>Where its clocks stop.</summary>
    public async Task<Instant> EffectiveAsync(LedgerTime time, CancellationToken cancel) => Effective ?? await time.NowAsync(cancel);
}

/// <summary>A page of a list: so many rows after the first so many, as of one position.</summary>
public sealed record Page(long Position, int After, int Size)
{
    /// <summary>The most rows of a page.</summary>
    public const int MostRows = 1000;

    /// <summary>The rows of a page where nobody says how many.</summary>
    public const int UsualRows = 100;

    /// <summary>The cursor of the page after this one.</summary>
    public string Next => string.Create(CultureInfo.InvariantCulture, $"{Position}.{After + Size}");

    /// <summary>Reads <c>pageSize</c>; null where it is not given. Throws <see cref="LedgerException"/> for another than 1 to 1000.</summary>
    internal static int? SizeOf(IQueryCollection query)
    {
        var size = query.Whole("pageSize");
        return size is < 1 or > MostRows
            ? throw new LedgerException(ErrorCode.BadRequest, $"pageSize: expected 1 to {MostRows}, got {size}")
            : (int?)size;
    }

    /// <summary>
    /// Reads <c>pageSize</c> and <c>cursor</c>; null where neither is given. Throws <see cref="LedgerException"/> for another cursor than
    /// an answer gave, and another size than 1 to 1000.
    /// </summary>
    internal static async Task<Page?> ReadAsync(IQueryCollection query, long? position, LogReader log, CancellationToken cancel)
    {
        var (size, cursor) = (SizeOf(query), query.One("cursor"));
        if (size is null && cursor is null)
        {
            return null;
        }

        var rows = size ?? UsualRows;
        if (cursor is null)
        {
            return new Page(position ?? (await log.HeadAsync(cancel)).Position, 0, rows);
        }

        return
            cursor.Split('.') is [var at, var after]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var pinned)
            && int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var skipped)
            ? new Page(pinned, skipped, rows)
            : throw new LedgerException(ErrorCode.BadRequest, "cursor: expected the one that the answer before gave in its Link header");
    }
}
