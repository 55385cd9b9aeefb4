using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;

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
    IReadOnlyList<string> Evidence
)
{
    /// <summary>The row of a deduction.</summary>
    public static DeductionRow Of(Deduction d) =>
        new(d.Id, d.Clause, d.Amount, d.Effective, d.Status, d.AttributedOn, d.Period, d.CarriedFrom, d.Reading, d.Evidence);
}

/// <summary>A contract at a moment of the log: its account, and the statements of all its periods.</summary>
public sealed record ContractStatements(ContractAccount Account, IReadOnlyList<PeriodStatement> Statements)
{
    /// <summary>
    /// One of them; throws <see cref="LedgerException"/> where the contract has no such period.
    /// </summary>
    public PeriodStatement Of(int period) =>
        Statements.FirstOrDefault(s => s.Period == period)
        ?? throw new LedgerException(ErrorCode.PeriodUnknown, $"{Account.Id} has periods 1 to {Statements.Count}, not {period}");
}

/// <summary>Statements, deductions and settlement of one contract: now, or as of any position.</summary>
public sealed class StatementReader(AccountReader accounts)
{
    /// <summary>The statements of a contract at a position, or at the log's end.</summary>
    public async Task<IReadOnlyList<PeriodStatement>> AllAsync(string contract, long? position, CancellationToken cancel) =>
        (await AtAsync(contract, position, cancel)).Statements;

    /// <summary>A contract with its statements at a position, or at the log's end.</summary>
    public async Task<ContractStatements> AtAsync(string contract, long? position, CancellationToken cancel)
    {
        var at = await accounts.AtAsync(contract, position, cancel);
        return new ContractStatements(at.Account, [.. StatementBuilder.BuildAll(at.Account).Select(s => Stamp(s, at.Head, at.Root))]);
    }

    /// <summary>
    /// One statement of a contract at a position, or at the log's end; throws <see cref="LedgerException"/> where it has no such period.
    /// </summary>
    public async Task<PeriodStatement> OneAsync(string contract, int period, long? position, CancellationToken cancel)
    {
        var at = await accounts.AtAsync(contract, position, cancel);
        RefuseUnknown(at.Account, period);
        return Stamp(StatementBuilder.Build(at.Account, period), at.Head, at.Root);
    }

    /// <summary>
    /// A period as its statement was issued, and as it would be if it were issued at a position, or at the log's end; refused
    /// where it is not issued by then.
    /// </summary>
    public async Task<IssuedAndToday> IssuedAndTodayAsync(string contract, int period, long? position, CancellationToken cancel)
    {
        var (account, head, root) = await accounts.AtAsync(contract, position, cancel);
        RefuseUnknown(account, period);
        return account.Periods[period].Locked
            ? new IssuedAndToday(
                Stamp(StatementBuilder.Build(account, period), head, root),
                Stamp(StatementBuilder.BuildAsOfToday(account, period), head, root)
            )
            : throw new LedgerException(
                ErrorCode.Refused,
                $"the statement of period {period} is not issued: its figures are those of today"
            );
    }

    /// <summary>The settlement of a contract as of a position, or at the log's end.</summary>
    public async Task<SettlementStatement> SettlementAsync(string contract, long? position, CancellationToken cancel)
    {
        var at = await accounts.AtAsync(contract, position, cancel);
        return Settlement.Build(at.Account) with { AsOf = EventMapping.ToMoment(at.Head) };
    }

    /// <summary>All deductions but withdrawn ones, as of a position or at the log's end, by date, then id.</summary>
    public async Task<IReadOnlyList<DeductionRow>> DeductionsAsync(string contract, long? position, CancellationToken cancel) =>
        DeductionsOf((await accounts.AtAsync(contract, position, cancel)).Account);

    /// <summary>All deductions of an account but withdrawn ones, by date, then id.</summary>
    public static IReadOnlyList<DeductionRow> DeductionsOf(ContractAccount account) =>
        [
            .. account
                .Deductions.Values.Where(d => d.Status != DeductionStatus.Withdrawn)
                .OrderBy(d => d.AttributedOn)
                .ThenBy(d => d.Id, StringComparer.Ordinal)
                .Select(DeductionRow.Of),
        ];

    private static void RefuseUnknown(ContractAccount account, int period)
    {
        if (!account.Periods.ContainsKey(period))
        {
            throw new LedgerException(ErrorCode.PeriodUnknown, $"{account.Id} has periods 1 to {account.Schedule.Count}, not {period}");
        }
    }

    /// <summary>A statement as of a moment of the log.</summary>
    internal static PeriodStatement Stamp(PeriodStatement statement, LogHead head, byte[] root) =>
        statement with
        {
            AsOf = EventMapping.ToMoment(head),
            Checkpoint = new CheckpointReference(head.Position, Convert.ToHexStringLower(root)),
        };
}
