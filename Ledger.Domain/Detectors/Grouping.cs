using Ledger.Domain.Events;

namespace Ledger.Domain.Detectors;

/// <summary>
/// Which records a detector compares: those that share a key. What it finds in one group depends on that group alone, so a
/// new record costs its own groups, however many there are.
/// </summary>
/// <param name="KeysOf">The keys of the groups that an event belongs to; none where the detector does not look at it.</param>
public sealed record Grouping(Func<LedgerEvent, IEnumerable<string>> KeysOf)
{
    /// <summary>Each record by itself: a group is any number of them.</summary>
    public static readonly Grouping Each = new(e => IsRecord(e.Data) ? [""] : []);

    /// <summary>The records of one person.</summary>
    public static readonly Grouping ByActor = new(e => IsRecord(e.Data) ? [ActorOf(e)] : []);

    /// <summary>The rounds of one patroller.</summary>
    public static readonly Grouping ByPatroller = new(e => e.Data is PatrolRoundRecorded round ? [round.Patroller] : []);

    /// <summary>Every event of a case, of a round, of an issue, also what the platform and the city record.</summary>
    public static readonly Grouping BySubject = new(e => [e.Subject]);

    /// <summary>Who did what is recorded: the patroller of a round or of an issue found, else the event's actor.</summary>
    public static string ActorOf(LedgerEvent e) =>
        e.Data switch
        {
            PatrolRoundRecorded round => round.Patroller,
            IssueFound issue => issue.Patroller,
            _ => e.Actor,
        };

    /// <summary>Whether the vendor's people document their work by it; what the platform and the city record is none.</summary>
    public static bool IsRecord(EventData data) =>
        data
            is FieldEvent
                or CaseSigned
                or CaseReturned
                or CaseDispatched
                or CitizenContacted
                or CaseUrged
                or CaseReplied
                or CaseFollowedUp
                or CaseCarriedOver
                or CarryOverReported
                or CaseClosed;
}
