using Ledger.Domain.Json;
using Ledger.Projections.Evidence;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Accounts;

/// <summary>
/// Compares every account's snapshot with the one folded from the log at the projection's position: a read model that was
/// edited, lost or invented is named.
/// </summary>
public sealed class AccountVerifier(NpgsqlDataSource database)
{
    private const string Documents =
        $"select tenant_id, id, data from {LedgerStore.Schema}.mt_doc_{LedgerStore.AccountAlias} order by tenant_id";

    /// <summary>How many documents were compared, and what is wrong with the first that differs.</summary>
    public async Task<(int Documents, string? Problem)> VerifyAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var position = await ProjectionProgress.AtAsync(connection, AccountProjection.Shard, cancel);
        var stored = new Dictionary<string, byte[]>();
        await using (var command = new NpgsqlCommand(Documents, connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                if (reader.GetString(0) != reader.GetString(1))
                {
                    return (
                        stored.Count,
                        $"the read model has an account of {reader.GetString(1)} in {reader.GetString(0)}, which the log does not know"
                    );
                }

                stored.Add(reader.GetString(0), await reader.GetFieldValueAsync<byte[]>(2, cancel));
            }
        }

        var documents = stored.Count;
        foreach (var contract in await LogQueries.ContractsAsync(connection, cancel))
        {
            var account = await AccountReader.FoldAsync(connection, contract, position, cancel);
            if (account is not null && !stored.ContainsKey(contract))
            {
                return (documents, $"the read model lacks the account of {contract}");
            }

            if (
                account is not null
                && stored.Remove(contract, out var found)
                && !CanonicalJson.Of(found).AsSpan().SequenceEqual(CanonicalJson.Of(LedgerJson.Write(account)))
            )
            {
                return (
                    documents,
                    $"the account of {contract} in the read model is not what the log yields at position {position}: it was changed; "
                        + "the log is right"
                );
            }
        }

        return (
            documents,
            stored.Count == 0 ? null : $"the read model has an account of {stored.Keys.First()}, which the log does not know"
        );
    }
}
