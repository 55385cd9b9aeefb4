using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F17, a lead: somebody signed, returned, dispatched, urged, called, patrolled, or found or reported an issue on a date for which
/// the contract's roster does not name them. Looked for only where the contract has a roster. Replies and closings come from units
/// and platforms and are left out.
/// </summary>
[Discriminator("off_roster")]
public sealed record OffRoster(bool Off = false) : Detector(Off)
{
    /// <inheritdoc/>
    public override string Rule => "F17";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        if (records.Account.Terms.Detection?.Roster is not { Count: > 0 } roster)
        {
            yield break;
        }

        var entries = roster.ToLookup(r => r.Person);
        foreach (
            var e in records.All.Where(e =>
                e.Data
                    is CaseSigned
                        or CaseReturned
                        or CaseDispatched
                        or CaseUrged
                        or CitizenContacted
                        or CaseFollowedUp
                        or PatrolRoundRecorded
                        or IssueFound
                        or IssueReported
            )
        )
        {
            var person = Grouping.ActorOf(e);
            var (from, to) = (ChinaTime.DateOf(e.When.Earliest), ChinaTime.DateOf(e.When.Latest));
            if (!entries[person].Any(r => to >= r.From && !(from > r.To)))
            {
                yield return Suspect(
                    Certainty.Lead,
                    e.Subject,
                    e.Id,
                    e.OccurredAt,
                    [e],
                    $"{person} acted while not on the roster",
                    $"{e.Type.Alias} {e.TimeInWords}",
                    entries[person].Any() ? "on the roster " + string.Join(", ", entries[person].Select(Text)) : "never on the roster"
                );
            }
        }
    }

    private static string Text(RosterEntry entry) => $"from {entry.From:uuuu-MM-dd}{(entry.To is { } to ? $" to {to:uuuu-MM-dd}" : "")}";
}
