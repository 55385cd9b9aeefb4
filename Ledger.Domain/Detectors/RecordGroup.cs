using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;

namespace Ledger.Domain.Detectors;

/// <summary>A patrol round as detectors read it: its fixes in order of time.</summary>
public sealed record Round(LedgerEvent Event, PatrolRoundRecorded Data, IReadOnlyList<Fix> Track);

/// <summary>The records that share one key of a <see cref="Grouping"/>: what a detector compares with each other.</summary>
/// <param name="account">The account: its terms with grids and roster, its locked periods.</param>
/// <param name="facts">The contract's facts by case.</param>
/// <param name="key">What the records share.</param>
/// <param name="all">The records, by time, then by position.</param>
public sealed class RecordGroup(ContractAccount account, ContractFacts facts, string key, IReadOnlyList<LedgerEvent> all)
{
    private IReadOnlyList<Round>? rounds;

    /// <summary>The account: its terms with grids and roster, its locked periods.</summary>
    public ContractAccount Account { get; } = account;

    /// <summary>The contract's facts by case.</summary>
    public ContractFacts Facts { get; } = facts;

    /// <summary>What the records share.</summary>
    public string Key { get; } = key;

    /// <summary>The records, by time, then by position.</summary>
    public IReadOnlyList<LedgerEvent> All { get; } = all;

    /// <summary>The patrol rounds among them, in the same order.</summary>
    public IReadOnlyList<Round> Rounds =>
        rounds ??= [
            .. All.Where(e => e.Data is PatrolRoundRecorded)
                .Select(e => new Round(e, (PatrolRoundRecorded)e.Data, InOrder(((PatrolRoundRecorded)e.Data).Track))),
        ];

    /// <summary>The records without those that were loaded at once: when these were recorded says nothing.</summary>
    public IEnumerable<LedgerEvent> NotLoaded =>
        Facts.Of<HistoricalLoadDeclared>().Select(l => l.Data).ToList() is { Count: > 0 } loads
            ? All.Where(e => !loads.Exists(l => l.Covers(e)))
            : All;

    /// <summary>The records of one type.</summary>
    public IEnumerable<(LedgerEvent Event, T Data)> Of<T>()
        where T : EventData => All.Where(e => e.Data is T).Select(e => (e, (T)e.Data));

    /// <summary>The fixes of a track in order of time.</summary>
    public static IReadOnlyList<Fix> InOrder(IReadOnlyList<Fix> track)
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
