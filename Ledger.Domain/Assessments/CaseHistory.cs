using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Assessments;

/// <summary>How a clock of a case stands.</summary>
public enum ClockState
{
    /// <summary>It was stopped within its limit.</summary>
    Kept,

    /// <summary>It runs, and its limit has not passed.</summary>
    Running,

    /// <summary>Its limit has passed.</summary>
    Broken,

    /// <summary>The precision of its times leaves it open.</summary>
    Undecidable,
}

/// <summary>
/// A clock of a case in words: its clause, its limit, from when, until when, and how it stands; and its moments, of a time that is not
/// known exactly the earliest (<paramref name="LimitAt"/>: the latest).
/// </summary>
public sealed record CaseClock(
    CaseStep Step,
    string Clause,
    string Limit,
    string From,
    string? Stopped,
    ClockState State,
    string InWords,
    Instant StartedAt,
    Instant LimitAt,
    Instant? StoppedAt
);

/// <summary>What a case was called from a moment on; of each property the last one holds.</summary>
public sealed record CaseDescription(string Property, string Value, Instant Since, string Event);

/// <summary>One case with its events in order, its clocks as they stand at a moment, and how it was described.</summary>
/// <param name="DueAt">When it is due by its own due time; null where it has none.</param>
/// <param name="Voided">Why it counts for nothing; null where it counts.</param>
public sealed record CaseHistory(
    string Contract,
    string Case,
    Instant? DueAt,
    string? Voided,
    IReadOnlyList<CaseDescription> Descriptions,
    IReadOnlyList<CaseClock> Clocks
)
{
    /// <summary>The history of a case by its events, with clocks that run to a moment.</summary>
    public static CaseHistory Of(ContractAccount account, IReadOnlyList<LedgerEvent> events, Instant effective)
    {
        var counted = events.Where(e => e.When.Earliest <= effective).Order(Comparer<LedgerEvent>.Create(EventOrder.ByTime)).ToList();
        var facts = counted.Count > 0 ? CaseFacts.Of(counted) : new CaseFacts(events[0].Subject);
        return new CaseHistory(
            account.Terms.Id,
            facts.Subject[EventStreams.Cases.Length..],
            facts.DueAt,
            (facts.Voided?.Data as CaseVoided)?.Reason,
            [.. counted.SelectMany(DescribedBy)],
            [
                .. from block in CaseLimits.Of(account.Terms)
                from clock in block.Rule.ClocksOf(facts)
                select ClockOf(block.Clause.Number, clock, effective),
            ]
        );
    }

    /// <summary>
    /// The clock by which a deduction on this case was found; null where none is. The suffix of its id says which step it is about.
    /// </summary>
    public CaseClock? ClockOf(string deduction)
    {
        var step =
            deduction.Contains("-dispatch:", StringComparison.Ordinal) ? CaseStep.Dispatch
            : deduction.Contains("-response:", StringComparison.Ordinal) ? CaseStep.Contact
            : deduction.Contains("-followup:", StringComparison.Ordinal) ? CaseStep.CallBack
            : (CaseStep?)null;
        return Clocks.FirstOrDefault(c => c.Step == step && c.State == ClockState.Broken);
    }

    private static IEnumerable<CaseDescription> DescribedBy(LedgerEvent e)
    {
        var (category, title, grid, location) = e.Data switch
        {
            CaseReceived received => (received.Category, received.Title, received.Grid, received.Location),
            CaseAmended amended => (amended.Category, amended.Title, amended.Grid, amended.Location),
            _ => (null, null, null, null),
        };
        (string Name, string? Value)[] all =
        [
            ("category", category),
            ("title", title),
            ("grid", grid),
            ("location", location is null ? null : $"{location.Lat},{location.Lon}"),
        ];
        return all.Where(p => p.Value is not null).Select(p => new CaseDescription(p.Name, p.Value!, e.OccurredAt, e.Id));
    }

    private static CaseClock ClockOf(string clause, CaseLimits.Clock clock, Instant effective)
    {
        var state = clock.IsBroken(effective) switch
        {
            null => ClockState.Undecidable,
            true => ClockState.Broken,
            false => clock.Stop is null ? ClockState.Running : ClockState.Kept,
        };
        return new CaseClock(
            clock.Step,
            clause,
            clock.Text,
            clock.Start.TimeInWords,
            clock.Stop?.TimeInWords,
            state,
            InWords(clock, state, effective),
            clock.Start.When.Earliest,
            clock.Limit.Latest,
            clock.Stop?.When.Earliest
        );
    }

    /// <summary>What the clock shows, in words and figures: <c>dispatch after 88 min, limit 30 min</c>.</summary>
    private static string InWords(CaseLimits.Clock clock, ClockState state, Instant effective)
    {
        var step = Words<CaseStep>.Of(clock.Step).Replace('_', '-');
        var (start, stop) = (clock.Start.When, clock.Stop?.When ?? TimeRange.At(effective));
        var (least, most) = (stop.Earliest - start.Latest, stop.Latest - start.Earliest);

        // What is known to a minute or a day ends a microsecond before the next one.
        var (from, to) = (Math.Floor(Math.Max(0, least.TotalSeconds)), Math.Ceiling(most.TotalSeconds));
        var taken = least == most ? Text(most) : $"{Text(Duration.FromSeconds(from))} to {Text(Duration.FromSeconds(to))}";
        return clock.Step == CaseStep.Contact
            ? $"{step} {(state == ClockState.Kept ? "came before closing" : "did not come before closing")}"
            : $"{step} {(clock.Stop is null ? "open for" : "after")} {taken}, limit {clock.Text}";
    }

    /// <summary>All of a span, so that a limit that was missed by a second does not look as if it was kept.</summary>
    private static string Text(Duration span)
    {
        var (days, hours, minutes) =
            span.TotalHours < 3 ? (0, 0, (long)span.TotalMinutes)
            : span.TotalDays < 2 ? (0, (long)span.TotalHours, span.Minutes)
            : ((long)span.Days, (long)span.Hours, (long)span.Minutes);
        var seconds = span.Seconds + (decimal)span.SubsecondTicks / NodaConstants.TicksPerSecond;
        string[] parts =
        [
            .. new[] { (days, "d"), (hours, "h"), (minutes, "min") }.Where(p => p.Item1 != 0).Select(p => $"{p.Item1} {p.Item2}"),
            .. seconds != 0 ? [$"{seconds:0.######} s"] : Array.Empty<string>(),
        ];
        return parts.Length > 0 ? string.Join(' ', parts) : "0 min";
    }
}
