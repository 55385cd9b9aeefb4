using Ledger.Api.Identities;
using Ledger.Api.Imports;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Microsoft.AspNetCore.Http.Timeouts;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>The events of the log, in and out.</summary>
public static class EventEndpoints
{
    /// <summary>
    /// Events of the log after <c>from</c>, in its order: <c>contract</c>, <c>subject</c>, <c>type</c>, <c>actor</c>,
    /// <c>occurredFrom</c> and <c>occurredUntil</c> choose among them. A page of JSON, all of them as NDJSON, or with <c>live=true</c> a
    /// stream that goes on.
    /// </summary>
    [ForEveryone]
    [DisableRequestTimeout]
    [WolverineGet("/api/events")]
    public static async Task<EventStream> List(HttpContext context, SignedInUser user, LogReader log)
    {
        var query = context.Request.Query;
        var contract = query.One("contract");
        if (contract is not null && !user.Sees(contract))
        {
            throw Projections.Accounts.AccountReader.Unknown(contract);
        }

        var filter = new EventFilter(
            contract is null ? user.Contracts : [contract],
            query.One("subject"),
            query.One("type"),
            query.One("actor"),
            query.One("occurredFrom") is { } from ? Moments.Parse(from, "occurredFrom") : null,
            query.One("occurredUntil") is { } until ? Moments.Parse(until, "occurredUntil") : null,
            user.Has(Role.Administrator, Role.Auditor)
        );
        return new EventStream(
            log,
            filter,
            LastSeen(context) ?? query.Whole("from") ?? 0,
            await Moments.PositionAsync(log, query.One("asOf"), query.Whole("position"), context.RequestAborted),
            Page.SizeOf(query) ?? Page.UsualRows,
            query.Truth("live")
        );
    }

    /// <summary>The event at a position.</summary>
    [ForEveryone]
    [WolverineGet("/api/events/{position:long}")]
    public static async Task<CloudEvent> Show(long position, SignedInUser user, LogReader log, CancellationToken cancel)
    {
        var filter = new EventFilter(user.Contracts, WithLedger: user.Has(Role.Administrator, Role.Auditor));
        var found = position > 0 ? await log.ReadAsync(filter, position - 1, position, cancel).FirstOrDefaultAsync(cancel) : null;
        return found is null
            ? throw new LedgerException(ErrorCode.MomentUnknown, $"there is no event at position {position} that you may see")
            : CloudEvent.Of(found);
    }

    /// <summary>
    /// Records events: one, a CloudEvents batch, or NDJSON; all of them, or where anything is wrong none. The same event again is one
    /// event. Facts are for recorders; a decision is for whoever may take it, in their own name.
    /// </summary>
    [For(Role.Recorder, Role.Vendor, Role.Principal, Role.Finance, Role.Investigator, Role.Auditor, Role.Administrator)]
    [RequestTimeout(Limits.Long)]
    [AcceptsBody(typeof(NewCloudEvent), Creates = true)]
    [WolverinePost("/api/events")]
    public static async Task<ImportReport> Record(HttpContext context, EventIntake intake)
    {
        var report = await intake.TakeAsync(context);
        if (report is { Rejected: > 0, DryRun: false })
        {
            // By its place among those that were sent, whether as a batch or one a line.
            throw new RequestException(
                ErrorCode.Invalid,
                [.. report.Errors.SelectMany(e => e.Faults.Select(f => f with { Path = $"$[{e.Line - 1}]{f.Path[1..]}" }))]
            );
        }

        context.Response.StatusCode = report is { Recorded: > 0, DryRun: false } ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        return report;
    }

    private static long? LastSeen(HttpContext context) =>
        context.Request.Headers.One("Last-Event-ID") is { } text && long.TryParse(text, out var position) ? position : null;
}
