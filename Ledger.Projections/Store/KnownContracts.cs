using System.Collections.Concurrent;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>Which contracts are registered. One that is stays so: it is asked for once.</summary>
public sealed class KnownContracts(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<string, bool> known = [];

    /// <summary>Whether a contract is registered.</summary>
    public async Task<bool> HasAsync(string contract, CancellationToken cancel)
    {
        if (known.ContainsKey(contract))
        {
            return true;
        }

        await using var command = database.CreateCommand(
            $"select exists (select from {LedgerStore.Schema}.mt_streams where tenant_id = $1 and id = $1 and type = $2)"
        );
        command.Parameters.Add(new() { Value = contract });
        command.Parameters.Add(new() { Value = LedgerStore.AccountAlias });
        return await command.ExecuteScalarAsync(cancel) is true && (known[contract] = true);
    }
}
