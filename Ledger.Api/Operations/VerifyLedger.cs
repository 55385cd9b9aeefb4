using Ledger.Api.Hosting;
using Ledger.EventStore.Verifying;
using Ledger.Projections.Assessments;
using Ledger.Projections.Statements;

namespace Ledger.Api.Operations;

/// <summary>What verifying the whole ledger found. <c>position</c> is the first that is wrong; absent where all is well.</summary>
public sealed record LedgerVerification(bool Ok, long Events, long Streams, int Assessments, int ReadModels, string Root, long? Position, string? Problem);

/// <summary>Verifies the log (leaves, streams, tree, head), then repeats every recorded assessment and compares every read model.</summary>
public static class VerifyLedger
{
    /// <summary>Walks the ledger; the log is read first, since assessments mean nothing over a log that was changed.</summary>
    public static async Task<LedgerVerification> RunAsync(LedgerRuntime ledger, IProgress<(long Done, long Of)>? progress, CancellationToken cancel)
    {
        var log = await new LogVerifier(ledger.Database).VerifyAsync(progress, cancel);
        if (!log.Ok)
        {
            return new LedgerVerification(false, log.Events, log.Streams, 0, 0, log.Root, log.Position, log.Problem);
        }

        var assessments = await new AssessmentVerifier(ledger.Log.Reader).VerifyAsync(log.Events, cancel);
        var (documents, changed) = await new StatementVerifier(ledger.Database, ledger.Log.Reader).VerifyAsync(cancel);
        var problem = assessments.Problem ?? changed;
        return new LedgerVerification(
            problem is null, log.Events, log.Streams, assessments.Runs, documents, log.Root, assessments.Position, problem);
    }
}
