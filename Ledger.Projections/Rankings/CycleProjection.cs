using JasperFx.Events;
using JasperFx.Events.Projections;
using Ledger.Domain.Facts;
using Ledger.Domain.Rates;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Marten;
using Marten.Events.Projections;
using Npgsql;

namespace Ledger.Projections.Rankings;

/// <summary>
/// The figures of each case for rates and rankings (<see cref="CycleTables"/>). Whatever happened to a case, its figures are made anew from
/// all of its events, which are few; where the terms of a contract changed, those of all its cases. The domain says what a case counts for.
/// </summary>
public sealed class CycleProjection : ProjectionBase, IProjection
{
    /// <summary>What Marten calls it.</summary>
    public const string ProjectionName = "Cycles";

    /// <summary>What Marten calls its progress.</summary>
    public const string Shard = ProjectionName + ":All";

    private readonly NpgsqlDataSource database;

    /// <summary>The projection over a database: the events of cases that it needs are read there, up to the last of a page.</summary>
    public CycleProjection(NpgsqlDataSource database)
    {
        this.database = database;
        Name = ProjectionName;

        // By the stream, not by a list of types: an event of a case that this program does not know stops it.
        FilterIncomingEventsOnStreamType(typeof(CaseFacts));
        Options.DeleteDataInTableOnTeardown(CycleTables.Scores);
        Options.DeleteDataInTableOnTeardown(CycleTables.Clocks);
        Options.DeleteDataInTableOnTeardown(CycleTables.Months);
        Options.DeleteDataInTableOnTeardown(CycleTables.Terms);

        // The larger a page, the fewer cases are folded again in the next one: a rebuild in pages of 5,000 takes a quarter longer, in pages
        // of 500, Marten's default, nearly twice as long.
        Options.BatchSize = 20_000;
        Options.MaximumHopperSize = 40_000;
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var upTo = events[^1].Sequence;
        var page = events.Select(EventMapping.ToEvent).ToList();
        var terms = await FigureTerms.StaleAsync(connection, [.. page.Select(e => e.Contract).Distinct()], upTo, cancellation);
        var here = page.GroupBy(e => (e.Contract, Stream: e.Subject)).ToDictionary(g => g.Key, g => g.ToList());
        var touched = here.Keys.Union(await CaseReader.StreamsOfAsync(connection, [.. terms.Keys], upTo, cancellation)).ToList();
        var rows = new Rows();
        foreach (var contract in touched.GroupBy(t => t.Contract))
        {
            // Its terms as they stand there: where they change later, the next event of a case finds the figures of all cases stale.
            var account =
                await AccountReader.FoldAsync(connection, contract.Key, upTo, cancellation)
                ?? throw new InvalidOperationException($"{contract.Key} has cases and no account");

            // Of a case that begins on this page all events are on it.
            var begun = contract.Where(c => here.GetValueOrDefault(c) is { } known && known[0].Version == 1).ToHashSet();
            var others = contract.Where(c => !begun.Contains(c)).Select(c => c.Stream).ToList();
            var cases = CaseReader.CasesAsync(connection, contract.Key, others, upTo, cancellation);
            await foreach (var one in cases.Concat(begun.Select(c => here[c]).ToAsyncEnumerable()))
            {
                rows.Add(contract.Key, one[0].Subject, CaseFigures.Of(CaseFacts.Of(one), account.Terms));
            }
        }

        rows.Write(operations);
        operations.QueueSqlCommand(
            $"""
            insert into {CycleTables.Terms} (tenant_id, position) select * from unnest(?, ?)
            on conflict (tenant_id) do update set position = excluded.position
            """,
            terms.Keys.ToArray(),
            terms.Values.ToArray()
        );
        var months = (
            from e in page
            from month in CaseFigures.MonthsOf(e)
            select (Month: CycleTables.Text(month), e.Contract, Stream: e.Subject)
        )
            .Distinct()
            .ToList();
        operations.QueueSqlCommand(
            $"insert into {CycleTables.Months} (month, tenant_id, stream_id) select * from unnest(?, ?, ?) on conflict do nothing",
            months.Select(m => m.Month).ToArray(),
            months.Select(m => m.Contract).ToArray(),
            months.Select(m => m.Stream).ToArray()
        );
    }

    /// <summary>The rows of some cases, which take the place of those that were there.</summary>
    private sealed class Rows
    {
        private readonly List<(string Contract, string Stream)> cases = [];
        private readonly List<(string Contract, string Stream, CaseScore Score)> scores = [];
        private readonly List<(string Contract, string Stream, int Number, SeatClock Clock)> clocks = [];

        public void Add(string contract, string stream, CaseFigures figures)
        {
            cases.Add((contract, stream));
            scores.AddRange(figures.Scores.Select(s => (contract, stream, s)));
            clocks.AddRange(figures.Clocks.Select((c, i) => (contract, stream, i, c)));
        }

        public void Write(IDocumentOperations operations)
        {
            string[] contracts = [.. cases.Select(c => c.Contract)],
                streams = [.. cases.Select(c => c.Stream)];
            foreach (var table in (string[])[CycleTables.Scores, CycleTables.Clocks])
            {
                operations.QueueSqlCommand(
                    $"""
                    delete from {table} t using unnest(?, ?) as c (contract, stream)
                    where t.tenant_id = c.contract and t.stream_id = c.stream
                    """,
                    contracts,
                    streams
                );
            }

            operations.QueueSqlCommand(
                $"""
                insert into {CycleTables.Scores} (tenant_id, stream_id, cycle, unit, counted, responded, resolved, satisfaction)
                select * from unnest(?, ?, ?, ?, ?, ?, ?, ?)
                """,
                Of(scores, s => s.Contract),
                Of(scores, s => s.Stream),
                Of(scores, s => CycleTables.Text(s.Score.Cycle)),
                Of(scores, s => s.Score.Unit),
                Of(scores, s => s.Score.Counted),
                Of(scores, s => s.Score.Responded),
                Of(scores, s => s.Score.Resolved),
                Of(scores, s => (int)s.Score.Satisfaction)
            );
            operations.QueueSqlCommand(
                $"""
                insert into {CycleTables.Clocks} (tenant_id, stream_id, number, began, seat, kept)
                select * from unnest(?, ?, ?, ?, ?, ?)
                """,
                Of(clocks, c => c.Contract),
                Of(clocks, c => c.Stream),
                Of(clocks, c => c.Number),
                Of(clocks, c => c.Clock.Began.ToDateOnly()),
                Of(clocks, c => c.Clock.Seat),
                Of(clocks, c => c.Clock.Kept)
            );
        }

        private static TValue[] Of<T, TValue>(List<T> rows, Func<T, TValue> value) => [.. rows.Select(value)];
    }
}
