using System.Data;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Ledger.Projections.Evidence;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Payables;

/// <summary>
/// Compares how every contract stands, and its history, with what its account yields at the position for which they say that they were
/// made: what was edited, lost or invented is named.
/// </summary>
public sealed class StandingVerifier(NpgsqlDataSource database)
{
    private static readonly string Documents = string.Join(
        " union all ",
        new[] { LedgerStore.StandingAlias, LedgerStore.StepsAlias }.Select(alias =>
            $"select '{alias}', tenant_id, id, (data ->> 'position')::bigint, data from {LedgerStore.Schema}.mt_doc_{alias}"
        )
    );

    private sealed record Kept(string Alias, string Tenant, string Contract, long Position, byte[] Data)
    {
        public string What => Alias == LedgerStore.StepsAlias ? "history" : "payables";
    }

    /// <summary>How many documents were compared, and what is wrong with the first that differs.</summary>
    public async Task<(int Documents, string? Problem)> VerifyAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var kept = await KeptAsync(connection, cancel);
        var head = await LogQueries.HeadAsync(connection, cancel);
        var calendars = await CalendarReader.AllAsync(connection, head.Position, cancel);
        foreach (var one in kept)
        {
            if (one.Tenant != one.Contract || one.Position > head.Position || !await IsRightAsync(connection, one, calendars, cancel))
            {
                return (
                    kept.Count,
                    $"the {one.What} of {one.Contract} are not what the log yields at position {one.Position}: they were changed; the "
                        + "log is right"
                );
            }
        }

        // Whoever was registered by then has payables, and a history.
        var progress = await ProjectionProgress.AtAsync(connection, StandingProjection.Shard, cancel);
        foreach (var contract in await LogQueries.ContractsAsync(connection, cancel))
        {
            if (
                kept.Count(k => k.Contract == contract) < 2
                && await AccountReader.FoldAsync(connection, contract, progress, cancel) is not null
            )
            {
                return (kept.Count, $"the read model lacks the payables or the history of {contract}");
            }
        }

        return (kept.Count, null);
    }

    private static async Task<bool> IsRightAsync(
        NpgsqlConnection connection,
        Kept kept,
        IReadOnlyList<LedgerEvent> calendars,
        CancellationToken cancel
    )
    {
        object? right;
        if (kept.Alias == LedgerStore.StepsAlias)
        {
            right = await ContractSteps.FoldAsync(connection, kept.Contract, kept.Position, cancel);
        }
        else
        {
            var account = await AccountReader.FoldAsync(connection, kept.Contract, kept.Position, cancel);
            right = account is null
                ? null
                : ContractStanding.Of(account with { Calendar = CalendarReader.At(calendars, kept.Position) }, kept.Position);
        }

        return right is not null && CanonicalJson.Of(kept.Data).AsSpan().SequenceEqual(CanonicalJson.Of(LedgerJson.Write(right)));
    }

    private static async Task<List<Kept>> KeptAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"{Documents} order by 2, 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var kept = new List<Kept>();
        while (await reader.ReadAsync(cancel))
        {
            kept.Add(
                new Kept(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetInt64(3),
                    await reader.GetFieldValueAsync<byte[]>(4, cancel)
                )
            );
        }

        return kept;
    }
}
