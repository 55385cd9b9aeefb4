using System.Text.Json;
using Ledger.Domain.Contracts;
using Ledger.Domain.Json;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.EventStore;
using Ledger.EventStore.Reading;
using Ledger.Projections.Contracts;
using Ledger.Projections.Decoding;
using Npgsql;

namespace Ledger.Projections.Statements;

/// <summary>A deduction as <c>deductions</c> lists it: with the period on whose statement it stands.</summary>
public sealed record DeductionRow(
    string Id,
    string Clause,
    Domain.Money.Cny Amount,
    Domain.Money.Cny Effective,
    DeductionStatus Status,
    NodaTime.LocalDate AttributedOn,
    int? Period,
    int? CarriedFrom,
    IReadOnlyList<string> Reading,
    IReadOnlyList<string> Evidence)
{
    /// <summary>The row of a deduction.</summary>
    public static DeductionRow Of(Deduction d) => new(
        d.Id, d.Clause, d.Amount, d.Effective, d.Status, d.AttributedOn, d.Period, d.CarriedFrom, d.Reading, d.Evidence);
}

/// <summary>Statements and deductions: live from the projection, or as of any position by folding the contract's events.</summary>
public sealed class StatementReader(NpgsqlDataSource database, LogReader log, StatementProjection projection)
{
    private readonly AccountReader accounts = new(log);

    /// <summary>The statements of a contract at the log's head: the projection's, which catches up first where it is behind.</summary>
    public async Task<IReadOnlyList<PeriodStatement>> LiveAsync(string contract, CancellationToken cancel) => await LiveAsync(contract, null, cancel);

    /// <summary>One statement of a contract at the log's head; null where it has no such period.</summary>
    public async Task<PeriodStatement?> LiveAsync(string contract, int period, CancellationToken cancel) =>
        (await LiveAsync(contract, (int?)period, cancel)) is [var statement] ? statement : null;

    private async Task<IReadOnlyList<PeriodStatement>> LiveAsync(string contract, int? period, CancellationToken cancel)
    {
        var (at, head, statements) = await SnapshotAsync(contract, period, cancel);
        if (at.Position < head)
        {
            // Up to where the log ended when it was asked: a busy log is always ahead by a few.
            await projection.CatchUpAsync(cancel, head);
            (at, _, statements) = await SnapshotAsync(contract, period, cancel);
        }

        return statements.Count > 0 || period is not null
            ? [.. statements.Select(s => Stamp(s, at))]
            : throw AccountReader.Unknown(contract);
    }

    /// <summary>The statements of a contract as the projection has them, as of the position that it has reached.</summary>
    public async Task<IReadOnlyList<PeriodStatement>> ProjectedAsync(string contract, CancellationToken cancel)
    {
        var (at, _, statements) = await SnapshotAsync(contract, null, cancel);
        return statements.Count > 0 ? [.. statements.Select(s => Stamp(s, at))] : throw AccountReader.Unknown(contract);
    }

    /// <summary>The statements of a contract as of a position.</summary>
    public async Task<IReadOnlyList<PeriodStatement>> AsOfAsync(string contract, long position, CancellationToken cancel)
    {
        var moment = await log.HeadAtAsync(position, cancel);
        var account = await accounts.AtAsync(contract, position, cancel);
        return [.. StatementBuilder.BuildAll(account).Select(s => Stamp(s, moment))];
    }

    /// <summary>
    /// A period as its statement was issued, and as it would be if it were issued at a position, or at the head; refused where
    /// it is not issued by then.
    /// </summary>
    public async Task<IssuedAndToday> IssuedAndTodayAsync(string contract, int period, long? position, CancellationToken cancel)
    {
        var moment = position is { } at ? await log.HeadAtAsync(at, cancel) : await log.HeadAsync(cancel);
        var account = await accounts.AtAsync(contract, moment.Position, cancel);
        if (!account.Periods.TryGetValue(period, out var decided))
        {
            throw new LedgerException(ErrorCode.PeriodUnknown, $"{contract} has periods 1 to {account.Schedule.Count}, not {period}");
        }

        return decided.Locked
            ? new IssuedAndToday(Stamp(StatementBuilder.Build(account, period), moment), Stamp(StatementBuilder.BuildAsOfToday(account, period), moment))
            : throw new LedgerException(ErrorCode.Refused, $"the statement of period {period} is not issued: its figures are those of today");
    }

    /// <summary>The settlement of a contract as of a position, or at the head.</summary>
    public async Task<SettlementStatement> SettlementAsync(string contract, long? position, CancellationToken cancel)
    {
        var at = position ?? (await log.HeadAsync(cancel)).Position;
        var recordedAt = await log.RecordedAtAsync(at, cancel);
        return Settlement.Build(await accounts.AtAsync(contract, at, cancel)) with { AsOf = EventMapping.ToMoment(at, recordedAt) };
    }

    /// <summary>All deductions but withdrawn ones, as of a position or at the head, by date, then id.</summary>
    public async Task<IReadOnlyList<DeductionRow>> DeductionsAsync(string contract, long? position, CancellationToken cancel)
    {
        var at = position ?? (await log.HeadAsync(cancel)).Position;
        _ = await log.RecordedAtAsync(at, cancel);
        var account = await accounts.AtAsync(contract, at, cancel);
        return [.. account.Deductions.Values
            .Where(d => d.Status != DeductionStatus.Withdrawn)
            .OrderBy(d => d.AttributedOn).ThenBy(d => d.Id, StringComparer.Ordinal)
            .Select(DeductionRow.Of)];
    }

    /// <summary>The accounts of all contracts, by id, after the projection caught up.</summary>
    public async Task<IReadOnlyList<ContractAccount>> ContractsAsync(CancellationToken cancel)
    {
        await projection.CatchUpAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("select account from projections.accounts order by contract collate \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var all = new List<ContractAccount>();
        while (await reader.ReadAsync(cancel))
        {
            all.Add(JsonSerializer.Deserialize<ContractAccount>(await reader.GetFieldValueAsync<byte[]>(0, cancel), LedgerJson.Options)!);
        }

        return all;
    }

    /// <summary>The moment that the projection has reached, where the log ends, and the statements, all of one snapshot.</summary>
    private async Task<(LogHead At, long Head, IReadOnlyList<PeriodStatement> Statements)> SnapshotAsync(string contract, int? period, CancellationToken cancel)
    {
        var (at, reached, head, statements) = await ReadAsync(contract, period, cancel);

        // Its own connection is back in the pool by now: callers that wait for a second one could wait for each other.
        return (at ?? await log.HeadAtAsync(reached, cancel), head, statements);
    }

    private async Task<(LogHead? At, long Reached, long Head, IReadOnlyList<PeriodStatement> Statements)> ReadAsync(string contract, int? period, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand($"""
            select c.position, c.recorded_at, c.root, h.position, s.statement
            from projections.checkpoints c
            cross join ledger.head h
            left join projections.period_statements s on s.contract = $1 {(period is null ? "" : "and s.period = $2")}
            where c.projection = 'statements'
            order by s.period
            """, connection);
        command.Parameters.Add(new() { Value = contract });
        if (period is { } one)
        {
            command.Parameters.Add(new() { Value = one });
        }

        await command.PrepareAsync(cancel); // Planned once for each connection of the pool: it is asked all the time.
        await using var reader = await command.ExecuteReaderAsync(cancel);
        LogHead? at = null;
        var (reached, head) = (0L, 0L);
        var statements = new List<PeriodStatement>();
        while (await reader.ReadAsync(cancel))
        {
            (reached, head) = (reader.GetInt64(0), reader.GetInt64(3));
            at ??= await reader.IsDBNullAsync(2, cancel) ? null : await LogReader.HeadAsync(reader, 0, cancel);
            if (!await reader.IsDBNullAsync(4, cancel))
            {
                statements.Add(JsonSerializer.Deserialize<PeriodStatement>(await reader.GetFieldValueAsync<byte[]>(4, cancel), LedgerJson.Options)!);
            }
        }

        return (at, reached, head, statements);
    }

    /// <summary>A statement as of a moment of the log.</summary>
    internal static PeriodStatement Stamp(PeriodStatement statement, LogHead moment) => statement with
    {
        AsOf = EventMapping.ToMoment(moment.Position, moment.RecordedAt),
        Checkpoint = new CheckpointReference(moment.Position, Convert.ToHexStringLower(moment.Root)),
    };
}
