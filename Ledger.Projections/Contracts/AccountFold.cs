using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.EventStore;
using Ledger.EventStore.Reading;
using Ledger.Projections.Decoding;
using Npgsql;

namespace Ledger.Projections.Contracts;

/// <summary>The accounts of all contracts, folded from the log from a position on.</summary>
/// <param name="from">The position that the accounts stand at; 0 for none.</param>
/// <param name="load">Gives a contract's account at that position, or null; where not given, none has one.</param>
internal sealed class AccountFold(long from = 0, Func<string, Task<ContractAccount?>>? load = null)
{
    private readonly Dictionary<string, ContractAccount?> accounts = [];

    /// <summary>The position reached.</summary>
    public long Position { get; private set; } = from;

    /// <summary>Whether a calendar was published on the way.</summary>
    public bool CalendarChanged { get; private set; }

    /// <summary>The accounts touched.</summary>
    public IReadOnlyCollection<ContractAccount> Accounts => [.. accounts.Values.OfType<ContractAccount>()];

    /// <summary>Applies the events up to a position, as they are read.</summary>
    public async Task ReadAsync(NpgsqlConnection connection, long upTo, CancellationToken cancel)
    {
        await foreach (var (stored, _) in EventsAsync(connection, Position, upTo, cancel))
        {
            await ApplyAsync(stored);
        }

        Reach(upTo);
    }

    /// <summary>The events that move an account, after a position up to another.</summary>
    public static IAsyncEnumerable<LoggedEvent> EventsAsync(NpgsqlConnection connection, long after, long upTo, CancellationToken cancel) =>
        LogReader.ReadAsync(connection, after, upTo, null, EventCatalogue.MassFacts, cancel);

    /// <summary>Applies an event. One that cannot be applied is named; it is never skipped.</summary>
    public async Task ApplyAsync(StoredEvent stored)
    {
        var isLedgers = stored.Contract == LedgerSource.Contract;
        var before = isLedgers ? null : await AccountOfAsync(stored.Contract);
        try
        {
            var e = EventMapping.ToEvent(stored);
            if (isLedgers)
            {
                CalendarChanged |= e.Data is CalendarPublished;
            }
            else
            {
                accounts[e.Contract] = ContractAccount.Evolve(before, e);
            }
        }
#pragma warning disable CA1031 // Whatever the event did: it is named.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw e as LedgerException ?? EventMapping.Unreadable(stored, e.Message, e);
        }
    }

    /// <summary>Everything up to a position was applied.</summary>
    public void Reach(long position) => Position = Math.Max(Position, position);

    /// <summary>Takes a contract in although no event of it was read.</summary>
    public async Task TouchAsync(string contract) => accounts[contract] = await AccountOfAsync(contract);

    private async Task<ContractAccount?> AccountOfAsync(string contract) =>
        accounts.TryGetValue(contract, out var known) ? known : load is null ? null : await load(contract);
}
