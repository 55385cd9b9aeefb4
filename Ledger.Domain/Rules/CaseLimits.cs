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

    /// <summary>A clock of one step of a case.</summary>
    /// <param name="Start">What started it.</param>
    /// <param name="Limit">When its limit passes.</param>
    /// <param name="Stop">What stopped it; null while it runs.</param>
    /// <param name="Stopped">When; null while it runs.</param>
    /// <param name="Text">The limit in words.</param>
    /// <param name="Doubtful">Whether the step may not have been owed at all: then it can be kept, and not broken for certain.</param>
    public readonly record struct Clock(
        CaseStep Step,
        LedgerEvent Start,
        TimeRange Limit,
        LedgerEvent? Stop,
        TimeRange? Stopped,
        string Text,
        bool Doubtful = false
    )
    {
        /// <summary>What says when the case is due, where something does.</summary>
        public LedgerEvent? Due { get; init; }

        /// <summary>Whether its limit is broken at a moment; null where the precision of its times leaves it open.</summary>
        public bool? IsBroken(Instant asOf)
        {
            var broken = (Stopped ?? TimeRange.At(asOf)).IsAfter(Limit);
            return Doubtful && broken == true ? null : broken;
        }
    }

    /// <summary>All clocks of a case, kept and broken; none where it was voided.</summary>
    public IEnumerable<Clock> ClocksOf(CaseFacts c) => c.Voided is null ? Limits.SelectMany(limit => ClocksOf(limit, c)) : [];

    /// <summary>The contract's limits; where no clause limits the handling, the due time that a case itself carries still does.</summary>
    internal static IEnumerable<(Clause Clause, CaseLimits Rule)> Of(ContractTerms terms) =>
        [.. terms.Rules<CaseLimits>(), .. OwnOf(terms)];

    /// <summary>What follows from the cases' own due times where no clause limits the handling.</summary>
    internal static IEnumerable<Finding> OwnDueTimes(RuleInput input) =>
        OwnOf(input.Terms).SelectMany(own => own.Rule.Findings(input, own.Clause));

    private static IEnumerable<(Clause Clause, CaseLimits Rule)> OwnOf(ContractTerms terms) =>
        terms.Rules<CaseLimits>().Any(r => r.Rule.Limits.Any(l => l.Step == CaseStep.Handling))
            ? []
            : [(new Clause("dueAt", "", "", ClauseClass.Computed), new CaseLimits([new CaseLimit(CaseStep.Handling)]))];

    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        foreach (var c in input.Facts.Cases)
        {
            foreach (var clock in ClocksOf(c))
            {
                if (clock.IsBroken(input.AsOf) is var broken && broken != false)
                {
                    yield return Broken(c.Subject, clause, clock, undecidable: broken is null);
                }
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
                yield return From(limit.Step, start, general, c.Signed, c.Returned);
                break;
            case CaseStep.Dispatch
                when DispatchStart(c) is { } start && !(WaivedByApproval && c.Dispatched?.Data is CaseDispatched { ApprovedBy: not null }):
                var own =
                    OwnIfUrgent && c.Received?.Data is CaseReceived { Urgency: Urgency.Urgent, DispatchLimitMinutes: { } minutes }
                        ? Duration.FromMinutes(minutes)
                        : general;
                yield return From(limit.Step, start, own, c.Dispatched, c.Returned);
                break;
            case CaseStep.Return when c.Received is { } start && c.Returned is { } returned:
                yield return From(limit.Step, start, general, returned);
                break;
            case CaseStep.Contact when c.Closed is { } closed:
                yield return new Clock(
                    limit.Step,
                    closed,
                    closed.When,
                    c.Contacted ?? closed,
                    c.Contacted?.When ?? TimeRange.Never,
                    "before closing"
                );
                break;
            case CaseStep.Urge when c.Received is { } start:
                foreach (var (stage, after) in Stages)
                {
                    var ended = TimeRange.First(c.Closed?.When, c.Returned?.When) ?? TimeRange.Never;
                    if (ended.IsAfter(start.When + after) is var owed && owed != false)
                    {
                        yield return From(limit.Step, start, after, c.Urged(stage)) with
                        {
                            Text = Words<UrgeStage>.Of(stage),
                            Doubtful = owed is null,
                        };
                    }
                }

                break;
            case CaseStep.Handling when c.Received is { } start:
                if (c.DueAt is { } due)
                {
                    yield return From(limit.Step, start, general, c.Closed, c.Returned) with
                    {
                        Limit = TimeRange.At(due),
                        Text = "due " + Show(due),
                        Due = c.Due,
                    };
                }
                else if (limit.Minutes is not null)
                {
                    yield return From(limit.Step, start, general, c.Closed, c.Returned);
                }

                break;
            case CaseStep.CallBack when c.Closed is { } start:
                yield return From(limit.Step, start, general, c.FollowedUp);
                break;
        }
    }

    private LedgerEvent? DispatchStart(CaseFacts c) => DispatchFrom == DispatchClock.Signing ? c.Signed : c.Received;

    private static Clock From(CaseStep step, LedgerEvent start, Duration limit, LedgerEvent? stop, LedgerEvent? other = null) =>
        new(
            step,
            start,
            start.When + limit,
            CaseFacts.First(stop, other),
            TimeRange.First(stop?.When, other?.When),
            $"{(long)limit.TotalMinutes} min"
        );

    private static Finding Broken(string subject, Clause clause, Clock clock, bool undecidable)
    {
        var evidence = new[] { clock.Start, clock.Due, clock.Stop }.OfType<LedgerEvent>().Select(e => e.Id).Distinct().ToList();
        var finding = Finding.Of(
            FindingKind.TimeLimit,
            Words<CaseStep>.Of(clock.Step),
            subject,
            ArisenAt(clock, undecidable),
            evidence,
            ("clause", clause.Number),
            ("limit", clock.Text),
            ("from", clock.Start.TimeInWords),
            ("stopped", clock.Stop is { } stop ? stop.TimeInWords : "running")
        ) with
        {
            Key = clock.Step == CaseStep.Urge ? clock.Text : "",
            Actor = clock.Stop?.Actor,
        };
        return undecidable ? finding.AsUndecidable() : finding;
    }

    /// <summary>What had to be done before a closing is missing from the moment before it.</summary>
    private static Instant ArisenAt(Clock clock, bool undecidable) =>
        undecidable ? clock.Limit.Earliest
        : clock.Step == CaseStep.Contact ? clock.Limit.Latest - ChinaTime.Microsecond
        : clock.Limit.Latest;
}
