using Ledger.Domain.Differences;
using Ledger.Domain.Errors;
using Ledger.Domain.Statements;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;

namespace Ledger.Projections.Differences;

/// <summary>What changed in a contract between two moments of the log.</summary>
public sealed record ContractDifference(string Contract, RecordedMoment From, RecordedMoment To, IReadOnlyList<Change> Changes);

/// <summary>Compares two moments of one contract.</summary>
public sealed class DifferenceReader(LogReader log)
{
    /// <summary>What changed after one position up to another.</summary>
    public async Task<ContractDifference> BetweenAsync(string contract, long from, long to, CancellationToken cancel)
    {
        var (first, second) = (await log.HeadAtAsync(from, cancel), await log.HeadAtAsync(to, cancel));
        if (from > to)
        {
            throw new LedgerException(ErrorCode.BadRequest, $"--from {from} lies after --to {to}");
        }

        var differences = new AccountDifferences(from);
        await foreach (var e in log.ReadAccountAsync(contract, to, cancel))
        {
            differences.Add(EventMapping.ToEvent(e));
        }

        var changes = differences.Result() ?? throw AccountReader.Unknown(contract);
        return new ContractDifference(contract, EventMapping.ToMoment(first), EventMapping.ToMoment(second), changes);
    }
}
