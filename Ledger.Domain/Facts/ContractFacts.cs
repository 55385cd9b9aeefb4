using Ledger.Domain.Events;
using NodaTime;

namespace Ledger.Domain.Facts;

/// <summary>One event that a rule reads, with its place in the log.</summary>
public sealed record Fact<T>(LedgerEvent Event, T Data)
    where T : EventData
{
    /// <summary>The event's id: what evidence names.</summary>
    public string Id => Event.Id;

    /// <summary>When it occurred.</summary>
    public Instant At => Event.OccurredAt;

    /// <summary>The date on which it occurred.</summary>
    public LocalDate On => Event.OccurredOn;

    /// <summary>The subject's key.</summary>
    public string Key => Event.Key;
}

/// <summary>
/// The facts and the decisions that rules read, of one contract, in the order of rules: by time, then by position.
/// An assessment fills it with what occurred up to its <c>asOf</c>; the order in which facts were imported does not
/// matter where their times differ.
/// </summary>
public sealed class ContractFacts
{
    private readonly Dictionary<string, CaseFacts> cases = [];
    private readonly Dictionary<Type, List<LedgerEvent>> others = [];
    private readonly List<(long Position, string Subject, string Id)> log = [];
    private bool sorted = true;

    /// <summary>The hotline cases by subject, in no particular order.</summary>
    public IEnumerable<CaseFacts> Cases => cases.Values;

    /// <summary>One case by its subject; null where there is none.</summary>
    public CaseFacts? CaseOf(string subject) => cases.GetValueOrDefault(subject);

    /// <summary>Takes one event in.</summary>
    public void Add(LedgerEvent e)
    {
        log.Add((e.Position, e.Subject, e.Id));
        switch (e.Data)
        {
            case CaseEvent:
                if (!cases.TryGetValue(e.Subject, out var facts))
                {
                    cases.Add(e.Subject, facts = new CaseFacts(e.Subject));
                }

                facts.Add(e);
                break;
            default:
                if (!others.TryGetValue(e.Data.GetType(), out var list))
                {
                    others.Add(e.Data.GetType(), list = []);
                }

                list.Add(e);
                sorted = false;
                break;
        }
    }

    /// <summary>Takes a whole case in, with all of its events.</summary>
    public void Add(CaseFacts one) => cases.Add(one.Subject, one);

    /// <summary>All facts of one type, in order.</summary>
    public IEnumerable<Fact<T>> Of<T>()
        where T : EventData
    {
        if (!sorted)
        {
            foreach (var list in others.Values)
            {
                list.Sort(EventOrder.ByTime);
            }

            sorted = true;
        }

        return others.TryGetValue(typeof(T), out var events) ? events.Select(e => new Fact<T>(e, (T)e.Data)) : [];
    }

    /// <summary>The events of all types of one kind, save those about single cases, in no particular order.</summary>
    public IEnumerable<LedgerEvent> OfAny<TKind>()
        where TKind : EventData => others.Where(o => o.Key.IsAssignableTo(typeof(TKind))).SelectMany(o => o.Value);

    /// <summary>
    /// The ids of events recorded after a position in the streams of the given events, in log order: what may have
    /// changed a finding that rested on these.
    /// </summary>
    public IReadOnlyList<string> RecordedAfter(long position, IReadOnlyList<string> evidence)
    {
        var ids = evidence.ToHashSet();
        var streams = log.Where(e => ids.Contains(e.Id)).Select(e => e.Subject).ToHashSet();
        return [.. log.Where(e => e.Position > position && streams.Contains(e.Subject)).Select(e => e.Id)];
    }
}

/// <summary>The order of events where a rule needs one: by time, then by position.</summary>
public static class EventOrder
{
    /// <summary>Compares two events by it.</summary>
    public static readonly Comparison<LedgerEvent> ByTime = static (a, b) =>
        a.OccurredAt.CompareTo(b.OccurredAt) is var byTime and not 0 ? byTime : a.Position.CompareTo(b.Position);

    /// <summary>True when <paramref name="a"/> comes before <paramref name="b"/>, or there is no <paramref name="b"/>.</summary>
    public static bool IsBefore(LedgerEvent a, LedgerEvent? b) => b is null || ByTime(a, b) < 0;
}

/// <summary>
/// What rules ask of one case. Of repeated events the first in order counts, of scorings of a cycle and of due times the last; a case is
/// excluded from assessment once any exclusion was granted, and counts for nothing once it was voided.
/// </summary>
public sealed class CaseFacts(string subject)
{
    private static readonly int Stages = Enum.GetValues<UrgeStage>().Length;

    private readonly Dictionary<YearMonth, LedgerEvent> scorings = [];
    private HashSet<YearMonth>? reported;
    private HashSet<LedgerEvent>? repeated;
    private LedgerEvent?[]? urged;

    /// <summary>The subject, <c>case/{no}</c>.</summary>
    public string Subject { get; } = subject;

    /// <summary>The first <c>case_received</c>.</summary>
    public LedgerEvent? Received { get; private set; }

    /// <summary>The first <c>case_signed</c>.</summary>
    public LedgerEvent? Signed { get; private set; }

    /// <summary>The first <c>case_dispatched</c>.</summary>
    public LedgerEvent? Dispatched { get; private set; }

    /// <summary>The first <c>case_returned</c>.</summary>
    public LedgerEvent? Returned { get; private set; }

    /// <summary>The first <c>citizen_contacted</c>.</summary>
    public LedgerEvent? Contacted { get; private set; }

    /// <summary>The first <c>case_closed</c>.</summary>
    public LedgerEvent? Closed { get; private set; }

    /// <summary>The first <c>case_followed_up</c>.</summary>
    public LedgerEvent? FollowedUp { get; private set; }

    /// <summary>The first <c>exclusion_decided</c> that grants it.</summary>
    public LedgerEvent? Excluded { get; private set; }

    /// <summary>The first <c>case_voided</c>.</summary>
    public LedgerEvent? Voided { get; private set; }

    /// <summary>The last event that says when the case is due: its receipt, the receipt told again, an extension.</summary>
    public LedgerEvent? Due { get; private set; }

    /// <summary>When it is due; null where nothing says.</summary>
    public Instant? DueAt =>
        Due?.Data switch
        {
            DeadlineExtended extended => extended.DueAt,
            CaseReceived received => received.DueAt,
            _ => null,
        };

    /// <summary>The first <c>case_carried_over</c>.</summary>
    public LedgerEvent? CarriedOver { get; private set; }

    /// <summary>The months for which the carried-over case was reported on.</summary>
    public IReadOnlyCollection<YearMonth> CarryOverReports => reported ?? [];

    /// <summary>All scorings of a cycle that was scored more than once, in order; one list a cycle.</summary>
    public IEnumerable<IReadOnlyList<LedgerEvent>> RepeatedScorings =>
        from e in repeated ?? []
        group e by ((CaseScored)e.Data).Cycle into cycle
        orderby cycle.Key
        select (IReadOnlyList<LedgerEvent>)[.. cycle.Order(Comparer<LedgerEvent>.Create(EventOrder.ByTime))];

    /// <summary>The latest scoring of each cycle.</summary>
    public IEnumerable<LedgerEvent> Scorings => scorings.Values;

    /// <summary>The first <c>case_urged</c> of a stage.</summary>
    public LedgerEvent? Urged(UrgeStage stage) => urged?[(int)stage];

    /// <summary>The earlier of two events that may be missing.</summary>
    public static LedgerEvent? First(LedgerEvent? a, LedgerEvent? b) => a is null || (b is not null && EventOrder.IsBefore(b, a)) ? b : a;

    /// <summary>A case by all of its events, of which there is at least one.</summary>
    public static CaseFacts Of(IReadOnlyList<LedgerEvent> events)
    {
        var facts = new CaseFacts(events[0].Subject);
        foreach (var e in events)
        {
            facts.Add(e);
        }

        return facts;
    }

    internal void Add(LedgerEvent e)
    {
        if (e.Data is DeadlineExtended or CaseReceived { DueAt: not null } && (Due is null || EventOrder.ByTime(e, Due) > 0))
        {
            Due = e;
        }

        switch (e.Data)
        {
            case CaseReceived when EventOrder.IsBefore(e, Received):
                Received = e;
                break;
            case CaseSigned when EventOrder.IsBefore(e, Signed):
                Signed = e;
                break;
            case CaseUrged data when EventOrder.IsBefore(e, Urged(data.Stage)):
                (urged ??= new LedgerEvent?[Stages])[(int)data.Stage] = e;
                break;
            case CaseCarriedOver when EventOrder.IsBefore(e, CarriedOver):
                CarriedOver = e;
                break;
            case CarryOverReported report:
                (reported ??= []).Add(report.Month);
                break;
            case CaseDispatched when EventOrder.IsBefore(e, Dispatched):
                Dispatched = e;
                break;
            case CaseReturned when EventOrder.IsBefore(e, Returned):
                Returned = e;
                break;
            case CitizenContacted when EventOrder.IsBefore(e, Contacted):
                Contacted = e;
                break;
            case CaseClosed when EventOrder.IsBefore(e, Closed):
                Closed = e;
                break;
            case CaseFollowedUp when EventOrder.IsBefore(e, FollowedUp):
                FollowedUp = e;
                break;
            case ExclusionDecided { Granted: true } when EventOrder.IsBefore(e, Excluded):
                Excluded = e;
                break;
            case CaseVoided when EventOrder.IsBefore(e, Voided):
                Voided = e;
                break;
            case CaseScored scored:
                Score(e, scored);
                break;
        }
    }

    private void Score(LedgerEvent e, CaseScored scored)
    {
        if (scorings.TryGetValue(scored.Cycle, out var known))
        {
            (repeated ??= []).Add(e);
            repeated.Add(known);
        }

        if (known is null || EventOrder.ByTime(e, known) > 0)
        {
            scorings[scored.Cycle] = e;
        }
    }
}
