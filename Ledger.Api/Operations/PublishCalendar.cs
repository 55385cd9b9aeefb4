using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Api.Hosting;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>What publishing a calendar came to; <c>recorded</c> is false where the same one is in force already.</summary>
public sealed record CalendarPublication(bool Recorded, long? Position, IReadOnlyList<int> PublishedYears, IReadOnlyList<Fault> Faults);

/// <summary>Records a working-day calendar: it holds for what is computed from its position on, and changes no recorded assessment.</summary>
public static class PublishCalendar
{
    /// <summary>Publishes the calendar in a file's bytes; nothing is recorded where there are faults.</summary>
    public static async Task<CalendarPublication> RunAsync(LedgerRuntime ledger, byte[] utf8, CancellationToken cancel)
    {
        if (Read(utf8, out var faults) is not { } calendar)
        {
            return new CalendarPublication(false, null, [], faults);
        }

        return await PublishAsync(ledger, calendar, cancel);
    }

    private static async Task<CalendarPublication> PublishAsync(LedgerRuntime ledger, CalendarPublished calendar, CancellationToken cancel)
    {
        // The ledger's own stream holds more than calendars: its version guards this decision against another calendar only if
        // the log is locked while it is decided.
        await using var session = ledger.Store.LightweightSession(LedgerSource.Contract);
        var head = await LogLock.TakeAsync(session, cancel);
        var published = await CalendarReader.AllAsync((NpgsqlConnection)session.Connection!, head.Position, cancel);
        if (published.Count > 0 && LedgerJson.Write(published[^1].Data as CalendarPublished).AsSpan().SequenceEqual(LedgerJson.Write(calendar)))
        {
            return new CalendarPublication(false, published[^1].Position, calendar.PublishedYears, []);
        }

        var e = new NewEvent(
            LedgerSource.Contract, "calendar", $"calendar-{published.Count + 1}", "ledger/calendar", LogLock.RecordedAt(head, ledger.Clock), "principal", calendar);
        var refusals = LedgerWideDecisions.Check(CalendarReader.At(published, head.Position), e).Refusals;
        if (refusals.Count > 0)
        {
            return new CalendarPublication(false, null, [], [.. refusals.Select(f => f with { Path = f.Path.Replace("$.data", "$", StringComparison.Ordinal) })]);
        }

        var recorded = session.Record(e);
        await session.SaveNewAsync(cancel);
        return new CalendarPublication(true, recorded.Sequence, calendar.PublishedYears, []);
    }

    private static CalendarPublished? Read(byte[] utf8, out IReadOnlyList<Fault> faults)
    {
        try
        {
            // The file may explain itself; that is no part of the calendar.
            if (JsonNode.Parse(utf8) is JsonObject file && file.Remove("$comment"))
            {
                utf8 = System.Text.Encoding.UTF8.GetBytes(file.ToJsonString(LedgerJson.Options));
            }
        }
        catch (JsonException)
        {
            // Reported by the reader below, with its place.
        }

        if (Reading.Read<CalendarPublished>(utf8, "$", out faults) is not { } calendar)
        {
            return null;
        }

        faults = [.. calendar.Faults("").Select(f => f with { Path = "$" + f.Path })];
        return faults.Count == 0 ? calendar : null;
    }
}
