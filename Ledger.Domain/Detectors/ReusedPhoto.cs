using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F06, certain: one photo (by the digest of its bytes) in two issues, or in issues or rounds of different patrollers or dates.
/// A round and an issue found on it may share a photo. Each later use is held against the first that differs.
/// </summary>
[Discriminator("reused_photo")]
public sealed record ReusedPhoto(bool Off = false) : Detector(Off)
{
    private static readonly Grouping ByPhoto = new(e => UsesOf(e).Select(u => u.Photo));

    /// <inheritdoc/>
    public override string Rule => "F06";

    /// <inheritdoc/>
    internal override Grouping Grouping => ByPhoto;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var known = new List<Use>();
        foreach (var use in records.All.SelectMany(UsesOf).Where(u => u.Photo == records.Key))
        {
            if (known.Find(k => k.Differs(use)) is { } first)
            {
                yield return Suspect(
                    Certainty.Certain,
                    use.Event.Subject,
                    $"{use.Event.Id} {use.Photo}",
                    use.Event.OccurredAt,
                    [first.Event, use.Event],
                    $"the photo {use.Photo[..12]}… was used before",
                    first.Text,
                    use.Text
                );
            }

            if (!known.Exists(k => k.IsLike(use)))
            {
                known.Add(use);
            }
        }
    }

    private static IEnumerable<Use> UsesOf(LedgerEvent e) =>
        e.Data switch
        {
            IssueFound { Photo: { } photo } => [new Use(photo.Sha256, e, e.Subject)],
            IssueResolved { Photo: { } photo } => [new Use(photo.Sha256, e, e.Subject)],
            PatrolRoundRecorded { Photos: { } photos } => photos.Distinct().Select(photo => new Use(photo, e, null)),
            _ => [],
        };

    private sealed record Use(string Photo, LedgerEvent Event, string? Issue)
    {
        private readonly string person = Grouping.ActorOf(Event);
        private readonly LocalDate on = Event.Data is PatrolRoundRecorded round ? ChinaTime.DateOf(round.StartedAt) : Event.OccurredOn;

        public string Text => $"{Event.Subject}, {person}, {on:uuuu-MM-dd}";

        public bool Differs(Use other) =>
            person != other.person || on != other.on || (Issue is not null && other.Issue is not null && Issue != other.Issue);

        public bool IsLike(Use other) => person == other.person && on == other.on && Issue == other.Issue;
    }
}
