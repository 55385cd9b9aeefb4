using Ledger.Api.Hosting;
using Ledger.Api.Operations;
using Ledger.Domain.Findings;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.EventStore;
using Ledger.Projections.Statements;

namespace Ledger.Api.Endpoints;

/// <summary>Reads of contracts under <c>/api/contracts</c>; <c>asOf</c> or <c>position</c> name a moment of the log.</summary>
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
    }

    private static async Task<IReadOnlyList<ContractSummary>> List(LedgerRuntime ledger, CancellationToken cancel) =>
        [.. (await ledger.Read.ContractsAsync(cancel)).Select(ContractSummary.Of)];

    private static async Task<ContractTerms> Show(string id, LedgerRuntime ledger, CancellationToken cancel) =>
        (await ledger.Read.ContractsAsync(cancel)).FirstOrDefault(a => a.Terms.Id == id)?.Terms
        ?? throw new LedgerException(ErrorCode.ContractUnknown, $"no contract \"{id}\" is registered");

    private static async Task<IReadOnlyList<PeriodStatement>> Statements(string id, string? asOf, long? position, LedgerRuntime ledger, CancellationToken cancel) =>
        await Moments.PositionAsync(ledger, asOf, position, cancel) is { } at
            ? await ledger.Read.AsOfAsync(id, at, cancel)
            : await ledger.Read.LiveAsync(id, cancel);

    private static async Task<PeriodStatement> Statement(string id, int period, string? asOf, long? position, LedgerRuntime ledger, CancellationToken cancel)
    {
        var at = await Moments.PositionAsync(ledger, asOf, position, cancel);
        if (at is null && await ledger.Read.LiveAsync(id, period, cancel) is { } live)
        {
            return live;
        }

        var statements = await Statements(id, null, at, ledger, cancel);
        return statements.FirstOrDefault(s => s.Period == period)
            ?? throw new LedgerException(ErrorCode.PeriodUnknown, $"{id} has periods 1 to {statements.Count}, not {period}");
    }

    private static async Task<SettlementStatement> SettlementOf(string id, string? asOf, long? position, LedgerRuntime ledger, CancellationToken cancel) =>
        await ledger.Read.SettlementAsync(id, await Moments.PositionAsync(ledger, asOf, position, cancel), cancel);

    private static async Task<IReadOnlyList<Finding>> Findings(string id, string? asOf, long? position, string? effective, LedgerRuntime ledger, CancellationToken cancel) =>
        await ledger.Findings.AtAsync(
            id,
            await Moments.PositionAsync(ledger, asOf, position, cancel) ?? (await ledger.Log.Reader.HeadAsync(cancel)).Position,
            effective is null ? await ledger.NowAsync(cancel) : Moments.Parse(effective, "effective"),
            cancel);

    private static async Task<IReadOnlyList<DeductionRow>> Deductions(string id, string? asOf, long? position, LedgerRuntime ledger, CancellationToken cancel) =>
        await ledger.Read.DeductionsAsync(id, await Moments.PositionAsync(ledger, asOf, position, cancel), cancel);
}
