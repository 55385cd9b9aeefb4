using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.EventStore;
using Ledger.EventStore.Reading;
using Ledger.Projections.Decoding;
using Npgsql;

namespace Ledger.Projections.Contracts;

/// <summary>Folds contract accounts from the log itself, as they stood at a position.</summary>
public sealed class AccountReader(LogReader log)
{
    /// <summary>The account at a position; throws <see cref="LedgerException"/> where the contract was not registered by then.</summary>
    public async Task<ContractAccount> AtAsync(string contract, long position, CancellationToken cancel)
    {
        ContractAccount? account = null;
        await foreach (var e in log.ReadAsync(0, position, contract, EventCatalogue.MassFacts, cancel))
        {
            account = ContractAccount.Evolve(account, EventMapping.ToEvent(e.Event));
        }

        return account is null ? throw Unknown(contract) : account with { Calendar = await CalendarReader.AtAsync(log, position, cancel) };
    }

    /// <summary>
    /// The account as the transaction on that connection sees it; null where the contract is not registered. No decision
    /// depends on the calendar: it is the one that ships.
    /// </summary>
    public static async Task<ContractAccount?> LastAsync(NpgsqlConnection connection, string contract, CancellationToken cancel)
    {
        ContractAccount? account = null;
        await foreach (var e in LogReader.ReadAsync(connection, 0, long.MaxValue, contract, EventCatalogue.MassFacts, cancel))
        {
            account = ContractAccount.Evolve(account, EventMapping.ToEvent(e.Event));
        }

        return account;
    }

    internal static LedgerException Unknown(string contract) => new(
        ErrorCode.ContractUnknown, $"no contract \"{contract}\" is registered at that moment; `contracts list` names those that are");
}
