using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>A time limit of one step of a case.</summary>
public enum CaseStep
{
    /// <summary>From receipt to signing or return.</summary>
    Sign,

    /// <summary>From receipt or signing to dispatch or return.</summary>
    Dispatch,

    /// <summary>From receipt to return, for a case that is returned.</summary>
    Return,

    /// <summary>The citizen is contacted before the case is closed.</summary>
    Contact,

    /// <summary>From receipt to each urging at 2 h, 24 h and 7 d, unless closed or returned before.</summary>
    Urge,

    /// <summary>From receipt to closing or return: the case's own due time where it carries one.</summary>
    Handling,

    /// <summary>From closing to the call-back.</summary>
    CallBack,
}

/// <summary>From what the dispatch limit runs (reading and-annex1-hour).</summary>
public enum DispatchClock
{
    /// <summary>From receipt.</summary>
    Receipt,

    /// <summary>From signing.</summary>
    Signing,
}

/// <summary>One limit in minutes; none for contact and urging, which bring their own.</summary>
public sealed record CaseLimit(CaseStep Step, int? Minutes = null);

/// <summary>
/// Time limits of single cases that cost nothing by themselves. A limit is broken when more time than it has passed, also
/// while its clock still runs. An urgent case's own dispatch limit goes before the general one where <c>ownIfUrgent</c> is
/// set; a dispatch that carries <c>approvedBy</c> has none where <c>waivedByApproval</c> is. Finding <c>time_limit</c>, rule the
/// step's name, subject the case, arisen at the moment of the limit.
/// </summary>
[Discriminator("case_limits")]
public sealed record CaseLimits(
    IReadOnlyList<CaseLimit> Limits,
    DispatchClock DispatchFrom = DispatchClock.Receipt,
    bool OwnIfUrgent = false,
    bool WaivedByApproval = false
) : Rule
{
    private static readonly (UrgeStage Stage, Duration After)[] Stages =
    [
        (UrgeStage.TwoHours, Duration.FromHours(2)),
        (UrgeStage.OneDay, Duration.FromHours(24)),
        (UrgeStage.SevenDays, Duration.FromDays(7)),
    ];

    /// <summary>A clock of one step of a case: what started it, when its limit passes, what stopped it (null while it runs).</summary>
    public readonly record struct Clock(CaseStep Step, LedgerEvent Start, Instant Limit, LedgerEvent? Stop, string Text);

    /// <summary>All clocks of a case, kept and broken.</summary>
    public IEnumerable<Clock> ClocksOf(CaseFacts c) => Limits.SelectMany(limit => ClocksOf(limit, c));

    /// <summary>Where no clause limits the handling, the due time that a case itself carries still does.</summary>
    internal static IEnumerable<Finding> OwnDueTimes(RuleInput input) =>
        input.Terms.Rules<CaseLimits>().Any(r => r.Rule.Limits.Any(l => l.Step == CaseStep.Handling))
            ? []
            : new CaseLimits([new CaseLimit(CaseStep.Handling)]).Findings(input, new Clause("dueAt", "", "", ClauseClass.Computed));

    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        foreach (var c in input.Facts.Cases)
        {
            foreach (var clock in ClocksOf(c).Where(clock => (clock.Stop?.OccurredAt ?? input.AsOf) > clock.Limit))
            {
                yield return Broken(c.Subject, clause, clock);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (Limits.Count == 0 || Limits.Any(l => (l.Minutes is null) != (l.Step is CaseStep.Contact or CaseStep.Urge) || l.Minutes < 1))
        {
            yield return new Fault(".limits", "expected limits with minutes of 1 or more; contact and urge without");
        }
    }

    private IEnumerable<Clock> ClocksOf(CaseLimit limit, CaseFacts c)
    {
        var general = Duration.FromMinutes(limit.Minutes ?? 0);
        switch (limit.Step)
        {
            case CaseStep.Sign when c.Received is { } start:
                yield return From(limit.Step, start, general, CaseFacts.First(c.Signed, c.Returned));
                break;
            case CaseStep.Dispatch
                when DispatchStart(c) is { } start && !(WaivedByApproval && c.Dispatched?.Data is CaseDispatched { ApprovedBy: not null }):
                var own =
                    OwnIfUrgent && c.Received?.Data is CaseReceived { Urgency: Urgency.Urgent, DispatchLimitMinutes: { } minutes }
                        ? Duration.FromMinutes(minutes)
                        : general;
                yield return From(limit.Step, start, own, CaseFacts.First(c.Dispatched, c.Returned));
                break;
            case CaseStep.Return when c.Received is { } start && c.Returned is { } returned:
                yield return From(limit.Step, start, general, returned);
                break;
            case CaseStep.Contact when c.Closed is { } closed && !(c.Contacted?.OccurredAt <= closed.OccurredAt):
                yield return new Clock(
                    limit.Step,
                    closed,
                    closed.OccurredAt - ChinaTime.Microsecond,
                    c.Contacted ?? closed,
                    "before closing"
                );
                break;
            case CaseStep.Urge when c.Received is { } start:
                foreach (var (stage, after) in Stages)
                {
                    var end = CaseFacts.First(c.Closed, c.Returned);
                    if (!(end?.OccurredAt <= start.OccurredAt + after))
                    {
                        yield return From(limit.Step, start, after, c.Urged(stage)) with
                        {
                            Text = Words<UrgeStage>.Of(stage),
                        };
                    }
                }

                break;
            case CaseStep.Handling when c.Received is { } start:
                var stop = CaseFacts.First(c.Closed, c.Returned);
                if (start.Data is CaseReceived { DueAt: { } due })
                {
                    yield return new Clock(limit.Step, start, due, stop, "due " + Show(due));
                }
                else if (limit.Minutes is not null)
                {
                    yield return From(limit.Step, start, general, stop);
                }

                break;
            case CaseStep.CallBack when c.Closed is { } start:
                yield return From(limit.Step, start, general, c.FollowedUp);
                break;
        }
    }

    private LedgerEvent? DispatchStart(CaseFacts c) => DispatchFrom == DispatchClock.Signing ? c.Signed : c.Received;

    private static Clock From(CaseStep step, LedgerEvent start, Duration limit, LedgerEvent? stop) =>
        new(step, start, start.OccurredAt + limit, stop, $"{(long)limit.TotalMinutes} min");

    private static Finding Broken(string subject, Clause clause, Clock clock)
    {
        var evidence = new[] { clock.Start, clock.Stop }.OfType<LedgerEvent>().Select(e => e.Id).Distinct().ToList();
        return Finding.Of(
            FindingKind.TimeLimit,
            Words<CaseStep>.Of(clock.Step),
            subject,
            clock.Limit,
            evidence,
            ("clause", clause.Number),
            ("limit", clock.Text),
            ("from", Show(clock.Start.OccurredAt)),
            ("stopped", clock.Stop is { } stop ? Show(stop.OccurredAt) : "running")
        ) with
        {
            Key = clock.Step == CaseStep.Urge ? clock.Text : "",
        };
    }
}
