using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Domain.Time;
using Ledger.Projections.Accounts;
using Ledger.Projections.Assessments;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>What an assessment recorded.</summary>
public sealed record AssessmentReport(
    string Contract, Instant AsOf, long Position, int Found, int Proposed, int Withdrawn, string Digest, long RecordedAt);

/// <summary>
/// Runs an assessment and records what it proposes and withdraws. The rules read everything up to a position; only if the
/// contract's account moved meanwhile, they run again.
/// </summary>
public static class AssessContract
{
    /// <summary>Assesses one contract as of an instant; refused before the <c>asOf</c> of its latest run.</summary>
    public static Task<AssessmentReport> RunAsync(LedgerRuntime ledger, string contract, Instant asOf, CancellationToken cancel) =>
        Retry.OnConflictAsync(() => OnceAsync(ledger, contract, asOf, cancel));

    private static async Task<AssessmentReport> OnceAsync(LedgerRuntime ledger, string contract, Instant asOf, CancellationToken cancel)
    {
        var position = (await ledger.Log.HeadAsync(cancel)).Position;
        var (assessment, version) = await AssessmentReader.AtAsync(ledger.Log, contract, asOf, position, cancel);
        if (assessment.Account?.LastAsOf > asOf)
        {
            throw new LedgerException(ErrorCode.Refused, $"the latest assessment of {contract} is as of {Words(assessment.Account.LastAsOf.Value)}: another may not lie before it");
        }

        var calendar = await CalendarReader.AtAsync(ledger.Database, position, cancel);
        var result = assessment.Run(position, calendar, await ledger.NowAsync(cancel));
        await using var session = ledger.Store.LightweightSession(contract);
        var recorded = result.Events.Select(e => session.Record(e, version)).ToList();
        await session.SaveNewAsync(cancel);
        return new AssessmentReport(contract, asOf, position, result.Run.Found, result.Run.Proposed, result.Run.Withdrawn, result.Run.Digest, recorded[^1].Sequence);
    }

    private static string Words(Instant at) => $"{ChinaTime.Show(at):uuuu-MM-dd HH:mm:ss} (Asia/Shanghai)";
}
