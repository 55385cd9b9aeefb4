using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>
/// What publishing a calendar came to; <c>recorded</c> is false where the same one is in force already, <c>position</c> is absent
/// where it was refused.
/// </summary>
public sealed record CalendarPublication(
    IReadOnlyList<int> PublishedYears,
    IReadOnlyList<Fault> Faults,
    [property: JsonIgnore] Receipt Receipt
)
{
    /// <summary>Whether it was recorded now.</summary>
    public bool Recorded => Receipt.Recorded;

    /// <summary>Where it stands in the log.</summary>
    public long? Position => Receipt.Position;

    /// <summary>Of a calendar that was refused.</summary>
    public static CalendarPublication Refused(IReadOnlyList<Fault> faults) => new([], faults, Receipt.Before(null));
}

/// <summary>
/// <see cref="PublishCalendar"/>: it holds for what is computed from its position on, and changes no recorded assessment.
/// </summary>
public static class PublishCalendarHandler
{
    /// <summary>
    /// Decides. The ledger's own stream holds more than calendars: its version guards this decision against another calendar only
    /// if the log is locked while it is decided.
    /// </summary>
    public static async Task<CalendarPublication> HandleAsync(
        PublishCalendar command,
        IDocumentSession session,
        IClock clock,
        CancellationToken cancel
    )
    {
        var calendar = command.Calendar;
        var head = await LogLock.TakeAsync(session, cancel);
        var published = await CalendarReader.AllAsync((NpgsqlConnection)session.Connection!, head.Position, cancel);
        if (
            published.Count > 0
            && LedgerJson.Write(published[^1].Data as CalendarPublished).AsSpan().SequenceEqual(LedgerJson.Write(calendar))
        )
        {
            return new CalendarPublication(calendar.PublishedYears, [], Receipt.Before(published[^1].Position));
        }

        var e = new NewEvent(
            LedgerSource.Contract,
            "calendar",
            $"calendar-{published.Count + 1}",
            "ledger/calendar",
            LogLock.RecordedAt(head, clock),
            command.Actor,
            calendar
        );
        var refusals = LedgerWideDecisions.Check(CalendarReader.At(published, head.Position), e).Refusals;
        return refusals.Count > 0
            ? CalendarPublication.Refused([
                .. refusals.Select(f => f with { Path = f.Path.Replace("$.data", "$", StringComparison.Ordinal) }),
            ])
            : new CalendarPublication(calendar.PublishedYears, [], Receipt.Of(session.Record(e)));
    }
}

/// <summary>A calendar as a file says it.</summary>
public static class CalendarFile
{
    /// <summary>Reads it; null, with at least one fault, where it is none.</summary>
    public static CalendarPublished? Read(byte[] utf8, out IReadOnlyList<Fault> faults)
    {
        try
        {
            // The file may explain itself; that is no part of the calendar.
            if (
                JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject file
                && file.Remove("$comment")
            )
            {
                utf8 = System.Text.Encoding.UTF8.GetBytes(file.ToJsonString(LedgerJson.Options));
            }
        }
        catch (JsonException)
        {
            // Reported by the reader below, with its place.
        }

        if (StrictJson.Read<CalendarPublished>(utf8, "$", out faults) is not { } calendar)
        {
            return null;
        }

        faults = [.. calendar.Faults("").Select(f => f with { Path = "$" + f.Path })];
        return faults.Count == 0 ? calendar : null;
    }
}
