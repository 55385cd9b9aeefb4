using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// Reads documents of <c>_ledger</c> as Marten stores them, as rows: every request asks for some, and a session is more than a row needs.
/// </summary>
internal static class LedgerDocuments
{
    /// <summary>The document of an id; null where there is none.</summary>
    public static async Task<T?> OneAsync<T>(NpgsqlDataSource database, string alias, string id, CancellationToken cancel)
        where T : class
    {
        await using var command = database.CreateCommand(
            $"select data from {LedgerStore.Schema}.mt_doc_{alias} where tenant_id = $1 and id = $2"
        );
        command.Parameters.Add(new() { Value = LedgerSource.Contract });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancel) is string json ? JsonSerializer.Deserialize<T>(json, LedgerJson.Options) : null;
    }

    /// <summary>All of them, by id.</summary>
    public static async Task<IReadOnlyList<T>> AllAsync<T>(NpgsqlDataSource database, string alias, CancellationToken cancel)
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
