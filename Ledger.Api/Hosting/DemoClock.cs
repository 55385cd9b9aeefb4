using NodaTime;

namespace Ledger.Api.Hosting;

/// <summary>
/// The clock of a demo, in which a simulated year is recorded as it happened: while it is, the clock shows the simulated time, and the
/// machine's afterwards, or a later one where that lies before the year's end. Recorded times of a demo are therefore as simulated as what
/// they are of; no other ledger is opened with it.
/// </summary>
public sealed class DemoClock(IClock machine, Instant end) : IClock
{
    private Instant? told;

    /// <inheritdoc/>
    public Instant GetCurrentInstant() => told ?? Instant.Max(machine.GetCurrentInstant(), end);

    /// <summary>Shows a time from now on, not before one that it showed; null for the machine's again.</summary>
    public void Show(Instant? at) => told = at is { } next && told is { } last ? Instant.Max(next, last) : at;
}
