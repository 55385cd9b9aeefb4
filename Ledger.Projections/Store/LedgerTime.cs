using NodaTime;

namespace Ledger.Projections.Store;

/// <summary>
/// The ledger's own time: the clock's, or the last recorded time where the clock lies before it. What happened later than five
/// minutes after it is not recorded.
/// </summary>
public sealed class LedgerTime(LogReader log, IClock clock)
{
    /// <summary>The time now.</summary>
    public async Task<Instant> NowAsync(CancellationToken cancel) => LogLock.RecordedAt(await log.HeadAsync(cancel), clock);
}
