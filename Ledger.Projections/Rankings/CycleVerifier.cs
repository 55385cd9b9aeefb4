using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Rates;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Rankings;

/// <summary>
/// Compares the figures of every case with those that its events yield at the projection's position: a row that was edited, lost or
/// invented is named by its case.
/// </summary>
public sealed class CycleVerifier(NpgsqlDataSource database)
{
    private sealed record Stored(List<CaseScore> Scores, List<SeatClock> Clocks, SortedSet<string> Months)
    {
        public static Stored Nothing() => new([], [], new SortedSet<string>(StringComparer.Ordinal));
    }

    /// <summary>What is wrong with the first case that differs; null where all is well.</summary>
    public async Task<string?> VerifyAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var position = await ProjectionProgress.AtAsync(connection, CycleProjection.Shard, cancel);
        foreach (var contract in await LogQueries.ContractsAsync(connection, cancel))
        {
            if (await AccountReader.FoldAsync(connection, contract, position, cancel) is not { } account)
            {
                continue;
            }

            // They may have been made under terms that changed since: the next event of a case makes them anew.
            var made = await FigureTerms.OfFiguresAsync(connection, contract, cancel);
            var until = made > 0 ? made : account.RegisteredAt;
            var terms = (await AccountReader.FoldAsync(connection, contract, until, cancel))?.Terms ?? account.Terms;
            var stored = await StoredAsync(connection, contract, cancel);
            var streams = await CaseReader.StreamsOfAsync(connection, [contract], position, cancel);
            await foreach (var one in CaseReader.CasesAsync(connection, contract, [.. streams.Select(s => s.Stream)], position, cancel))
            {
                var subject = one[0].Subject;
                var (figures, found) = (CaseFigures.Of(CaseFacts.Of(one), terms), stored.GetValueOrDefault(subject) ?? Stored.Nothing());
                stored.Remove(subject);
                if (
                    !figures.Scores.OrderBy(s => s.Cycle).SequenceEqual(found.Scores)
                    || !figures.Clocks.SequenceEqual(found.Clocks)
                    || !found.Months.SetEquals(one.SelectMany(CaseFigures.MonthsOf).Select(CycleTables.Text))
                )
                {
                    return Problem(contract, subject, position);
                }
            }

            if (stored.Count > 0)
            {
                return Problem(contract, stored.Keys.First(), position);
            }
        }

        return null;
    }

    private static string Problem(string contract, string subject, long position) =>
        $"the figures of {subject} of {contract} in the read model are not what the log yields at position {position}: "
        + "they were changed; the log is right";

    private static async Task<Dictionary<string, Stored>> StoredAsync(
        NpgsqlConnection connection,
        string contract,
        CancellationToken cancel
    )
    {
        var all = new Dictionary<string, Stored>();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Of(
                    $"""
                    select stream_id, cycle, unit, counted, responded, resolved, satisfaction from {CycleTables.Scores}
                    where tenant_id = $1 order by cycle
                    """
                ),
                Of($"select stream_id, began, seat, kept from {CycleTables.Clocks} where tenant_id = $1 order by stream_id, number"),
                Of($"select stream_id, month from {CycleTables.Months} where tenant_id = $1"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            Case()
                .Scores.Add(
                    new CaseScore(
                        CycleTables.Month(reader.GetString(1)),
                        await reader.IsDBNullAsync(2, cancel) ? null : reader.GetString(2),
                        reader.GetBoolean(3),
                        reader.GetBoolean(4),
                        reader.GetBoolean(5),
                        (Satisfaction)reader.GetInt32(6)
                    )
                );
        }

        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var began = LocalDate.FromDateOnly(await reader.GetFieldValueAsync<DateOnly>(1, cancel));
            Case().Clocks.Add(new SeatClock(began, reader.GetString(2), reader.GetBoolean(3)));
        }

        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            Case().Months.Add(reader.GetString(1));
        }

        return all;

        NpgsqlBatchCommand Of(string sql) => new(sql) { Parameters = { new() { Value = contract } } };

        Stored Case() => all.TryGetValue(reader.GetString(0), out var known) ? known : all[reader.GetString(0)] = Stored.Nothing();
    }
}
