using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// One detector of records suspected false, F01 to F18. Its parameters are contract data; what a contract does not set has
/// the default. <c>off</c> leaves it out where a contract's records cannot carry what it looks at. A finding names the
/// records and, as <c>first</c> and <c>second</c>, the two values that clash.
/// </summary>
public abstract record Detector(bool Off = false) : DetectorTerms(Off)
{
    /// <summary>The most records that a finding about a whole series names; its detail gives their number.</summary>
    public const int MostEvidence = 200;

    /// <summary>All detectors with the parameters that hold where a contract sets none, in the order of their numbers.</summary>
    public static IReadOnlyList<Detector> Defaults { get; } =
    [
        new Teleport(),
        new TwoPlaces(),
        new OverlappingRounds(),
        new OutsideGrid(),
        new FrozenFix(),
        new ReusedPhoto(),
        new PhotoTime(),
        new BackDated(),
        new FutureDated(),
        new BatchEntry(),
        new ImpossibleOrder(),
        new CallEvidence(),
        new IdenticalText(),
        new ReplayedPath(),
        new TooRegular(),
        new DeadlineClustering(),
        new OffRoster(),
        new ImpossibleRound(),
    ];

    /// <summary>The detectors of a contract: each as its terms set it, or with its default parameters; without those set off.</summary>
    public static IEnumerable<Detector> InForce(ContractTerms terms) =>
        Defaults.Select(d => (Detector?)terms.Detection?.Detectors?.FirstOrDefault(own => own.Rule == d.Rule) ?? d).Where(d => !d.Off);

    /// <summary>Which records it compares with each other; by default it looks at each by itself.</summary>
    internal virtual Grouping Grouping => Grouping.Each;

    /// <summary>What it finds among the records of one group; what it finds depends on these alone.</summary>
    public abstract IEnumerable<Finding> Find(RecordGroup records);

    /// <summary>A finding of this detector; <paramref name="key"/> tells it from others of the same subject.</summary>
    protected Finding Suspect(
        Certainty certainty,
        string subject,
        string key,
        Instant arisenAt,
        IEnumerable<LedgerEvent> evidence,
        string what,
        string first,
        string second
    )
    {
        var records = evidence.ToList();
        return Finding.Of(
            FindingKind.FalseRecord,
            Rule,
            subject,
            arisenAt,
            [.. records.Select(e => e.Id).Distinct()],
            ("what", what),
            ("first", first),
            ("second", second)
        ) with
        {
            Certainty = certainty,
            Key = key,
            Actor = records.Count > 0 ? Grouping.ActorOf(records[^1]) : null,
        };
    }

    /// <summary>A moment on the contracts' wall clock.</summary>
    protected static string Show(Instant at) => ChinaTime.Text(at);

    /// <summary>A span in words: days, hours, minutes and seconds, the largest two.</summary>
    protected static string Show(Duration span)
    {
        var (days, hours, minutes, seconds) = (Math.Abs(span.Days), Math.Abs(span.Hours), Math.Abs(span.Minutes), Math.Abs(span.Seconds));
        return days > 0 ? $"{days} d {hours} h"
            : hours > 0 ? $"{hours} h {minutes} min"
            : minutes > 0 ? $"{minutes} min {seconds} s"
            : $"{seconds} s";
    }

    /// <summary>A distance in whole metres.</summary>
    protected static string InMetres(long millimetres) => $"{millimetres / 1000:#,0} m";

    /// <summary>A point as people write it.</summary>
    protected static string Show(Fix fix) => $"{fix.Lat},{fix.Lon}";
}
