using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F16, a lead: somebody closes a share of cases in the last so many percent of their handling limit that is more than so many
/// times the median of the others who close cases, and some of those cases were reopened, or found dissatisfied at the call-back,
/// within so many days. Subject <c>actor/{person}</c>. A case has a limit where it carries <c>dueAt</c> or the contract sets one.
/// </summary>
[Discriminator("deadline_clustering")]
public sealed record DeadlineClustering(
    decimal Percent = 5,
    decimal Times = 3,
    int Days = 7,
    int Least = 5,
    int Closings = 20,
    decimal P = 0.001m,
    bool Off = false
) : Detector(Off)
{
    private const int Hundred = 100;

    // Whose share stands out depends on everybody's.
    private static readonly Grouping Together = new(e => e.Data is CaseEvent ? [""] : []);

    /// <inheritdoc/>
    public override string Rule => "F16";

    /// <inheritdoc/>
    internal override Grouping Grouping => Together;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var limits = records.Account.Terms.Rules<CaseLimits>().Select(r => r.Rule).ToList();
        var complaints = records
            .All.Where(e => e.Data is CaseReopened or CaseFollowedUp { Result: FollowUpResult.Dissatisfied })
            .ToLookup(e => e.Subject);
        var closers = records
            .Facts.Cases.Where(c => c.Closed is not null)
            .Select(c => (Case: c, Late: IsLate(c, limits)))
            .Where(c => c.Late is not null)
            .GroupBy(c => c.Case.Closed!.Actor)
            .Select(g => (Person: g.Key, Closed: g.Count(), Late: g.Where(c => c.Late == true).Select(c => c.Case).ToList()))
            .OrderBy(g => g.Person, StringComparer.Ordinal)
            .ToList();
        var shares = closers.Select(c => Share(c.Late.Count, c.Closed)).ToList();
        for (var i = 0; i < closers.Count; i++)
        {
            var (person, closed, late) = closers[i];
            if (
                closers.Count < 2
                || closed < Closings
                || late.Count < Least
                || !StandsOut(closed, late.Count, closers.Where((_, other) => other != i).ToList())
                || Median(shares.Where((_, other) => other != i)) is var median && shares[i] <= Times * median
            )
            {
                continue;
            }

            var bad = late.Select(c =>
                    (
                        Case: c,
                        Complaint: complaints[c.Subject]
                            .FirstOrDefault(e =>
                                c.Closed!.When.IsAfter(e.When) == false && e.When.IsAfter(c.Closed.When + Duration.FromDays(Days)) == false
                            )
                    )
                )
                .Where(c => c.Complaint is not null)
                .OrderBy(c => c.Complaint!.OccurredAt)
                .ThenBy(c => c.Complaint!.Position)
                .ToList();
            if (bad.Count > 0)
            {
                yield return Suspect(
                    Certainty.Lead,
                    $"actor/{person}",
                    "",
                    bad[0].Complaint!.OccurredAt,
                    bad.Take(MostEvidence / 2).SelectMany(c => new[] { c.Case.Closed!, c.Complaint! }),
                    $"{person} closed {late.Count} of {closed} cases in the last {Percent} % of the limit; {bad.Count} of these were "
                        + $"reopened or found dissatisfied within {Days} days",
                    $"share {Text(shares[i])}",
                    $"median of the {closers.Count - 1} others {Text(median)}"
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() =>
        AtLeast(0, "percent", Percent)
            .Concat(AtLeast(0, "times", Times))
            .Concat(AtLeast(0, "days", Days))
            .Concat(AtLeast(0, "least", Least))
            .Concat(AtLeast(0, "closings", Closings))
            .Concat(AtLeast(0, "p", P));

    /// <summary>
    /// Whether so many late closings would come about by chance with less than <c>p</c> at the others' share. One is added to both of its
    /// parts: that none of a few was late does not make the next one a wonder.
    /// </summary>
    private bool StandsOut(int closed, int late, List<(string Person, int Closed, List<CaseFacts> Late)> others) =>
        Binomial.Tail(closed, late, others.Sum(o => o.Late.Count) + 1, others.Sum(o => o.Closed) + 1) < P;

    /// <summary>Whether a case was closed in the last stretch of its limit, limit included; null where that is not to be told.</summary>
    private bool? IsLate(CaseFacts c, List<CaseLimits> limits)
    {
        if (c.Received is not { } received || c.Voided is not null)
        {
            return null;
        }

        var limit = c.DueAt is { } due
            ? TimeRange.At(due)
            : limits
                .SelectMany(l => l.ClocksOf(c))
                .Where(clock => clock.Step == CaseStep.Handling)
                .Select(clock => (TimeRange?)clock.Limit)
                .FirstOrDefault();
        if (limit is not { } ends || ends.Latest <= received.When.Latest)
        {
            return null;
        }

        var (earliest, latest) = (
            StretchOf(c.Closed!.When.Earliest, received.When.Latest, ends.Latest),
            StretchOf(c.Closed.When.Latest, received.When.Earliest, ends.Earliest)
        );
        return earliest == latest ? earliest == Stretch.Last : null;
    }

    private enum Stretch
    {
        Before,
        Last,
        After,
    }

    private Stretch StretchOf(Instant closed, Instant received, Instant end)
    {
        var left = (end - closed).ToInt64Nanoseconds() / 1000m;
        return left < 0 ? Stretch.After
            : left * Hundred < (end - received).ToInt64Nanoseconds() / 1000m * Percent ? Stretch.Last
            : Stretch.Before;
    }

    private static decimal Share(int part, int of) => (decimal)part / of;

    private static string Text(decimal share) => $"{decimal.Round(share * Hundred, 1)} %";

    private static decimal Median(IEnumerable<decimal> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
