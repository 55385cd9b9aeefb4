using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Api.Hosting;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Contracts;
using Ledger.Projections.Decoding;

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

        await using var transaction = await ledger.Log.BeginAsync(cancel);
        var published = await CalendarReader.AllAsync(ledger.Log.Reader, transaction.Position, cancel);
        if (published.Count > 0 && LedgerJson.Write(published[^1].Data as CalendarPublished).AsSpan().SequenceEqual(LedgerJson.Write(calendar)))
        {
            return new CalendarPublication(false, published[^1].Position, calendar.PublishedYears, []);
        }

        var e = new NewEvent(
            LedgerSource.Contract, "calendar", $"calendar-{published.Count + 1}", "ledger/calendar", EventMapping.FromMicroseconds(transaction.RecordedAt), "principal", calendar);
        var refusals = LedgerWideDecisions.Check(CalendarReader.At(published, transaction.Position), e).Refusals;
        if (refusals.Count > 0)
        {
            return new CalendarPublication(false, null, [], [.. refusals.Select(f => f with { Path = f.Path.Replace("$.data", "$", StringComparison.Ordinal) })]);
        }

        var receipt = (await transaction.RecordNewAsync([EventMapping.ToAppend(e)], cancel))[0];
        await transaction.CommitAsync(cancel);
        return new CalendarPublication(true, receipt.Position, calendar.PublishedYears, []);
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
