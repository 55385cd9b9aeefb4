using System.Runtime.CompilerServices;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Rates;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Rankings;

/// <summary>Single cases, each folded from its own stream.</summary>
public static class CaseReader
{
    private const string Events = $"{LedgerStore.Schema}.mt_events";

    /// <summary>Some cases of a contract, each by its events up to a position, in order.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<LedgerEvent>> CasesAsync(
        NpgsqlConnection connection,
        string contract,
        IReadOnlyList<string> streams,
        long upTo,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var events = new List<LedgerEvent>();
        await using var command = new NpgsqlCommand(
            $"""
            select {StoredEvent.Columns} from unnest($1) as c (stream)
            cross join lateral (select * from {Events} where tenant_id = $2 and stream_id = c.stream and seq_id <= $3 order by version) as e
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = streams.ToArray() },
                new() { Value = contract },
                new() { Value = upTo },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var e = EventMapping.ToEvent(StoredEvent.Of(reader));
            if (events.Count > 0 && events[0].Subject != e.Subject)
            {
                yield return events;
                events = [];
            }

            events.Add(e);
        }

        if (events.Count > 0)
        {
            yield return events;
        }
    }

    /// <summary>Every case of some contracts that is on record up to a position.</summary>
    public static async Task<IReadOnlyList<(string Contract, string Stream)>> StreamsOfAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string> contracts,
        long upTo,
        CancellationToken cancel
    )
    {
        if (contracts.Count == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand(
            $"""
            select s.tenant_id, s.id from {LedgerStore.Schema}.mt_streams s
            where s.tenant_id = any ($1) and s.type = '{LedgerStore.CaseAlias}'
            and exists (select from {Events} e where e.tenant_id = s.tenant_id and e.stream_id = s.id and e.version = 1 and e.seq_id <= $2)
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = contracts.ToArray() },
                new() { Value = upTo },
            },
        };
        return await StreamsAsync(command, cancel);
    }

    /// <summary>The cases that an event between two positions is about.</summary>
    public static async Task<IReadOnlyList<(string Contract, string Stream)>> ChangedAsync(
        NpgsqlConnection connection,
        long after,
        long upTo,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            select distinct tenant_id, stream_id from {Events}
            where seq_id > $1 and seq_id <= $2 and stream_id like '{EventStreams.Cases}%'
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = after },
                new() { Value = upTo },
            },
        };
        return await StreamsAsync(command, cancel);
    }

    /// <summary>The cases of some months (<see cref="CaseFigures.MonthsOf"/>), as far as the projection of cycles has come.</summary>
    public static async Task<IReadOnlyList<(string Contract, string Stream)>> OfMonthsAsync(
        NpgsqlConnection connection,
        IReadOnlyList<YearMonth> months,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(
            $"select distinct tenant_id, stream_id from {CycleTables.Months} where month = any ($1)",
            connection
        )
        {
            Parameters = { new() { Value = months.Select(CycleTables.Text).ToArray() } },
        };
        return await StreamsAsync(command, cancel);
    }

    /// <summary>The first event of a case after a position that this program cannot read; null where there is none.</summary>
    public static async Task<string?> UnreadableAsync(NpgsqlConnection connection, long after, CancellationToken cancel)
    {
        await foreach (var stored in LogQueries.ReadAsync(connection, after, long.MaxValue, null, null, cancel))
        {
            try
            {
                _ = stored.Stream.StartsWith(EventStreams.Cases, StringComparison.Ordinal) ? EventMapping.ToEvent(stored) : null;
            }
            catch (LedgerException e)
            {
                return e.Message;
            }
        }

        return null;
    }

    private static async Task<IReadOnlyList<(string Contract, string Stream)>> StreamsAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var streams = new List<(string Contract, string Stream)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            streams.Add((reader.GetString(0), reader.GetString(1)));
        }

        return streams;
    }
}
