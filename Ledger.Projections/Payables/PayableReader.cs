using System.Data;
using System.Text.Json;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Payables;

/// <summary>How every contract stands at a moment of the log, and the working days as they were known then.</summary>
public sealed record Standings(IReadOnlyList<ContractStanding> Contracts, RecordedMoment AsOf, WorkingDays Calendar);

/// <summary>
/// What is payable over all contracts: now from what <see cref="StandingProjection"/> keeps and, where something happened to a contract
/// since, from its account; as of any position from the streams of accounts.
/// </summary>
public sealed class PayableReader(NpgsqlDataSource database, AccountReader accounts)
{
    // What happened last to an account is the event of its stream's version; a published calendar moves due dates, too.
    private const string Current = $"""
        select p.data from {LedgerStore.Schema}.mt_doc_{LedgerStore.StandingAlias} p
        join {LedgerStore.Schema}.mt_streams s on s.tenant_id = p.tenant_id and s.id = p.id
        join {LedgerStore.Schema}.mt_events e on e.tenant_id = s.tenant_id and e.stream_id = s.id and e.version = s.version
        where p.tenant_id = p.id and (p.data ->> 'position')::bigint >= greatest(e.seq_id, $1)
        """;

    /// <summary>
    /// The payables at a position, or at the log's end; those of a status, and those due before a date (not on it), where these
    /// are named.
    /// </summary>
    public async Task<PayableList> ListAsync(PeriodStatus? status, LocalDate? dueBefore, long? position, CancellationToken cancel)
    {
        var all = await StandingsAsync(position, cancel);
        var filter = new PayableFilter(status is { } one ? Words<PeriodStatus>.Of(one) : null, DueBefore: dueBefore);
        return PayableList.Of(all.AsOf, all.Contracts.SelectMany(c => c.Periods).Where(p => filter.Shows(p, default)));
    }

    /// <summary>How every contract stands at a position, or at the log's end, by id; with that moment and its calendar.</summary>
    public async Task<Standings> StandingsAsync(long? position, CancellationToken cancel)
    {
        var (all, head, calendar) = position is { } past ? await PastAsync(past, cancel) : await NowAsync(cancel);
        return new Standings([.. all.OrderBy(s => s.Id, StringComparer.Ordinal)], EventMapping.ToMoment(head), calendar);
    }

    private async Task<(IEnumerable<ContractStanding> All, LogHead Head, WorkingDays Calendar)> PastAsync(
        long position,
        CancellationToken cancel
    )
    {
        var (all, head) = await accounts.AllAsync(position, cancel);
        var calendar = await CalendarReader.AtAsync(database, position, cancel);
        return (all.Select(a => ContractStanding.Of(a, position)), head, calendar);
    }

    private async Task<(IEnumerable<ContractStanding> All, LogHead Head, WorkingDays Calendar)> NowAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var published = await CalendarReader.AllAsync(connection, long.MaxValue, cancel);
        var kept = await KeptAsync(connection, published.Count > 0 ? published[^1].Position : 0, cancel);
        var others = (await LogQueries.ContractsAsync(connection, cancel)).ToHashSet();
        others.ExceptWith(kept.Select(k => k.Id));
        var (made, head) = await AccountReader.NowAsync(snapshot, others, cancel);
        return (kept.Concat(made.Select(a => ContractStanding.Of(a, head.Position))), head, CalendarReader.At(published, head.Position));
    }

    private static async Task<List<ContractStanding>> KeptAsync(NpgsqlConnection connection, long calendar, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Current, connection) { Parameters = { new() { Value = calendar } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var kept = new List<ContractStanding>();
        while (await reader.ReadAsync(cancel))
        {
            try
            {
                kept.Add(
                    JsonSerializer.Deserialize<ContractStanding>(await reader.GetFieldValueAsync<byte[]>(0, cancel), LedgerJson.Options)!
                );
            }
            catch (JsonException)
            {
                // Another program wrote it: the account is what is right.
            }
        }

        return kept;
    }
}
