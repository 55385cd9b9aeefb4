using System.Data;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Rates;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Rankings;

/// <summary>
/// Rates and rankings: now from the sums of <see cref="CycleProjection"/> and the cases that changed since it; as of any position, and
/// where the cases or events behind a figure are asked for, folded from the cases of the cycle's months.
/// </summary>
public sealed class RankingReader(NpgsqlDataSource database)
{
    private static readonly string[] AccountFacts =
    [
        EventCatalogue.Alias<MonthlyRatingPublished>(),
        EventCatalogue.Alias<ScoringSchemeAdopted>(),
    ];

    /// <summary>The rankings of a cycle, at a position or at the log's end.</summary>
    public async Task<CycleRankings> RankingsAsync(YearMonth cycle, long? position, CancellationToken cancel)
    {
        if (position is { } at)
        {
            return (await BookAsync(cycle, at, cancel)).Rankings(cycle);
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var (all, head) = await AccountReader.NowAsync(snapshot, null, cancel);
        var facts = await FactsAsync(connection, head.Position, cancel);
        var scheme = SchemeOf(facts, cycle);
        var ratings = facts
            .Where(f => (f.Data as MonthlyRatingPublished)?.Cycle == cycle)
            .GroupBy(f => f.Contract)
            .Select(g => (g.Key, (MonthlyRatingPublished)g.Order(Comparer<LedgerEvent>.Create(EventOrder.ByTime)).Last().Data))
            .OrderBy(r => r.Key, StringComparer.Ordinal)
            .ToList();

        // What the projection has not seen yet is folded here, and left out of its sums.
        var stale = await FigureTerms.StaleAsync(connection, [.. all.Select(a => a.Terms.Id)], head.Position, cancel);
        var changed = (
            await CaseReader.ChangedAsync(
                connection,
                await ProjectionProgress.AtAsync(connection, CycleProjection.Shard, cancel),
                head.Position,
                cancel
            )
        )
            .Union(await CaseReader.StreamsOfAsync(connection, [.. stale.Keys], head.Position, cancel))
            .ToList();
        var late = new List<CycleTally>();
        foreach (var contract in changed.GroupBy(c => c.Contract, c => c.Stream))
        {
            var terms = all.First(a => a.Terms.Id == contract.Key).Terms;
            var cases = CaseReader.CasesAsync(connection, contract.Key, [.. contract], head.Position, cancel);
            var figures = await cases.Select(one => CaseFigures.Of(CaseFacts.Of(one), terms)).ToListAsync(cancel);
            late.Add(CycleTally.Of(contract.Key, figures, cycle, scheme));
        }

        var sums = await SumsAsync(connection, cycle, scheme, changed, cancel);
        return CycleRankings.Of(cycle, scheme, ratings, CycleTally.Of([sums, .. late]), all);
    }

    /// <summary>All contracts at a position, with the cases of a cycle's months.</summary>
    public Task<CycleBook> BookAsync(YearMonth cycle, long position, CancellationToken cancel) =>
        BookAsync((YearMonth?)cycle, position, cancel);

    /// <summary>All contracts at a position, with all of their cases: for rates and rankings of any cycle.</summary>
    public Task<CycleBook> BookAsync(long position, CancellationToken cancel) => BookAsync(null, position, cancel);

    private async Task<CycleBook> BookAsync(YearMonth? only, long position, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        _ = await LogQueries.HeadAtAsync(connection, position, cancel);
        var contracts = await LogQueries.ContractsAsync(connection, cancel);
        var streams = only is { } cycle
            ? await OfCycleAsync(connection, cycle, position, cancel)
            : await CaseReader.StreamsOfAsync(connection, contracts, position, cancel);
        var cases = streams.ToLookup(s => s.Contract, s => s.Stream);
        var book = new List<(ContractAccount Account, ContractFacts Facts)>();
        foreach (var contract in contracts)
        {
            ContractAccount? account = null;
            var facts = new ContractFacts();
            await foreach (var stored in LogQueries.ReadStreamAsync(connection, contract, contract, position, cancel))
            {
                var e = EventMapping.ToEvent(stored);
                account = ContractAccount.Evolve(account, e);
                facts.Add(e);
            }

            if (account is not null)
            {
                await foreach (var one in CaseReader.CasesAsync(connection, contract, [.. cases[contract]], position, cancel))
                {
                    facts.Add(CaseFacts.Of(one));
                }

                book.Add((account, facts));
            }
        }

        return new CycleBook(position, book);
    }

    /// <summary>
    /// The cases that may count in a cycle: those that the projection knows of its months, and those that it has not seen yet.
    /// </summary>
    private static async Task<IEnumerable<(string Contract, string Stream)>> OfCycleAsync(
        NpgsqlConnection connection,
        YearMonth cycle,
        long position,
        CancellationToken cancel
    )
    {
        var months = SchemeOf(await FactsAsync(connection, position, cancel), cycle).MonthsOf(cycle);
        return (await CaseReader.OfMonthsAsync(connection, months, cancel)).Union(
            await CaseReader.ChangedAsync(
                connection,
                await ProjectionProgress.AtAsync(connection, CycleProjection.Shard, cancel),
                position,
                cancel
            )
        );
    }

    private static ScoringScheme SchemeOf(IReadOnlyList<LedgerEvent> facts, YearMonth cycle) =>
        ScoringScheme.InForce(facts.Select(f => f.Data).OfType<ScoringSchemeAdopted>(), cycle);

    /// <summary>The published ratings and adopted schemes of all contracts up to a position, in the order of the log.</summary>
    private static async Task<IReadOnlyList<LedgerEvent>> FactsAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {StoredEvent.Columns} from {LedgerStore.Schema}.mt_streams s
            join {LedgerStore.Schema}.mt_events e on e.tenant_id = s.tenant_id and e.stream_id = s.id
            where s.type = '{LedgerStore.AccountAlias}' and e.type = any ($1) and e.seq_id <= $2
            order by e.seq_id
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = AccountFacts },
                new() { Value = position },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var facts = new List<LedgerEvent>();
        while (await reader.ReadAsync(cancel))
        {
            facts.Add(EventMapping.ToEvent(StoredEvent.Of(reader)));
        }

        return facts;
    }

    private static async Task<CycleTally> SumsAsync(
        NpgsqlConnection connection,
        YearMonth cycle,
        ScoringScheme scheme,
        IReadOnlyList<(string Contract, string Stream)> without,
        CancellationToken cancel
    )
    {
        var (from, to) = scheme.DaysOf(cycle);
        var leftOut =
            without.Count == 0
                ? ""
                : "and not exists (select from unnest($3, $4) as c (contract, stream) where c.contract = t.tenant_id and c.stream = "
                    + "t.stream_id)";
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sums(
                    $"""
                    select tenant_id, unit, count(*) filter (where counted), count(*) filter (where counted and responded),
                        count(*) filter (where counted and resolved), count(*) filter (where counted and satisfaction = $1),
                        count(*) filter (where counted and satisfaction = $2)
                    from {CycleTables.Scores} t where unit is not null and cycle = '{CycleTables.Text(cycle)}' {leftOut}
                    group by tenant_id, unit
                    """,
                    (int)Satisfaction.Satisfied,
                    (int)Satisfaction.MostlySatisfied
                ),
                Sums(
                    $"""
                    select tenant_id, seat, count(*) filter (where kept), count(*) from {CycleTables.Clocks} t
                    where began between $1 and $2 {leftOut} group by tenant_id, seat
                    """,
                    from.ToDateOnly(),
                    to.ToDateOnly()
                ),
            },
        };
        var (units, seats) = (new List<UnitTally>(), new List<SeatTally>());
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            units.Add(new UnitTally(reader.GetString(0), reader.GetString(1), Count(2), Count(3), Count(4), Count(5), Count(6)));
        }

        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            seats.Add(new SeatTally(reader.GetString(0), reader.GetString(1), Count(2), Count(3)));
        }

        return new CycleTally(units, seats);

        int Count(int column) => checked((int)reader.GetInt64(column));

        NpgsqlBatchCommand Sums(string sql, object first, object second)
        {
            var command = new NpgsqlBatchCommand(sql)
            {
                Parameters =
                {
                    new() { Value = first },
                    new() { Value = second },
                },
            };
            if (without.Count > 0)
            {
                command.Parameters.Add(new() { Value = without.Select(w => w.Contract).ToArray() });
                command.Parameters.Add(new() { Value = without.Select(w => w.Stream).ToArray() });
            }

            return command;
        }
    }
}
