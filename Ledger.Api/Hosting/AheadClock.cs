using NodaTime;

namespace Ledger.Api.Hosting;

/// <summary>A clock that runs ahead of another: for a demo year that the machine's clock has not reached.</summary>
public sealed class AheadClock(IClock clock, Duration by) : IClock
{
    /// <inheritdoc/>
    public Instant GetCurrentInstant() => clock.GetCurrentInstant() + by;
}
