using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>How far a projection has come, as Marten keeps it.</summary>
public static class ProjectionProgress
{
    /// <summary>The position that a projection has reached; 0 where it never ran.</summary>
    public static async Task<long> AtAsync(NpgsqlConnection connection, string shard, CancellationToken cancel)
    {
        const string Sql = $"select last_seq_id from {LedgerStore.Schema}.mt_event_progression where name = $1";
        await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = shard } } };
        return await command.ExecuteScalarAsync(cancel) is long position ? position : 0;
    }
}
