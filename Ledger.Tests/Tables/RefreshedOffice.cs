using System.Text;
using Ledger.Api.Mapping;
using Ledger.Domain.Events;
using Ledger.Domain.Simulation;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Tests.Tables;

/// <summary>
/// An office's tickets over ten weeks: all are in each week's export, and each week a tenth of them change. One is closed, gets more
/// time, is described otherwise, or is voided.
/// </summary>
internal sealed class RefreshedOffice
{
    private const int Weeks = 10;
    private const string Contract = "gaomidian-2025";
    private static readonly LocalDateTime Begin = new(2025, 11, 3, 8, 0);

    public static readonly ImportMapping Mapping =
        ImportMapping.Read(
            """
            {"name":"weekly","source":"city/weekly","timeFormats":["uuuu-MM-dd HH:mm"],"blank":["-"],
             "events":[
              {"type":"case_received","id":"{no}-received","subject":"case/{no}","time":"opened","actor":"12345",
               "data":{"platform":"city","channel":"phone","urgency":"routine"}},
              {"type":"deadline_extended","id":"{no}-due-{digest}","subject":"case/{no}","time":"updated","actor":"12345",
               "data":{"dueAt":{"column":"due","as":"time"}}},
              {"type":"case_amended","id":"{no}-amended-{digest}","subject":"case/{no}","time":"updated","actor":"12345",
               "data":{"category":{"column":"category"}}},
              {"type":"case_closed","id":"{no}-closed-{digest}","subject":"case/{no}","time":"closed","actor":"12345"},
              {"type":"case_voided","id":"{no}-voided-{digest}","subject":"case/{no}","time":"voided","actor":"12345",
               "data":{"reason":"entered twice"}}]}
            """u8.ToArray(),
            out var faults
        ) ?? throw new InvalidDataException(string.Join("; ", faults));

    private readonly List<Ticket[]> weeks = [];

    public RefreshedOffice(int seed, int tickets)
    {
        var random = new Dice((ulong)seed);
        var now = Enumerable
            .Range(0, tickets)
            .Select(i => Begin.PlusMinutes(random.Between(0, 7 * 1440 - 1)))
            .Select((opened, i) => new Ticket($"T{i}", opened, opened, opened.PlusDays(7), $"category {i % 9}", null, null))
            .ToArray();
        for (var week = 0; week < Weeks; week++)
        {
            var end = Begin.PlusWeeks(week + 1);
            for (var i = 0; week > 0 && i < tickets; i++)
            {
                if (random.Chance(100) && now[i].Voided is null)
                {
                    now[i] = Changed(now[i], random.Between(0, 7), end.PlusMinutes(-1 - random.Between(0, 7 * 1440 - 1)));
                }
            }

            weeks.Add([.. now]);
        }
    }

    /// <summary>What the platform exports at the end of a week, from 0.</summary>
    public string Export(int week)
    {
        var csv = new StringBuilder("no,opened,updated,due,category,closed,voided\n");
        foreach (var t in weeks[week])
        {
            csv.Append(t.No)
                .Append(',')
                .Append(Text(t.Opened))
                .Append(',')
                .Append(Text(t.Updated))
                .Append(',')
                .Append(Text(t.Due))
                .Append(',');
            csv.Append(t.Category).Append(',').Append(Text(t.Closed)).Append(',').Append(Text(t.Voided)).Append('\n');
        }

        return csv.ToString();
    }

    /// <summary>What happened, told once and in order, as somebody who was there would record it.</summary>
    public IEnumerable<LedgerEvent> Truth()
    {
        var position = 1L;
        foreach (var last in weeks[^1])
        {
            yield return Told(last, last.Opened, new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine));
            yield return Told(last, last.Updated, new DeadlineExtended(At(last.Due)));
            if (last.Closed is { } closed)
            {
                yield return Told(last, closed, new CaseClosed());
            }

            if (last.Voided is { } voided)
            {
                yield return Told(last, voided, new CaseVoided("entered twice"));
            }
        }

        LedgerEvent Told(Ticket t, LocalDateTime at, EventData data) =>
            new(++position, Contract, $"case/{t.No}", 1, $"truth-{position}", "truth", At(at), At(at), "12345", data);
    }

    private static Ticket Changed(Ticket t, long what, LocalDateTime at) =>
        what switch
        {
            0 => t with { Updated = at, Voided = at },
            1 or 2 => t with { Updated = at, Due = t.Due.PlusDays(5) },
            3 => t with { Updated = at, Category = t.Category + "!" },
            _ when t.Closed is null => t with { Updated = at, Closed = at },
            _ => t with { Updated = at },
        };

    private static Instant At(LocalDateTime local) => ChinaTime.At(local.Date, local.TimeOfDay);

    private static string Text(LocalDateTime? at) => at?.ToString("uuuu-MM-dd HH:mm", null) ?? "-";

    private sealed record Ticket(
        string No,
        LocalDateTime Opened,
        LocalDateTime Updated,
        LocalDateTime Due,
        string Category,
        LocalDateTime? Closed,
        LocalDateTime? Voided
    );
}
