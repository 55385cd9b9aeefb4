using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Rates;
using Ledger.Projections.Store;

namespace Ledger.Projections.Rankings;

/// <summary>Rates and rankings as recorded up to a position.</summary>
public sealed class RankingReader(LogReader log)
{
    /// <summary>All contracts at a position, for rates and rankings of any cycle.</summary>
    public async Task<CycleBook> AtAsync(long position, CancellationToken cancel)
    {
        _ = await log.HeadAtAsync(position, cancel);
        var contracts = new SortedDictionary<string, (ContractAccount? Account, ContractFacts Facts)>(StringComparer.Ordinal);
        await foreach (var stored in log.ReadAsync(0, position, cancel: cancel))
        {
            var e = EventMapping.ToEvent(stored);
            if (e.Contract == LedgerSource.Contract)
            {
                continue;
            }

            if (!contracts.TryGetValue(e.Contract, out var contract))
            {
                contract = (null, new ContractFacts());
            }

            contract.Facts.Add(e);
            contracts[e.Contract] = contract with { Account = ContractAccount.Evolve(contract.Account, e) };
        }

        return new CycleBook(position, [.. contracts.Values.Where(c => c.Account is not null).Select(c => (c.Account!, c.Facts))]);
    }
}
