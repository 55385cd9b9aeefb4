using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F11, certain: a case closed before it was received, dispatched before it was received, or followed up before it was closed. Undecidable
/// where the times as they stand clash and the precision of one leaves it open; two that were recorded as the same day do not clash.
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
            if (earlier is not null && later is not null && earlier.OccurredAt < later.OccurredAt && earlier.When != later.When)
            {
                var finding = Suspect(
                    Certainty.Certain,
                    c.Subject,
                    what,
                    later.When.Latest,
                    [earlier, later],
                    what,
                    RecordContradictions.Moment(earlier),
                    RecordContradictions.Moment(later)
                );
                yield return later.When.IsAfter(earlier.When) == true ? finding : finding.AsUndecidable();
            }
        }
    }
}
