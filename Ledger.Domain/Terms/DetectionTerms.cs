using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Domain.Terms;

/// <summary>
/// One detector as terms hold it: parameters, which are data. What it finds stands in Ledger.Domain/Detectors. <c>off</c> leaves it out
/// where a contract's records cannot carry what it looks at.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "detector")]
public abstract record DetectorTerms(bool Off = false)
{
    /// <summary>Its number, F01 to F18.</summary>
    [JsonIgnore]
    public abstract string Rule { get; }

    /// <summary>What is wrong with its parameters; paths relative to the detector.</summary>
    public virtual IEnumerable<Fault> Faults() => [];

    /// <summary>A fault when a parameter is below its least value.</summary>
    protected static IEnumerable<Fault> AtLeast(decimal least, string name, decimal value)
    {
        if (value < least)
        {
            yield return new Fault("." + name, $"expected {least} or more, got {value}");
        }
    }
}

/// <summary>A grid of a patrol (网格): its name and the corners of its polygon in order, three or more.</summary>
public sealed record Grid(string Id, IReadOnlyList<Location> Polygon);

/// <summary>A person on duty from a date to a date, both inclusive; without <c>to</c>, until further notice.</summary>
public sealed record RosterEntry(string Person, LocalDate From, LocalDate? To = null);

/// <summary>What a contract gives its detectors: parameters that differ from the defaults, the grids, the roster.</summary>
public sealed record DetectionTerms(
    IReadOnlyList<DetectorTerms>? Detectors = null,
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
