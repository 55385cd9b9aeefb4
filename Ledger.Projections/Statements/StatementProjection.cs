using System.Text.Json;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
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
            var head = Math.Min((await log.HeadAsync(cancel)).Position, upTo);
            var reached = await StepAsync(head, cancel);
            if (reached >= head)
            {
                return reached;
            }
        }
    }

    private async Task<long> StepAsync(long head, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var locking = new NpgsqlCommand("select position from projections.checkpoints where projection = 'statements' for update", connection, transaction);
        var from = (long)(await locking.ExecuteScalarAsync(cancel))!;
        if (from >= head)
        {
            return from;
        }

        var to = Math.Min(head, from + MostPositionsAtOnce);
        var events = new List<LedgerEvent>();
        await foreach (var e in LogReader.ReadAsync(connection, from, to, null, EventCatalogue.MassFacts, cancel))
        {
            events.Add(EventMapping.ToEvent(e.Event));
        }

        var contracts = events.Where(e => e.Contract != LedgerSource.Contract).ToLookup(e => e.Contract);
        var touched = contracts.Select(c => c.Key);
        if (events.Exists(e => e.Data is CalendarPublished))
        {
            // Due dates of every contract may have moved.
            touched = touched.Union(await KnownAsync(connection, cancel));
        }

        var calendar = await CalendarReader.AtAsync(connection, to, cancel);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var contract in touched)
        {
            var before = await LoadAsync(connection, contract, cancel);
            if (contracts[contract].Aggregate(before, ContractAccount.Evolve) is { } after)
            {
                Save(batch, after with { Calendar = calendar });
            }
        }

        batch.BatchCommands.Add(Command("update projections.checkpoints set position = $1 where projection = 'statements'", to));
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return to;
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
