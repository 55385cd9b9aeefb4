using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Identities;

/// <summary>
/// Reads users and tokens as Marten stores them, as rows: every request asks, and a session is more than one row needs.
/// </summary>
public sealed class UserReader(NpgsqlDataSource database)
{
    /// <summary>A user by its code; null where there is none.</summary>
    public Task<User?> FindAsync(string code, CancellationToken cancel) => OneAsync<User>(LedgerStore.UserAlias, code, cancel);

    /// <summary>A token by its public part; null where there is none.</summary>
    public Task<ApiToken?> FindTokenAsync(string id, CancellationToken cancel) => OneAsync<ApiToken>(LedgerStore.TokenAlias, id, cancel);

    /// <summary>All users, by code.</summary>
    public Task<IReadOnlyList<User>> AllAsync(CancellationToken cancel) => ManyAsync<User>(LedgerStore.UserAlias, cancel);

    /// <summary>All tokens, by their public part.</summary>
    public Task<IReadOnlyList<ApiToken>> TokensAsync(CancellationToken cancel) => ManyAsync<ApiToken>(LedgerStore.TokenAlias, cancel);

    private async Task<T?> OneAsync<T>(string alias, string id, CancellationToken cancel)
        where T : class
    {
        await using var command = database.CreateCommand(
            $"select data from {LedgerStore.Schema}.mt_doc_{alias} where tenant_id = $1 and id = $2"
        );
        command.Parameters.Add(new() { Value = LedgerSource.Contract });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancel) is string json ? JsonSerializer.Deserialize<T>(json, LedgerJson.Options) : null;
    }

    private async Task<IReadOnlyList<T>> ManyAsync<T>(string alias, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"select data from {LedgerStore.Schema}.mt_doc_{alias} where tenant_id = $1 order by id collate \"C\""
        );
        command.Parameters.Add(new() { Value = LedgerSource.Contract });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var all = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            all.Add(JsonSerializer.Deserialize<T>(reader.GetString(0), LedgerJson.Options)!);
        }

        return all;
    }
}
