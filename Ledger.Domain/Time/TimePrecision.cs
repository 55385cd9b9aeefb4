namespace Ledger.Domain.Time;

/// <summary>With how much less than a moment a time was recorded; where there is none, it is exact.</summary>
public enum TimePrecision
{
    /// <summary>The minute is known: the moment is any of it.</summary>
    Minute,

    /// <summary>The date in China is known: the moment is any of that day.</summary>
    Date,

    /// <summary>
    /// A wall clock was read in the hour that it showed twice, when clocks were set back: the moment is the one recorded or up to an hour
    /// later.
    /// </summary>
    RepeatedHour,
}
