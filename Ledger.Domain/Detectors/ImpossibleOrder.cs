using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F11, certain: a case closed before it was received, dispatched before it was received, or followed up before it was closed.
/// </summary>
[Discriminator("impossible_order")]
public sealed record ImpossibleOrder(bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F11";

    /// <inheritdoc/>
    internal override Grouping Grouping => Grouping.BySubject;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records) => records.Facts.CaseOf(records.Key) is { } c ? Find(c) : [];

    private IEnumerable<Finding> Find(CaseFacts c)
    {
        foreach (
            var (earlier, later, what) in new[]
            {
                (c.Closed, c.Received, "closed before received"),
                (c.Dispatched, c.Received, "dispatched before received"),
                (c.FollowedUp, c.Closed, "followed up before closed"),
            }
        )
        {
            if (earlier is not null && later is not null && earlier.OccurredAt < later.OccurredAt)
            {
                yield return Suspect(
                    Certainty.Certain,
                    c.Subject,
                    what,
                    later.OccurredAt,
                    [earlier, later],
                    what,
                    RecordContradictions.Moment(earlier),
                    RecordContradictions.Moment(later)
                );
            }
        }
    }
}
