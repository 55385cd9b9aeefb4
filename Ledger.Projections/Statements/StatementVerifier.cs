using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.EventStore.Reading;
using Ledger.Projections.Contracts;
using Npgsql;

namespace Ledger.Projections.Statements;

/// <summary>
/// Compares every projected account and statement with the one folded from the log at the projection's position: a read
/// model that was edited, lost or invented is named.
/// </summary>
public sealed class StatementVerifier(NpgsqlDataSource database, LogReader log)
{
    /// <summary>How many documents were compared, and what is wrong with the first that differs.</summary>
    public async Task<(int Documents, string? Problem)> VerifyAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await using var checkpoint = new NpgsqlCommand("select position from projections.checkpoints where projection = 'statements'", connection);
        if (await checkpoint.ExecuteScalarAsync(cancel) is not long position)
        {
            return (0, "the checkpoint of the statements is missing");
        }

        var stored = await ReadAsync(connection, "select contract || ' account', account from projections.accounts", cancel);
        foreach (var (name, statement) in await ReadAsync(connection, "select contract || ' period ' || period, statement from projections.period_statements", cancel))
        {
            stored.Add(name, statement);
        }

        var documents = stored.Count;
        await foreach (var e in log.ReadAsync(0, position, without: EventCatalogue.AllBut<ContractRegistered>(), cancel: cancel))
        {
            var account = await new AccountReader(log).AtAsync(e.Event.Contract, position, cancel);
            foreach (var (name, expected) in Documents(account))
            {
                if (!stored.Remove(name, out var found))
                {
                    return (documents, $"the read model lacks {name}");
                }

                if (!found.AsSpan().SequenceEqual(expected))
                {
                    return (documents, $"the read model {name} is not what the log yields at position {position}: it was changed; the log is right");
                }
            }
        }

        return (documents, stored.Count == 0 ? null : $"the read model has {stored.Keys.First()}, which the log does not know");
    }

    private static IEnumerable<(string Name, byte[] Document)> Documents(ContractAccount account) =>
        StatementBuilder.BuildAll(account)
            .Select(s => ($"{s.Contract} period {s.Period}", LedgerJson.Write(s)))
            .Append(($"{account.Terms.Id} account", LedgerJson.Write(account)));

    private static async Task<Dictionary<string, byte[]>> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new Dictionary<string, byte[]>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(reader.GetString(0), await reader.GetFieldValueAsync<byte[]>(1, cancel));
        }

        return rows;
    }
}
