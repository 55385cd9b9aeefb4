using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F10, a lead: so many records or more of one person recorded within so many seconds whose occurrence spans more than so many
/// hours. Batches do not overlap: a record stands in one. A load of
/// history that was declared is none. Subject <c>actor/{person}</c>.
/// </summary>
[Discriminator("batch_entry")]
public sealed record BatchEntry(int Records = 10, int Seconds = 60, int Hours = 2, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F10";

    /// <inheritdoc/>
    internal override Grouping Grouping => Grouping.ByActor;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var events = records.NotLoaded.OrderBy(e => e.Position).ToList();
        var (first, last) = (new Extreme(-1, e => e.When.Latest), new Extreme(1, e => e.When.Earliest));
        for (int start = 0, end = 0; start < events.Count; start++)
        {
            for (; end < events.Count && events[end].RecordedAt <= events[start].RecordedAt + Duration.FromSeconds(Seconds); end++)
            {
                first.Add(events, end);
                last.Add(events, end);
            }

            var (from, to) = (events[first.From(start)].When.Latest, events[last.From(start)].When.Earliest);
            if (end - start >= Records && to - from > Duration.FromHours(Hours))
            {
                var batch = events[start..end];
                yield return Suspect(
                    Certainty.Lead,
                    $"actor/{records.Key}",
                    batch[0].Id,
                    batch[^1].RecordedAt,
                    batch.Take(MostEvidence),
                    $"{batch.Count} records of {records.Key} were recorded within "
                        + $"{Show(batch[^1].RecordedAt - batch[0].RecordedAt)}, what they tell of spans {Show(to - from)}",
                    $"recorded {Show(batch[0].RecordedAt)} to {Show(batch[^1].RecordedAt)}",
                    $"occurred {Show(from)} to {Show(to)}"
                );
                start = end - 1;
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() =>
        AtLeast(1, "records", Records).Concat(AtLeast(0, "seconds", Seconds)).Concat(AtLeast(0, "hours", Hours));

    /// <summary>
    /// The record that occurred first (sign −1) or last (1) in a window that only moves on: each record enters and leaves once.
    /// </summary>
    private sealed class Extreme(int sign, Func<LedgerEvent, Instant> at)
    {
        private readonly LinkedList<int> candidates = new();

        public void Add(List<LedgerEvent> events, int index)
        {
            while (candidates.Last is { } last && at(events[last.Value]).CompareTo(at(events[index])) * sign <= 0)
            {
                candidates.RemoveLast();
            }

            candidates.AddLast(index);
        }

        public int From(int start)
        {
            while (candidates.First!.Value < start)
            {
                candidates.RemoveFirst();
            }

            return candidates.First.Value;
        }
    }
}
