using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Evidence.Verification;

/// <summary>
/// Whether the indexes that readers use show every event: one that was damaged could hide a deduction from every statement
/// while the table still verifies. Each is counted by itself, by a query that only it can answer without the table.
/// </summary>
internal static class IndexChecks
{
    /// <summary>What an index hides; null where none hides anything. The connection's transaction reads no other way afterwards.</summary>
    public static async Task<string?> HiddenAsync(NpgsqlConnection connection, long size, ContractCounts counts, CancellationToken cancel)
    {
        await using (var plan = new NpgsqlCommand("set local enable_seqscan = off; set local enable_bitmapscan = off", connection))
        {
            await plan.ExecuteNonQueryAsync(cancel);
        }

        foreach (
            var (index, where) in new[]
            {
                ("pk_mt_events_stream_and_version", "tenant_id >= '' and stream_id >= '' and version >= 1"),
                ("idx_mt_events_event_id", "id >= '00000000-0000-0000-0000-000000000000'"),
            }
        )
        {
            if (await CountAsync(connection, where, null, cancel) is var shown && shown != size)
            {
                return $"index {index} shows {shown} of {size} events: it was damaged; reindex it, and verify again";
            }
        }

        foreach (var contract in counts.Contracts)
        {
            if (
                await CountAsync(connection, "tenant_id = $1 and seq_id >= 1", contract, cancel) is var shown
                && shown != counts.Of(contract)
            )
            {
                return $"index {LogGuard.ContractIndex} shows {shown} of {counts.Of(contract)} events of {contract}: it was damaged; "
                    + "reindex it, and verify again";
            }
        }

        return null;
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string where, string? contract, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select count(*) from {LedgerStore.Schema}.mt_events where {where}", connection);
        if (contract is not null)
        {
            command.Parameters.Add(new() { Value = contract });
        }

        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
