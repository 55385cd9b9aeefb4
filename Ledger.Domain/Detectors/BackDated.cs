using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F08: recorded more than so many hours after it occurred; a lead, certain where the statement of the period in which it
/// occurred was issued before it was recorded. One finding a case, round or issue, for all of its late records. What comes in
/// with a file is recorded when it is imported: a file of old records shows each of them, unless it was declared as a load of history.
/// </summary>
[Discriminator("back_dated")]
public sealed record BackDated(int Hours = 24, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F08";

    /// <inheritdoc/>
    internal override Grouping Grouping => Grouping.BySubject;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var locked = records
            .Account.Schedule.Select(p => (p.From, p.To, p.Number, Position: records.Account.Periods[p.Number].Issued?.Position))
            .Where(p => p.Position is not null)
            .ToList();
        var events = records.NotLoaded.Where(e => Grouping.IsRecord(e.Data) && Delay(e) > Duration.FromHours(Hours)).ToList();
        if (events.Count > 0)
        {
            var most = events.MaxBy(Delay)!;
            var after = events
                .Select(e =>
                    (
                        Event: e,
                        Period: locked.FirstOrDefault(p => e.OccurredOn >= p.From && e.OccurredOn <= p.To && e.Position > p.Position)
                    )
                )
                .FirstOrDefault(e => e.Period.Number > 0);
            var shown = after.Event ?? most;
            yield return Suspect(
                after.Event is null ? Certainty.Lead : Certainty.Certain,
                records.Key,
                "",
                events.Min(e => e.RecordedAt),
                events.Take(MostEvidence),
                after.Event is null
                    ? $"{events.Count} record{(events.Count == 1 ? "" : "s")} written down up to " + $"{Show(Delay(most))} after the event"
                    : $"recorded after the statement of period {after.Period.Number} was issued",
                $"occurred {shown.TimeInWords}",
                $"recorded {Show(shown.RecordedAt)}"
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "hours", Hours);

    /// <summary>How long after the event it was recorded, at the least.</summary>
    private static Duration Delay(LedgerEvent e) => e.RecordedAt - e.When.Latest;
}
