using Ledger.Api.Hosting;
using Ledger.Domain.Assessments;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.EventStore;
using Ledger.EventStore.Appending;
using Ledger.Projections.Assessments;
using Ledger.Projections.Contracts;
using Ledger.Projections.Decoding;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>What an assessment recorded.</summary>
public sealed record AssessmentReport(
    string Contract, Instant AsOf, long Position, int Found, int Proposed, int Withdrawn, string Digest, long RecordedAt);

/// <summary>
/// Runs an assessment and records what it proposes and withdraws. The rules run beside the log; only if the contract
/// moved meanwhile, they run again.
/// </summary>
public static class AssessContract
{
    private const int TriesWithoutLock = 3;

    /// <summary>Assesses one contract as of an instant; refused before the <c>asOf</c> of its latest run.</summary>
    public static async Task<AssessmentReport> RunAsync(LedgerRuntime ledger, string contract, Instant asOf, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var locked = attempt > TriesWithoutLock ? await ledger.Log.BeginAsync(cancel) : null;
            try
            {
                var position = locked?.Position ?? (await ledger.Log.Reader.HeadAsync(cancel)).Position;
                var assessment = await ReadAsync(ledger, contract, asOf, position, cancel);
                var calendar = await CalendarReader.AtAsync(ledger.Log.Reader, position, cancel);
                locked ??= await ledger.Log.BeginAsync(cancel);
                if (!await MovedAsync(ledger, contract, position, cancel))
                {
                    var result = assessment.Run(position, calendar, EventMapping.FromMicroseconds(locked.RecordedAt));
                    var last = await RecordAsync(locked, result, cancel);
                    return new AssessmentReport(
                        contract, asOf, position, result.Run.Found, result.Run.Proposed, result.Run.Withdrawn, result.Run.Digest, last);
                }
            }
            finally
            {
                if (locked is not null)
                {
                    await locked.DisposeAsync();
                }
            }
        }
    }

    private static async Task<Assessment> ReadAsync(LedgerRuntime ledger, string contract, Instant asOf, long position, CancellationToken cancel)
    {
        var assessment = await AssessmentReader.AtAsync(ledger.Log.Reader, contract, asOf, position, cancel);
        return assessment.Account?.LastAsOf > asOf
            ? throw new LedgerException(ErrorCode.Refused, $"the latest assessment of {contract} is as of {Words(assessment.Account.LastAsOf.Value)}: another may not lie before it")
            : assessment;
    }

    private static string Words(Instant at) => $"{ChinaTime.Show(at):uuuu-MM-dd HH:mm:ss} (Asia/Shanghai)";

    /// <summary>Whether the contract has an event after that position; asked while the log's lock is held, so that it stays true.</summary>
    private static async Task<bool> MovedAsync(LedgerRuntime ledger, string contract, long position, CancellationToken cancel)
    {
        await foreach (var _ in ledger.Log.Reader.ReadAsync(position, long.MaxValue, contract, cancel: cancel))
        {
            return true;
        }

        return false;
    }

    private static async Task<long> RecordAsync(LogTransaction log, AssessmentResult result, CancellationToken cancel)
    {
        await log.RecordNewAsync([.. result.Events.Select(EventMapping.ToAppend)], cancel);
        await log.CommitAsync(cancel);
        return log.Position;
    }
}
