using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// One detector of records suspected false, F01 to F18. Its parameters are contract data; what a contract does not set has
/// the default. <c>off</c> leaves it out where a contract's records cannot carry what it looks at. A finding names the
/// records and, as <c>first</c> and <c>second</c>, the two values that clash.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "detector")]
[JsonDerivedType(typeof(Teleport), "teleport")]
[JsonDerivedType(typeof(TwoPlaces), "two_places")]
[JsonDerivedType(typeof(OverlappingRounds), "overlapping_rounds")]
[JsonDerivedType(typeof(OutsideGrid), "outside_grid")]
[JsonDerivedType(typeof(FrozenFix), "frozen_fix")]
[JsonDerivedType(typeof(ReusedPhoto), "reused_photo")]
[JsonDerivedType(typeof(PhotoTime), "photo_time")]
[JsonDerivedType(typeof(BackDated), "back_dated")]
[JsonDerivedType(typeof(FutureDated), "future_dated")]
[JsonDerivedType(typeof(BatchEntry), "batch_entry")]
[JsonDerivedType(typeof(ImpossibleOrder), "impossible_order")]
[JsonDerivedType(typeof(CallEvidence), "call_evidence")]
[JsonDerivedType(typeof(IdenticalText), "identical_text")]
[JsonDerivedType(typeof(ReplayedPath), "replayed_path")]
[JsonDerivedType(typeof(TooRegular), "too_regular")]
[JsonDerivedType(typeof(DeadlineClustering), "deadline_clustering")]
[JsonDerivedType(typeof(OffRoster), "off_roster")]
[JsonDerivedType(typeof(ImpossibleRound), "impossible_round")]
public abstract record Detector(bool Off = false)
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

    /// <summary>Its number, F01 to F18.</summary>
    [JsonIgnore]
    public abstract string Rule { get; }

    /// <summary>Which records it compares with each other; by default it looks at each by itself.</summary>
    internal virtual Grouping Grouping => Grouping.Each;

    /// <summary>What it finds among the records of one group; what it finds depends on these alone.</summary>
    public abstract IEnumerable<Finding> Find(RecordGroup records);

    /// <summary>What is wrong with its parameters; paths relative to the detector.</summary>
    public virtual IEnumerable<Fault> Faults() => [];

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
    ) =>
        Finding.Of(
            FindingKind.FalseRecord,
            Rule,
            subject,
            arisenAt,
            [.. evidence.Select(e => e.Id).Distinct()],
            ("what", what),
            ("first", first),
            ("second", second)
        ) with
        {
            Certainty = certainty,
            Key = key,
        };

    /// <summary>A fault when a parameter is below its least value.</summary>
    protected static IEnumerable<Fault> AtLeast(decimal least, string name, decimal value)
    {
        if (value < least)
        {
            yield return new Fault("." + name, $"expected {least} or more, got {value}");
        }
    }

    /// <summary>A moment on the contracts' wall clock.</summary>
    protected static string Show(Instant at) => ChinaTime.Show(at).ToString("uuuu-MM-dd HH:mm:ss", null);

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

/// <summary>A grid of a patrol (网格): its name and the corners of its polygon in order, three or more.</summary>
public sealed record Grid(string Id, IReadOnlyList<Location> Polygon);

/// <summary>A person on duty from a date to a date, both inclusive; without <c>to</c>, until further notice.</summary>
public sealed record RosterEntry(string Person, LocalDate From, LocalDate? To = null);

/// <summary>What a contract gives its detectors: parameters that differ from the defaults, the grids, the roster.</summary>
public sealed record DetectionTerms(
    IReadOnlyList<Detector>? Detectors = null,
    IReadOnlyList<Grid>? Grids = null,
    IReadOnlyList<RosterEntry>? Roster = null
)
{
    /// <summary>What a well-typed value may still get wrong; paths relative to it.</summary>
    public IEnumerable<Fault> Faults()
    {
        var (detectors, grids, roster) = (Detectors ?? [], Grids ?? [], Roster ?? []);
        for (var i = 0; i < detectors.Count; i++)
        {
            foreach (var fault in detectors[i].Faults())
            {
                yield return fault with
                {
                    Path = $".detectors[{i}]{fault.Path}",
                };
            }

            if (detectors.Take(i).Any(d => d.Rule == detectors[i].Rule))
            {
                yield return new Fault($".detectors[{i}]", $"{detectors[i].Rule} stands twice");
            }
        }

        for (var i = 0; i < grids.Count; i++)
        {
            if (grids[i].Polygon.Count < 3)
            {
                yield return new Fault($".grids[{i}].polygon", "expected three corners or more");
            }

            foreach (var fault in grids[i].Polygon.SelectMany((corner, c) => corner.Faults($".grids[{i}].polygon[{c}]")))
            {
                yield return fault;
            }

            if (grids.Take(i).Any(g => g.Id == grids[i].Id))
            {
                yield return new Fault($".grids[{i}].id", $"{grids[i].Id} stands twice");
            }
        }

        for (var i = 0; i < roster.Count; i++)
        {
            if (roster[i].To < roster[i].From)
            {
                yield return new Fault($".roster[{i}].to", "expected a date on or after .from");
            }
        }
    }
}
