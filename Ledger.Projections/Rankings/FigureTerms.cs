using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Rankings;

/// <summary>Under which terms the figures of cases were made, and whether they have changed since.</summary>
internal static class FigureTerms
{
    private static readonly string[] Changes = [EventCatalogue.Alias<ContractAmended>(), EventCatalogue.Alias<ReadingRecorded>()];

    /// <summary>Of some contracts those whose terms changed since, with where they changed last up to a position.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> StaleAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string> contracts,
        long upTo,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            select contract, changed from unnest($1) as c (contract)
            cross join lateral (
                select coalesce(max(seq_id), 0) as changed from {LedgerStore.Schema}.mt_events
                where tenant_id = contract and stream_id = contract and type = any ($2) and seq_id <= $3) e
            left join {CycleTables.Terms} t on t.tenant_id = contract
            where changed <> coalesce(t.position, 0)
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = contracts.ToArray() },
                new() { Value = Changes },
                new() { Value = upTo },
            },
        };
        var stale = new Dictionary<string, long>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            stale.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return stale;
    }

    /// <summary>Where the terms changed last under which a contract's figures were made; 0 where they are as it was registered.</summary>
    public static async Task<long> OfFiguresAsync(NpgsqlConnection connection, string contract, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select position from {CycleTables.Terms} where tenant_id = $1", connection)
        {
            Parameters = { new() { Value = contract } },
        };
        return await command.ExecuteScalarAsync(cancel) is long position ? position : 0;
    }
}
