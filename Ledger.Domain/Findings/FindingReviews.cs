using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Findings;

/// <summary>One step of a review: when, by whom, what was done and noted.</summary>
public sealed record ReviewStep(Instant At, string By, string Did, string Note, string Event);

/// <summary>How a finding was looked into: who has it, each step, and how its facts have changed since it was taken up.</summary>
/// <param name="Assignee">Whose it is; the last named.</param>
/// <param name="Changed">What differs from what was seen then; null where nothing does.</param>
/// <param name="Steps">In the order of recording.</param>
public sealed record FindingReview(string? Assignee, string? Changed, IReadOnlyList<ReviewStep> Steps);

/// <summary>
/// The reviews of a contract's findings, out of their events. Taken up or noted, a finding is under review; cleared, or found genuine
/// by a spot check of its records, it is cleared; found falsified it is confirmed, for good. A finding that was taken up stays in the
/// list whatever becomes of its facts.
/// </summary>
internal static class FindingReviews
{
    private const string Prefix = "finding/";

    /// <summary>The findings with their reviews, and those that only their review still knows.</summary>
    public static IEnumerable<Finding> Apply(IReadOnlyList<Finding> findings, ContractFacts facts)
    {
        var events = facts
            .OfAny<FindingEvent>()
            .GroupBy(e => e.Subject[Prefix.Length..])
            .ToDictionary(g => g.Key, g => g.OrderBy(e => e.Position).ToList());
        if (events.Count == 0)
        {
            return findings;
        }

        var checks = facts.Of<SpotCheckConcluded>().OrderBy(c => c.Event.Position).ToList();
        var known = findings.Select(f => f.Id).ToHashSet();
        var gone = events.Where(e => !known.Contains(e.Key)).Select(e => Gone(e.Key, e.Value));
        return findings
            .Select(f => events.TryGetValue(f.Id, out var steps) ? Reviewed(f, steps, checks, ChangeOf(f, SeenIn(steps))) : f)
            .Concat(gone.Select(f => Reviewed(f, events[f.Id], checks, "the facts no longer show it")));
    }

    private sealed record Step(LedgerEvent Event, FindingState State, string Did, string Note);

    private static SeenFinding? SeenIn(List<LedgerEvent> steps) =>
        steps.Select(e => e.Data).OfType<FindingOpened>().Select(o => o.Seen).FirstOrDefault(s => s is not null);

    /// <summary>A finding as it was seen when it was taken up; of one whose opening does not say, only its id tells the rule.</summary>
    private static Finding Gone(string id, List<LedgerEvent> steps)
    {
        var seen = SeenIn(steps);
        return new Finding(
            seen?.Kind ?? FindingKind.FalseRecord,
            seen?.Rule ?? id.Split('-')[0],
            seen?.Subject ?? Prefix + id,
            steps[0].OccurredAt,
            FindingState.UnderReview,
            seen?.Certainty ?? Certainty.Lead,
            seen?.Evidence ?? [],
            seen?.Detail ?? new Dictionary<string, string>()
        )
        {
            GivenId = id,
        };
    }

    private static Finding Reviewed(Finding finding, List<LedgerEvent> steps, List<Fact<SpotCheckConcluded>> checks, string? changed)
    {
        var taken = steps
            .Select(e => new Step(
                e,
                e.Data is FindingCleared ? FindingState.Cleared : FindingState.UnderReview,
                Did(e.Data),
                ((FindingEvent)e.Data).Note
            ))
            .Concat(
                from check in checks
                where check.Event.Position > steps[0].Position
                let verdicts = check.Data.Sampled.Where(s => s.Subject == finding.Subject).ToList()
                where verdicts.Count > 0
                let falsified = verdicts.Find(v => v.Verdict == Verdict.Falsified)
                select new Step(
                    check.Event,
                    falsified is null ? FindingState.Cleared : FindingState.Confirmed,
                    $"{check.Event.Subject} found it {(falsified is null ? "genuine" : "falsified")}",
                    (falsified ?? verdicts[0]).Reason ?? ""
                )
            )
            .OrderBy(s => s.Event.Position)
            .ToList();
        var state = taken.Exists(s => s.State == FindingState.Confirmed) ? FindingState.Confirmed : taken[^1].State;
        var assignee = steps.Select(e => ((FindingEvent)e.Data).Assignee).LastOrDefault(a => a is not null);
        return finding with
        {
            State = state,
            Review = new FindingReview(
                assignee,
                changed,
                [.. taken.Select(s => new ReviewStep(s.Event.OccurredAt, s.Event.Actor, s.Did, s.Note, s.Event.Id))]
            ),
        };
    }

    private static string? ChangeOf(Finding now, SeenFinding? seen)
    {
        if (seen is null)
        {
            return null;
        }

        var added = now.Evidence.Except(seen.Evidence).ToList();
        var lost = seen.Evidence.Except(now.Evidence).ToList();
        var values = now
            .Detail.Where(d => seen.Detail.GetValueOrDefault(d.Key) != d.Value)
            .Select(d => $"{d.Key} was \"{seen.Detail.GetValueOrDefault(d.Key)}\", is \"{d.Value}\"")
            .ToList();
        var changes = new[]
        {
            added.Count > 0 ? "rests on " + string.Join(' ', added) + " as well" : null,
            lost.Count > 0 ? "no longer rests on " + string.Join(' ', lost) : null,
            values.Count > 0 ? string.Join(", ", values) : null,
        };
        return changes.Any(c => c is not null) ? string.Join("; ", changes.OfType<string>()) : null;
    }

    private static string Did(EventData data) =>
        data switch
        {
            FindingOpened => "opened",
            FindingCleared => "cleared",
            _ => "noted",
        };
}
