using System.Data;
using System.Text.Json;
using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;

namespace Ledger.Projections.Accounts;

/// <summary>An account with the moment of the log at which it stands, and the root of the tree over the log there.</summary>
public sealed record AccountAt(ContractAccount Account, LogHead Head, byte[] Root);

/// <summary>
/// The accounts of contracts: now from their snapshots and what followed, or as of any position from their streams. The snapshot's
/// row is read as it is stored, with everything else of one moment in one round trip: Marten's FetchLatest gives the same account (a
/// specification holds that), and costs a command that only reads half a second for the store that it needs (docs/decisions/0008).
/// </summary>
public sealed class AccountReader(NpgsqlDataSource database) : IDisposable
{
    // As many as a city has contracts in a year, and some.
    private const int MostKnown = 500;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private volatile RootOf? last;
    private readonly MemoryCache known = new(new MemoryCacheOptions { SizeLimit = MostKnown });

    /// <inheritdoc/>
    public void Dispose() => known.Dispose();

    /// <summary>
    /// Makes the serializer's code for an account's types, which takes a third of a second in each process, by an account of the terms in a
    /// file that is known to be right.
    /// </summary>
    public static void Prepare(byte[] termsFile)
    {
        var terms = TermsReader.Read(termsFile, out _)!;
        var registration = new NewEvent(
            terms.Id,
            "contract",
            "prepare",
            LedgerSource.Name,
            default,
            LedgerSource.Name,
            terms.Registration()
        );
        var account = ContractAccount.Evolve(null, EventMapping.ToEvent(PendingEvent.Of(registration).At(1, 1, 0)));
        _ = JsonSerializer.Deserialize<ContractAccount>(LedgerJson.Write(account), LedgerJson.Options);
    }

    /// <summary>
    /// The account at a position, or at the log's end. Throws <see cref="LedgerException"/> for a position outside the log, and
    /// where the contract was not registered by then.
    /// </summary>
    public async Task<AccountAt> AtAsync(string contract, long? position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var (account, head, calendar) = position is { } at
            ? await PastAsync(connection, contract, at, cancel)
            : await LatestAsync(connection, contract, cancel);
        var found = account ?? throw Unknown(contract);
        return new AccountAt(found with { Calendar = calendar }, head, await RootAsync(connection, head, cancel));
    }

    /// <summary>The root of the log that ends so; that of its end was asked for before, while nothing is recorded.</summary>
    private async Task<byte[]> RootAsync(NpgsqlConnection connection, LogHead head, CancellationToken cancel)
    {
        if (last is { } known && known.Head == head)
        {
            return known.Root;
        }

        var root = await MerkleProof.RootAsync(head.Position, TileStore.Reader(connection, cancel));
        last = new RootOf(head, root);
        return root;
    }

    /// <summary>The accounts of all contracts at a position, or at the log's end, by id; with that moment.</summary>
    public async Task<(IReadOnlyList<ContractAccount> Accounts, LogHead Head)> AllAsync(long? position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (position is not { } past)
        {
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
            return await NowAsync(snapshot, null, cancel);
        }

        var head = await LogQueries.HeadAtAsync(connection, past, cancel);
        return (await EachAsync(connection, null, head, contract => FoldAsync(connection, contract, past, cancel), cancel), head);
    }

    /// <summary>The accounts of all contracts, or of some, as a snapshot of the database shows them, by id; with that moment.</summary>
    public static async Task<(IReadOnlyList<ContractAccount> Accounts, LogHead Head)> NowAsync(
        NpgsqlTransaction snapshot,
        IReadOnlySet<string>? only,
        CancellationToken cancel
    )
    {
        var connection = snapshot.Connection!;
        var head = await LogQueries.HeadAsync(connection, cancel);
        return (await EachAsync(connection, only, head, contract => CurrentAsync(connection, contract, cancel), cancel), head);
    }

    private static async Task<IReadOnlyList<ContractAccount>> EachAsync(
        NpgsqlConnection connection,
        IReadOnlySet<string>? only,
        LogHead head,
        Func<string, Task<ContractAccount?>> read,
        CancellationToken cancel
    )
    {
        if (only is { Count: 0 })
        {
            return [];
        }

        var calendar = await CalendarReader.AtAsync(connection, head.Position, cancel);
        var accounts = new List<ContractAccount>();
        foreach (var contract in await LogQueries.ContractsAsync(connection, cancel))
        {
            if (only?.Contains(contract) != false && await read(contract) is { } account)
            {
                accounts.Add(account with { Calendar = calendar });
            }
        }

        return accounts;
    }

    /// <summary>
    /// The account folded from its stream up to a position, as a connection sees it; null where the contract is not registered,
    /// and of the ledger's own stream. The calendar is the one that ships: no decision depends on it.
    /// </summary>
    public static async Task<ContractAccount?> FoldAsync(
        NpgsqlConnection connection,
        string contract,
        long position,
        CancellationToken cancel
    )
    {
        ContractAccount? account = null;
        if (contract == LedgerSource.Contract)
        {
            return account;
        }

        await foreach (var stored in LogQueries.ReadStreamAsync(connection, contract, contract, position, cancel))
        {
            account = Evolve(account, stored);
        }

        return account;
    }

    /// <summary>
    /// The account after an event of its stream; throws <see cref="LedgerException"/>, with its position, for one that cannot be applied.
    /// </summary>
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

    /// <summary>The error of a contract that is not registered.</summary>
    public static LedgerException Unknown(string contract) =>
        new(ErrorCode.ContractUnknown, $"no contract \"{contract}\" is registered at that moment; `contracts list` names those that are");

    /// <summary>All of a past moment in one round trip.</summary>
    private static async Task<(ContractAccount? Account, LogHead Head, WorkingDays Calendar)> PastAsync(
        NpgsqlConnection connection,
        string contract,
        long position,
        CancellationToken cancel
    )
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { LogQueries.EndAt(position), CalendarReader.UpTo(position), LogQueries.Stream(contract, contract, position) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var head = await LogQueries.HeadAtAsync(reader, position, cancel);
        await reader.NextResultAsync(cancel);
        var calendar = CalendarReader.At(await CalendarReader.ReadAsync(reader, cancel), position);
        await reader.NextResultAsync(cancel);
        return ((await FoldedAccount.ReadAsync(reader, contract, FoldedAccount.None, cancel))?.Account, head, calendar);
    }

    /// <summary>All of one moment in one round trip: the snapshot of the database is begun and ended in it.</summary>
    private async Task<(ContractAccount? Account, LogHead Head, WorkingDays Calendar)> LatestAsync(
        NpgsqlConnection connection,
        string contract,
        CancellationToken cancel
    )
    {
        var before = known.Get<FoldedAccount>(contract);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("begin isolation level repeatable read read only"),
                LogQueries.End(),
                CalendarReader.UpTo(long.MaxValue),
            },
        };
        FoldedAccount.Ask(batch, contract, before);
        batch.BatchCommands.Add(new("commit"));
        LogHead head;
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            head = await LogQueries.HeadAsync(reader, cancel);
            await reader.NextResultAsync(cancel);
            var calendar = CalendarReader.At(await CalendarReader.ReadAsync(reader, cancel), head.Position);
            await reader.NextResultAsync(cancel);
            if (await FoldedAccount.ReadAsync(reader, contract, before, cancel) is { } folded)
            {
                Keep(contract, folded);
                return (folded.Account, head, calendar);
            }
        }

        known.Remove(contract);
        return await PastAsync(connection, contract, head.Position, cancel);
    }

    private void Keep(string contract, FoldedAccount folded)
    {
        if (folded.Last is not null)
        {
            known.Set(contract, folded, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Kept });
        }
    }

    /// <summary>The account at the end of the log that a snapshot of the database shows.</summary>
    private static async Task<ContractAccount?> CurrentAsync(NpgsqlConnection connection, string contract, CancellationToken cancel)
    {
        await using (var batch = new NpgsqlBatch(connection))
        {
            FoldedAccount.Ask(batch, contract, null);
            await using var reader = await batch.ExecuteReaderAsync(cancel);
            if (await FoldedAccount.ReadAsync(reader, contract, null, cancel) is { } folded)
            {
                return folded.Account;
            }
        }

        return await FoldAsync(connection, contract, long.MaxValue, cancel);
    }

    /// <summary>The root of the log that ends so.</summary>
    private sealed record RootOf(LogHead Head, byte[] Root);
}
