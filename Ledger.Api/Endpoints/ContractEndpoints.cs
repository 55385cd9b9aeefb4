using Ledger.Api.Operations;
using Ledger.Domain.Findings;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Projections.Accounts;
using Ledger.Projections.Findings;
using Ledger.Projections.Payables;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;

namespace Ledger.Api.Endpoints;

/// <summary>
/// Reads of contracts under <c>/api/contracts</c>, and of what is payable over all of them; <c>asOf</c> or <c>position</c> name a moment of
/// the log.
/// </summary>
internal static class ContractEndpoints
{
    public static void MapContracts(this WebApplication app)
    {
        var contracts = app.MapGroup("/api/contracts");
        contracts.MapGet("", List);
        contracts.MapGet("/{id}", Show);
        contracts.MapGet("/{id}/statements", Statements);
        contracts.MapGet("/{id}/statements/{period:int}", Statement);
        contracts.MapGet("/{id}/deductions", Deductions);
        contracts.MapGet("/{id}/settlement", SettlementOf);
        contracts.MapGet("/{id}/findings", Findings);
        app.MapGet("/api/payables", Payables);
    }

    private static async Task<IReadOnlyList<ContractSummary>> List(AccountReader accounts, CancellationToken cancel) =>
        [.. (await accounts.AllAsync(null, cancel)).Accounts.Select(ContractSummary.Of)];

    private static async Task<ContractTerms> Show(string id, AccountReader accounts, CancellationToken cancel) =>
        (await accounts.AtAsync(id, null, cancel)).Account.Terms;

    private static async Task<IReadOnlyList<PeriodStatement>> Statements(
        string id,
        string? asOf,
        long? position,
        StatementReader statements,
        LogReader log,
        CancellationToken cancel
    ) => await statements.AllAsync(id, await Moments.PositionAsync(log, asOf, position, cancel), cancel);

    private static async Task<PeriodStatement> Statement(
        string id,
        int period,
        string? asOf,
        long? position,
        StatementReader statements,
        LogReader log,
        CancellationToken cancel
    ) => await statements.OneAsync(id, period, await Moments.PositionAsync(log, asOf, position, cancel), cancel);

    private static async Task<SettlementStatement> SettlementOf(
        string id,
        string? asOf,
        long? position,
        StatementReader statements,
        LogReader log,
        CancellationToken cancel
    ) => await statements.SettlementAsync(id, await Moments.PositionAsync(log, asOf, position, cancel), cancel);

    private static async Task<IReadOnlyList<Finding>> Findings(
        string id,
        string? asOf,
        long? position,
        string? effective,
        FindingReader findings,
        LogReader log,
        LedgerTime time,
        CancellationToken cancel
    ) =>
        await findings.AtAsync(
            id,
            await Moments.PositionAsync(log, asOf, position, cancel) ?? (await log.HeadAsync(cancel)).Position,
            effective is null ? await time.NowAsync(cancel) : Moments.Parse(effective, "effective"),
            cancel
        );

    private static async Task<PayableList> Payables(
        string? status,
        string? dueBefore,
        string? asOf,
        long? position,
        PayableReader payables,
        LogReader log,
        CancellationToken cancel
    ) =>
        await payables.ListAsync(
            PayableFilter.Status(status, "status"),
            PayableFilter.Date(dueBefore, "dueBefore"),
            await Moments.PositionAsync(log, asOf, position, cancel),
            cancel
        );

    private static async Task<IReadOnlyList<DeductionRow>> Deductions(
        string id,
        string? asOf,
        long? position,
        StatementReader statements,
        LogReader log,
        CancellationToken cancel
    ) => await statements.DeductionsAsync(id, await Moments.PositionAsync(log, asOf, position, cancel), cancel);
}
