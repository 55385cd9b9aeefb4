using System.Data;
using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;
using Marten;
using Marten.Services;
using Npgsql;

namespace Ledger.Projections.Accounts;

/// <summary>An account with the moment of the log at which it stands, and the root of the tree over the log there.</summary>
public sealed record AccountAt(ContractAccount Account, LogHead Head, byte[] Root);

/// <summary>The accounts of contracts: now from their snapshots and what followed, or as of any position from their streams.</summary>
public sealed class AccountReader(NpgsqlDataSource database, IDocumentStore store)
{
    /// <summary>
    /// The account at a position, or at the log's end. Throws <see cref="LedgerException"/> for a position outside the log, and
    /// where the contract was not registered by then.
    /// </summary>
    public async Task<AccountAt> AtAsync(string contract, long? position, CancellationToken cancel)
    {
        // One snapshot of the database: the account, its calendar and the root belong to the same end of the log.
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var head = await HeadAsync(connection, position, cancel);
        var account = await AccountAsync(snapshot, contract, position, cancel) ?? throw Unknown(contract);
        var calendar = await CalendarReader.AtAsync(connection, head.Position, cancel);
        var root = await MerkleProof.RootAsync(head.Position, TileStore.Reader(connection, cancel));
        return new AccountAt(account with { Calendar = calendar }, head, root);
    }

    /// <summary>The accounts of all contracts at a position, or at the log's end, by id; with that moment.</summary>
    public async Task<(IReadOnlyList<ContractAccount> Accounts, LogHead Head)> AllAsync(long? position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var head = await HeadAsync(connection, position, cancel);
        var calendar = await CalendarReader.AtAsync(connection, head.Position, cancel);
        var accounts = new List<ContractAccount>();
        foreach (var contract in await LogReader.ContractsAsync(connection, cancel))
        {
            var account = await AccountAsync(snapshot, contract, position, cancel);
            accounts.AddRange(account is null ? [] : [account with { Calendar = calendar }]);
        }

        return (accounts, head);
    }

    /// <summary>
    /// The account folded from its stream up to a position, as a connection sees it; null where the contract is not registered,
    /// and of the ledger's own stream. The calendar is the one that ships: no decision depends on it.
    /// </summary>
    public static async Task<ContractAccount?> FoldAsync(NpgsqlConnection connection, string contract, long position, CancellationToken cancel)
    {
        ContractAccount? account = null;
        if (contract == LedgerSource.Contract)
        {
            return account;
        }

        await foreach (var stored in LogReader.ReadStreamAsync(connection, contract, contract, position, cancel))
        {
            account = Evolve(account, stored);
        }

        return account;
    }

    /// <summary>The account after an event of its stream; throws <see cref="LedgerException"/>, with its position, for one that cannot be applied.</summary>
    public static ContractAccount? Evolve(ContractAccount? account, StoredEvent stored)
    {
        try
        {
            return ContractAccount.Evolve(account, EventMapping.ToEvent(stored));
        }
#pragma warning disable CA1031 // Whatever the event did: it is named.
        catch (Exception e) when (e is not LedgerException)
#pragma warning restore CA1031
        {
            throw EventMapping.Unreadable(stored, e.Message, e);
        }
    }

    internal static LedgerException Unknown(string contract) => new(
        ErrorCode.ContractUnknown, $"no contract \"{contract}\" is registered at that moment; `contracts list` names those that are");

    private static Task<LogHead> HeadAsync(NpgsqlConnection connection, long? position, CancellationToken cancel) =>
        position is { } at ? LogReader.HeadAtAsync(connection, at, cancel) : LogReader.HeadAsync(connection, cancel);

    private Task<ContractAccount?> AccountAsync(NpgsqlTransaction snapshot, string contract, long? position, CancellationToken cancel) =>
        position is { } at ? FoldAsync(snapshot.Connection!, contract, at, cancel) : LatestAsync(snapshot, contract, cancel);

    private async Task<ContractAccount?> LatestAsync(NpgsqlTransaction snapshot, string contract, CancellationToken cancel)
    {
        if (contract == LedgerSource.Contract)
        {
            return null;
        }

        var options = SessionOptions.ForTransaction(snapshot);
        options.TenantId = contract;
        try
        {
            await using var session = store.LightweightSession(options);
            return await session.Events.FetchLatest<ContractAccount>(contract, cancel);
        }
        catch (Exception e) when (!DatabaseErrors.IsAway(e) && e is not OperationCanceledException)
        {
            // Marten does not say which event it was that cannot be read or applied: the fold does.
            return await FoldAsync(snapshot.Connection!, contract, long.MaxValue, cancel);
        }
    }
}
