namespace Ledger.Api.Mapping;

/// <summary>
/// A limit in hours, which run from the moment itself, or in days, which end with the last of them (Civil Code art. 201 to 203: the
/// starting day is not counted, and a last day that is a rest day moves to the next working day).
/// </summary>
/// <param name="Unit">Of what.</param>
/// <param name="Number">How many; beside a column, how many where its cell is blank.</param>
/// <param name="Column">The column that says how many.</param>
/// <param name="Map">The value map that translates its texts to numbers.</param>
public sealed record AddedTime(TimeUnit Unit, decimal? Number = null, string? Column = null, string? Map = null)
{
    private const int MostDays = 3_660;
    private const int MostHours = MostDays * 24;

    /// <summary>What is wrong with so many of the unit; null where it is a limit.</summary>
    public string? ProblemOf(decimal? number) =>
        Unit == TimeUnit.Hours
            ? number is >= 0 and <= MostHours
                ? null
                : $"expected a number of hours from 0 to {MostHours}"
            : number is >= 0 and <= MostDays && number == decimal.Truncate(number.Value)
                ? null
                : $"expected a whole number of {(Unit == TimeUnit.Days ? "days" : "working days")} from 0 to {MostDays}";
}

/// <summary>In what a limit is given.</summary>
public enum TimeUnit
{
    /// <summary>Hours, also parts of them.</summary>
    Hours,

    /// <summary>Calendar days.</summary>
    Days,

    /// <summary>Working days by the calendar that the ledger's rules use.</summary>
    WorkingDays,
}
