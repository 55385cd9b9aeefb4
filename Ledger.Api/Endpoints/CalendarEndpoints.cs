using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Npgsql;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>The working-day calendar, by which limits end.</summary>
public static class CalendarEndpoints
{
    /// <summary>The calendar in force.</summary>
    [ForEveryone]
    [WolverineGet("/api/calendar")]
    public static async Task<CalendarInForce> Show(Moment moment, LogReader log, NpgsqlDataSource database, CancellationToken cancel) =>
        await CalendarInForce.AtAsync(database, await moment.PositionAsync(log, cancel), cancel);

    /// <summary>Publishes a calendar; it holds from its position on and changes no recorded assessment.</summary>
    [For(Role.Administrator)]
    [AcceptsBody(typeof(CalendarPublished))]
    [WolverinePost("/api/calendar")]
    public static async Task<CalendarPublication> Publish(HttpContext context, Sender sender)
    {
        var utf8 = await RequestBody.ReadAsync(context);
        if (CalendarFile.Read(utf8, out var faults) is not { } calendar)
        {
            throw RequestBody.Refused(utf8, faults);
        }

        var published = await sender.SendAsync<CalendarPublication>(actor => new PublishCalendar(calendar, actor));
        return published.Faults.Count == 0 ? published : throw new RequestException(ErrorCode.Refused, published.Faults);
    }
}
