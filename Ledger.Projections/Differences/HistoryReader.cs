using Ledger.Domain.Differences;
using Ledger.Domain.Errors;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;

namespace Ledger.Projections.Differences;

/// <summary>The history of one contract in steps.</summary>
public sealed class HistoryReader(LogReader log)
{
    /// <summary>
    /// The steps up to a position, or to the log's end. Throws <see cref="LedgerException"/> for a position outside the log, and where the
    /// contract was not registered by then.
    /// </summary>
    public async Task<IReadOnlyList<HistoryStep>> UpToAsync(string contract, long? position, CancellationToken cancel)
    {
        var end = position is { } at ? await log.HeadAtAsync(at, cancel) : await log.HeadAsync(cancel);
        var history = new ContractHistory();
        await foreach (var e in log.ReadAccountAsync(contract, end.Position, cancel))
        {
            history.Add(EventMapping.ToEvent(e));
        }

        return history.Result() ?? throw AccountReader.Unknown(contract);
    }
}
