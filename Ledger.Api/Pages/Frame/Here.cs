using System.Globalization;
using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Pages.Language;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using Microsoft.AspNetCore.Http.Extensions;
using NodaTime;

namespace Ledger.Api.Pages.Frame;

/// <summary>
/// Where a page stands: its language, who reads it, the moment of the log that it shows, and links that keep these. The moment lies in
/// the address alone: <c>at</c>, a position, or <c>on</c>, a day, a month or a quarter up to whose end what was recorded counts.
/// </summary>
public sealed class Here(IHttpContextAccessor accessor, LogReader log, CheckpointPublisher checkpoints, IClock clock)
{
    /// <summary>The query's name of a position.</summary>
    public const string AtName = "at";

    /// <summary>The query's name of a day, a month or a quarter.</summary>
    public const string OnName = "on";

    private long? position;

    /// <summary>The request.</summary>
    public HttpContext Context => accessor.HttpContext!;

    /// <summary>Ends with the request.</summary>
    public CancellationToken Cancel => Context.RequestAborted;

    /// <summary>The language of the page.</summary>
    public Tongue Words => Tongue.Of(Context.Request.Path);

    /// <summary>Who reads it.</summary>
    public SignedInUser User => SignedInUser.Of(Context);

    /// <summary>Whether somebody is signed in.</summary>
    public bool IsSignedIn => Context.User.Identity is { IsAuthenticated: true };

    /// <summary>The end of the log now.</summary>
    public LogHead Now { get; private set; } = new(0, null);

    /// <summary>The moment that is shown; <see cref="Now"/> where none is named.</summary>
    public LogHead Moment { get; private set; } = new(0, null);

    /// <summary>The position to read at; null for now.</summary>
    public long? Position => position;

    /// <summary>Whether a moment is shown on which nothing can be done: one before now.</summary>
    public bool IsPast => Moment.Position < Now.Position;

    /// <summary>The day in China that is shown: today, or that of the moment.</summary>
    public LocalDate Day { get; private set; }

    /// <summary>How much of the log is signed.</summary>
    public Checkpoint? Sealed => checkpoints.Latest?.Checkpoint;

    /// <summary>A value of the query; null where it is not given, or empty.</summary>
    public string? Query(string name) => Context.Request.Query.One(name) is { Length: > 0 } value ? value : null;

    /// <summary>
    /// A whole number of the query; null where it is not given, or empty. Throws <see cref="LedgerException"/> for anything else.
    /// </summary>
    public int? Whole(string name) =>
        Query(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole
        : throw new LedgerException(ErrorCode.BadRequest, $"{name}: expected a whole number, got \"{text}\"");

    /// <summary>The address of the API's document behind a list of this page: with the page's filters, at its moment.</summary>
    public string Document(string address)
    {
        var query = new QueryBuilder(Kept(AtName, OnName, Paged.PageName)) { { "lang", Words.Segment } };
        if (IsPast)
        {
            query.Add("position", Moment.Position.ToString(CultureInfo.InvariantCulture));
            query.Add("effective", Shown.Day(Day));
        }

        return address + query;
    }

    /// <summary>Whether the reader may record a type of event, on what the page shows.</summary>
    public bool May<T>()
        where T : EventData => !IsPast && User.Has(EventCatalogue.Of<T>().By);

    /// <summary>
    /// Finds the moment. Throws <see cref="LedgerException"/> where the address names none, or one that the log has not reached.
    /// </summary>
    public async Task FindMomentAsync()
    {
        Now = await log.HeadAsync(Cancel);
        LocalDate? named = Query(OnName) is { } text ? LastDayOf(text) : null;
        position = (Query(AtName), Query(OnName)) switch
        {
            (null, null) => null,
            ({ } at, null) => PositionOf(at),
            (null, { }) => await log.PositionAtAsync(ChinaTime.EndOf(named!.Value), Cancel),
            _ => throw new LedgerException(ErrorCode.BadRequest, "name a position (at) or a date (on), not both"),
        };
        Moment = position is { } past ? await log.HeadAtAsync(past, Cancel) : Now;
        Day = ChinaTime.DateOf(
            IsPast && Moment.RecordedAt is { } recorded ? Instants.FromMicroseconds(recorded) : LogLock.RecordedAt(Now, clock)
        );
        Day = IsPast && named > Day ? named.Value : Day;
    }

    /// <summary>
    /// The address of another page at the same moment: <paramref name="path"/> without its language, then query values; null ones are
    /// left out.
    /// </summary>
    public string To(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var builder = MomentOnly();
        foreach (var (name, value) in query)
        {
            if (value is { Length: > 0 })
            {
                builder.Add(name, value);
            }
        }

        return $"/{Words.Segment}/{path}{builder}";
    }

    /// <summary>
    /// The address of this page with other values in its query; null takes one out. A list begins at its first page again.
    /// </summary>
    public string With(params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        var values = Kept().ToDictionary(k => k.Key, k => k.Value);
        values.Remove(Paged.PageName);
        foreach (var (name, value) in changes)
        {
            _ = values.Remove(name);
            if (value is { Length: > 0 })
            {
                values[name] = value;
            }
        }

        // One moment, by either name.
        if (changes.ToArray().Any(c => c is { Name: AtName, Value: not null }))
        {
            values.Remove(OnName);
        }

        return Context.Request.Path + new QueryBuilder(values).ToString();
    }

    /// <summary>This page's query without some names: what a form that changes these keeps.</summary>
    public IEnumerable<KeyValuePair<string, string>> Kept(params IEnumerable<string> without) =>
        Context
            .Request.Query.Where(q => q.Value is [{ Length: > 0 }] && !without.Contains(q.Key))
            .Select(q => new KeyValuePair<string, string>(q.Key, q.Value!));

    /// <summary>Whether the address of a page that is read has a value that says nothing.</summary>
    public bool HasEmptyQuery => HttpMethods.IsGet(Context.Request.Method) && Context.Request.Query.Any(q => q.Value is [null or ""] or []);

    /// <summary>The same page in the other language.</summary>
    public string InOtherLanguage() => $"/{Words.Other.Segment}{Context.Request.Path.Value![3..]}{Context.Request.QueryString}";

    private QueryBuilder MomentOnly() => new(Kept().Where(q => q.Key is AtName or OnName));

    private static long PositionOf(string text) =>
        long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var whole)
            ? whole
            : throw new LedgerException(ErrorCode.BadRequest, $"at: expected a position such as 52310, got \"{text}\"");

    /// <summary>The last day of a day (2026-01-27), a month (2026-03) or a quarter (2026-Q1).</summary>
    private static LocalDate LastDayOf(string text)
    {
        if (text is [_, _, _, _, '-', 'Q' or 'q', >= '1' and <= '4'] && int.TryParse(text[..4], NumberStyles.None, null, out var year))
        {
            return new YearMonth(year, (text[6] - '0') * 3).OnDayOfMonth(1).With(DateAdjusters.EndOfMonth);
        }

        return text.Length == 7
            ? Moments.Month(text, OnName).OnDayOfMonth(1).With(DateAdjusters.EndOfMonth)
            : ChinaTime.DateOf(Moments.Parse(text, OnName));
    }
}
