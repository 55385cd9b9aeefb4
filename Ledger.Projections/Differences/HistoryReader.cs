using System.Text.Json;
using Ledger.Domain.Differences;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Differences;

/// <summary>The history of one contract in steps: from what is kept, or from its account's events where something happened since.</summary>
public sealed class HistoryReader(NpgsqlDataSource database)
{
    // What happened last to an account is the event of its stream's version.
    private const string Current = $"""
        select p.data from {LedgerStore.Schema}.mt_doc_{LedgerStore.StepsAlias} p
        join {LedgerStore.Schema}.mt_streams s on s.tenant_id = p.tenant_id and s.id = p.id
        join {LedgerStore.Schema}.mt_events e on e.tenant_id = s.tenant_id and e.stream_id = s.id and e.version = s.version
        where p.tenant_id = $1 and p.id = $1 and (p.data ->> 'position')::bigint >= e.seq_id
        """;

    /// <summary>
    /// The steps up to a position, or to the log's end; one that was not whole by then is not among them. Throws
    /// <see cref="LedgerException"/> for a position outside the log, and where the contract was not registered by then.
    /// </summary>
    public async Task<IReadOnlyList<HistoryStep>> UpToAsync(string contract, long? position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var end = position is { } at ? await LogQueries.HeadAtAsync(connection, at, cancel) : null;
        var all =
            await KeptAsync(connection, contract, cancel)
            ?? await ContractSteps.FoldAsync(connection, contract, long.MaxValue, cancel)
            ?? throw AccountReader.Unknown(contract);
        var steps = end is null ? all.Steps : [.. all.Steps.TakeWhile(s => s.Position <= end.Position)];
        return steps.Count > 0 ? steps : throw AccountReader.Unknown(contract);
    }

    private static async Task<ContractSteps?> KeptAsync(NpgsqlConnection connection, string contract, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Current, connection) { Parameters = { new() { Value = contract } } };
        try
        {
            return await command.ExecuteScalarAsync(cancel) is string json
                ? JsonSerializer.Deserialize<ContractSteps>(json, LedgerJson.Options)
                : null;
        }
        catch (JsonException)
        {
            // Another program wrote it: the events are what is right.
            return null;
        }
    }
}
