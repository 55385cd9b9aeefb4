using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>
/// What an event says, apart from who, when and where (<see cref="LedgerEvent"/>). One sealed record per type;
/// <see cref="EventCatalogue"/> gives each its alias, class and subject.
/// </summary>
public abstract record EventData
{
    /// <summary>
    /// What a well-typed value may still break: bounds, and agreement with the subject's key (the part after the
    /// first slash). Paths are relative to the data (<c>.score</c>).
    /// </summary>
    public virtual IEnumerable<Fault> Faults(string key) => [];

    /// <summary>
    /// What cannot be beside the event's own time, and is misread rather than a contradiction between records: a cycle years away. Paths as
    /// in <see cref="Faults"/>.
    /// </summary>
    public virtual IEnumerable<Fault> FaultsAt(Instant time) => [];

    /// <summary>The personal values in data as it came in, and the same data without them: only that may be recorded.</summary>
    public virtual (EventData Data, Caller? Personal) Separate() => (this, null);

    /// <summary>The data with commitments where <see cref="Separate"/> took values out.</summary>
    public virtual EventData With(Caller sealedCaller) => throw new InvalidOperationException($"{GetType().Name} holds no personal data");

    /// <summary>A fault when a field that repeats the subject's key differs from it.</summary>
    protected static IEnumerable<Fault> SameAsSubject(string field, string value, string key)
    {
        if (value != key)
        {
            yield return new Fault("." + field, $"expected \"{key}\", the subject's key, got \"{value}\"");
        }
    }

    /// <summary>A fault when a cycle lies more than thirteen months from the month of a time.</summary>
    protected static IEnumerable<Fault> NearTo(string field, YearMonth cycle, Instant time)
    {
        const int most = 13;
        var month = ChinaTime.DateOf(time).ToYearMonth();
        if (Math.Abs((cycle.Year - month.Year) * 12 + cycle.Month - month.Month) > most)
        {
            yield return new Fault(
                "." + field,
                $"expected a cycle within {most} months of the event's time ({month.Year:0000}-{month.Month:00}), got "
                    + $"{cycle.Year:0000}-{cycle.Month:00}"
            );
        }
    }

    /// <summary>A fault when a text is empty.</summary>
    protected static IEnumerable<Fault> NotEmpty(string field, string? value)
    {
        if (value is "")
        {
            yield return new Fault("." + field, "expected text, got an empty string");
        }
    }

    /// <summary>A fault when a number lies outside its bounds (both inclusive).</summary>
    protected static IEnumerable<Fault> Between(string field, decimal? value, decimal from, decimal to)
    {
        if (value < from || value > to)
        {
            yield return new Fault("." + field, $"expected a number from {from} to {to}, got {value}");
        }
    }

    /// <summary>A fault when a digest is not 64 lower-case hexadecimal digits.</summary>
    protected static IEnumerable<Fault> Sha256(string field, string? value)
    {
        if (value is not null && (value.Length != 64 || !value.All(char.IsAsciiHexDigitLower)))
        {
            yield return new Fault("." + field, "expected a SHA-256 as 64 lower-case hexadecimal digits");
        }
    }
}

/// <summary>
/// A point on the ground in degrees (WGS 84), latitude −90 to 90, longitude −180 to 180; with the system from which it was converted, if it
/// was (<see cref="CoordinateSystems.ErrorMetres"/>).
/// </summary>
public sealed record Location(decimal Lat, decimal Lon, CoordinateSystem? ConvertedFrom = null)
{
    internal IEnumerable<Fault> Faults(string path)
    {
        if (Lat is < -90 or > 90)
        {
            yield return new Fault(path + ".lat", $"expected degrees from -90 to 90, got {Lat}");
        }

        if (Lon is < -180 or > 180)
        {
            yield return new Fault(path + ".lon", $"expected degrees from -180 to 180, got {Lon}");
        }
    }
}

/// <summary>A call recording: the digest of the audio and its length in seconds.</summary>
public sealed record Recording(string Sha256, int Seconds)
{
    internal IEnumerable<Fault> Faults(string path)
    {
        if (Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigitLower))
        {
            yield return new Fault(path + ".sha256", "expected a SHA-256 as 64 lower-case hexadecimal digits");
        }

        if (Seconds < 0)
        {
            yield return new Fault(path + ".seconds", $"expected 0 or more seconds, got {Seconds}");
        }
    }
}

/// <summary>One of the three answers a citizen gives at a call-back or a scoring.</summary>
public enum Satisfaction
{
    /// <summary>满意.</summary>
    Satisfied,

    /// <summary>基本满意.</summary>
    MostlySatisfied,

    /// <summary>不满意.</summary>
    Dissatisfied,
}

/// <summary>Which side of a contract acts.</summary>
public enum Party
{
    /// <summary>甲方, the sub-district office.</summary>
    Principal,

    /// <summary>乙方, the company.</summary>
    Vendor,
}
