using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F03, certain: two rounds of one patroller whose times intersect and whose tracks are, at a moment of both, more than so many
/// metres apart. A round is held against those that have not ended when it starts; the first that clashes is named.
/// </summary>
[Discriminator("overlapping_rounds")]
public sealed record OverlappingRounds(decimal Metres = 200, bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F03";

    /// <inheritdoc/>
    internal override Grouping Grouping => Grouping.ByPatroller;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var running = new PriorityQueue<Round, Instant>();
        foreach (var round in records.Rounds.OrderBy(r => r.Data.StartedAt).ThenBy(r => r.Event.Position))
        {
            while (running.TryPeek(out _, out var end) && end < round.Data.StartedAt)
            {
                running.Dequeue();
            }

            foreach (var (other, end) in running.UnorderedItems.OrderBy(r => r.Element.Event.Position))
            {
                if (
                    Geometry.FirstApart(
                        other.Track,
                        round.Track,
                        round.Data.StartedAt,
                        Instant.Min(end, round.Data.EndedAt),
                        (long)(Metres * 1000)
                    ) is
                    { } apart
                )
                {
                    yield return Suspect(
                        Certainty.Certain,
                        round.Event.Subject,
                        round.Event.Id,
                        apart.At,
                        [other.Event, round.Event],
                        $"{records.Key} walks two rounds at once, {InMetres(apart.Millimetres)} apart at {Show(apart.At)}",
                        Span(other),
                        Span(round)
                    );
                    break;
                }
            }

            running.Enqueue(round, round.Data.EndedAt);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "metres", Metres);

    private static string Span(Round round) => $"{round.Event.Subject} from {Show(round.Data.StartedAt)} to {Show(round.Data.EndedAt)}";
}
