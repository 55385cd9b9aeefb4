using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F15, a lead: so many records or more of one person, whose minutes are known, of which so many fall on minutes that are multiples of
/// five that chance (one in five) would bring it about with a probability below <c>p</c>. Subject <c>actor/{person}</c>.
/// </summary>
[Discriminator("too_regular")]
public sealed record TooRegular(int Records = 30, decimal P = 0.001m, bool Off = false) : Detector(Off)
{
    private const int Every = 5;

    /// <inheritdoc/>
    public override string Rule => "F15";

    /// <inheritdoc/>
    internal override Grouping Grouping => Grouping.ByActor;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var events = records.All.Where(e => e.Precision != TimePrecision.Date).ToList();
        var regular = events.Where(e => ChinaTime.Show(e.OccurredAt).Minute % Every == 0).ToList();
        if (events.Count >= Records && Binomial.Tail(events.Count, regular.Count, 1, Every) < P)
        {
            yield return Suspect(
                Certainty.Lead,
                $"actor/{records.Key}",
                "",
                events[^1].OccurredAt,
                regular.Take(MostEvidence),
                $"{regular.Count} of {events.Count} records of {records.Key} fall on a minute that is a multiple of five",
                $"{regular.Count} found",
                $"about {events.Count / Every} expected, this many or more with a probability below {P}"
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(1, "records", Records).Concat(AtLeast(0, "p", P));
}
