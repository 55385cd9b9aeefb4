using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>A patrol round as detectors read it: its fixes in order of time.</summary>
public sealed record Round(LedgerEvent Event, PatrolRoundRecorded Data, IReadOnlyList<Fix> Track);

/// <summary>
/// What detectors read: the records in which the vendor's people document their work, up to a moment, in order of time, and
/// views of them that several detectors share. What the platform and the city record is not among them.
/// </summary>
public sealed class ServiceRecords
{
    private readonly Lazy<IReadOnlyList<Round>> rounds;
    private readonly Lazy<IReadOnlyList<IGrouping<string, LedgerEvent>>> byActor;

    /// <summary>The records among some events of one contract.</summary>
    public ServiceRecords(ContractAccount account, ContractFacts facts)
    {
        (Account, Facts) = (account, facts);
        All = [.. facts.MassFacts.Where(e => IsRecord(e.Data)).Order(Comparer<LedgerEvent>.Create(EventOrder.ByTime))];
        rounds = new(() => [.. All.Where(e => e.Data is PatrolRoundRecorded).Select(e => new Round(e, (PatrolRoundRecorded)e.Data, InOrder(((PatrolRoundRecorded)e.Data).Track)))]);
        byActor = new(() => [.. All.GroupBy(ActorOf).OrderBy(g => g.Key, StringComparer.Ordinal)]);
    }

    /// <summary>The account: its terms with grids and roster, its locked periods.</summary>
    public ContractAccount Account { get; }

    /// <summary>The facts by case.</summary>
    public ContractFacts Facts { get; }

    /// <summary>All records, by time, then by position.</summary>
    public IReadOnlyList<LedgerEvent> All { get; }

    /// <summary>The patrol rounds, in the same order.</summary>
    public IReadOnlyList<Round> Rounds => rounds.Value;

    /// <summary>The rounds of each patroller.</summary>
    public IEnumerable<IGrouping<string, Round>> RoundsByPatroller => Rounds.GroupBy(r => r.Data.Patroller);

    /// <summary>The records of each person.</summary>
    public IReadOnlyList<IGrouping<string, LedgerEvent>> ByActor => byActor.Value;

    /// <summary>The records of one type.</summary>
    public IEnumerable<(LedgerEvent Event, T Data)> Of<T>()
        where T : EventData => All.Where(e => e.Data is T).Select(e => (e, (T)e.Data));

    /// <summary>Who did what is recorded: the patroller of a round or of an issue found, else the event's actor.</summary>
    public static string ActorOf(LedgerEvent e) => e.Data switch
    {
        PatrolRoundRecorded round => round.Patroller,
        IssueFound issue => issue.Patroller,
        _ => e.Actor,
    };

    private static bool IsRecord(EventData data) => data is FieldEvent
        or CaseSigned or CaseReturned or CaseDispatched or CitizenContacted or CaseUrged or CaseReplied or CaseFollowedUp
        or CaseCarriedOver or CarryOverReported or CaseClosed;

    private static IReadOnlyList<Fix> InOrder(IReadOnlyList<Fix> track)
    {
        for (var i = 1; i < track.Count; i++)
        {
            if (track[i].At < track[i - 1].At)
            {
                return [.. track.OrderBy(f => f.At)];
            }
        }

        return track;
    }
}
