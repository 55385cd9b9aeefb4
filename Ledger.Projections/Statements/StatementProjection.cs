using System.Text.Json;
using Ledger.Domain.Contracts;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.EventStore;
using Ledger.EventStore.Reading;
using Ledger.Projections.Contracts;
using Ledger.Projections.Decoding;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Projections.Statements;

/// <summary>
/// Keeps the accounts and period statements of all contracts up to date with the log. Rows and checkpoint are committed
/// together, and the checkpoint's row is locked meanwhile: however many processes catch up, each event counts once.
/// </summary>
public sealed class StatementProjection(NpgsqlDataSource database, LogReader log)
{
    private const int MostPositionsAtOnce = 50_000;

    /// <summary>
    /// Applies what was recorded since the checkpoint, up to the log's head or to <paramref name="upTo"/>; gives the
    /// position reached.
    /// </summary>
    public async Task<long> CatchUpAsync(CancellationToken cancel, long upTo = long.MaxValue)
    {
        for (; ;)
        {
            var (reached, head) = await ReachedAsync(cancel);
            if (reached >= Math.Min(head.Position, upTo))
            {
                return reached;
            }

            await StepAsync(head, upTo, cancel);
        }
    }

    /// <summary>
    /// Folds everything from the first event on, beside the live rows, which serve until the new ones replace them in one
    /// commit; gives the position reached and the number of contracts.
    /// </summary>
    public async Task<(long Position, int Contracts)> RebuildAsync(CancellationToken cancel)
    {
        var fold = new AccountFold();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await fold.ReadAsync(connection, (await log.HeadAsync(cancel)).Position, cancel);

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await LockAsync(connection, transaction, cancel);
        var head = await log.HeadAsync(cancel);
        await fold.ReadAsync(connection, head.Position, cancel);
        await using (var delete = new NpgsqlCommand("delete from projections.accounts; delete from projections.period_statements", connection, transaction))
        {
            await delete.ExecuteNonQueryAsync(cancel);
        }

        await SaveAsync(connection, transaction, fold, head, cancel);
        await transaction.CommitAsync(cancel);
        return (fold.Position, fold.Accounts.Count);
    }

    /// <summary>The position reached.</summary>
    public async Task<long> PositionAsync(CancellationToken cancel) => (await ReachedAsync(cancel)).Reached;

    private async Task<(long Reached, LogHead Head)> ReachedAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select c.position, h.position, case when h.position > 0 then h.recorded_at end, h.root
            from projections.checkpoints c cross join ledger.head h
            where c.projection = 'statements'
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (reader.GetInt64(0), await LogReader.HeadAsync(reader, 1, cancel))
            : throw new InvalidOperationException("the checkpoint of the statements or the head row is missing");
    }

    private static async Task<long> LockAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var locking = new NpgsqlCommand("select position from projections.checkpoints where projection = 'statements' for update", connection, transaction);
        return (long)(await locking.ExecuteScalarAsync(cancel))!;
    }

    private async Task StepAsync(LogHead head, long upTo, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var from = await LockAsync(connection, transaction, cancel);
        var to = Math.Min(Math.Min(head.Position, upTo), from + MostPositionsAtOnce);
        if (from >= to)
        {
            return;
        }

        var fold = new AccountFold(from, async contract => await LoadAsync(connection, contract, cancel));
        foreach (var (stored, _) in await AccountFold.EventsAsync(connection, from, to, cancel).ToListAsync(cancel))
        {
            await fold.ApplyAsync(stored);
        }

        fold.Reach(to);
        if (fold.CalendarChanged)
        {
            // Due dates of every contract may have moved.
            foreach (var contract in await KnownAsync(connection, cancel))
            {
                await fold.TouchAsync(contract);
            }
        }

        await SaveAsync(connection, transaction, fold, head, cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task SaveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, AccountFold fold, LogHead head, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (fold.Accounts.Count > 0)
        {
            var calendar = await CalendarReader.AtAsync(connection, fold.Position, cancel);
            foreach (var account in fold.Accounts)
            {
                Save(batch, account with { Calendar = calendar });
            }
        }

        var move = Command("update projections.checkpoints set position = $1, recorded_at = null, root = null where projection = 'statements'", fold.Position);
        if (fold.Position == head.Position && head.RecordedAt is { } recordedAt)
        {
            move = Command("update projections.checkpoints set position = $1, recorded_at = $2, root = $3 where projection = 'statements'", fold.Position, EventMapping.FromMicroseconds(recordedAt).ToDateTimeUtc());
            move.Parameters.Add(new NpgsqlParameter { Value = head.Root, NpgsqlDbType = NpgsqlDbType.Bytea });
        }

        batch.BatchCommands.Add(move);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<IReadOnlyList<string>> KnownAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select contract from projections.accounts", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var known = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            known.Add(reader.GetString(0));
        }

        return known;
    }

    private static async Task<ContractAccount?> LoadAsync(NpgsqlConnection connection, string contract, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select account from projections.accounts where contract = $1", connection)
        {
            Parameters = { new() { Value = contract } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? JsonSerializer.Deserialize<ContractAccount>(await reader.GetFieldValueAsync<byte[]>(0, cancel), LedgerJson.Options)
            : null;
    }

    private static void Save(NpgsqlBatch batch, ContractAccount account)
    {
        batch.BatchCommands.Add(Command("""
            insert into projections.accounts values ($1, $2)
            on conflict (contract) do update set account = excluded.account
            """, account.Terms.Id, LedgerJson.Write(account)));
        foreach (var statement in StatementBuilder.BuildAll(account))
        {
            batch.BatchCommands.Add(Command("""
                insert into projections.period_statements values ($1, $2, $3)
                on conflict (contract, period) do update set statement = excluded.statement
                """, statement.Contract, statement.Period, LedgerJson.Write(statement)));
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is byte[] json
                ? new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Json }
                : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
