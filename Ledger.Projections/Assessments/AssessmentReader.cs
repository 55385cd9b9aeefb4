using Ledger.Domain.Assessments;
using Ledger.Domain.Errors;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Projections.Assessments;

/// <summary>Fills an assessment with a contract's events.</summary>
public static class AssessmentReader
{
    /// <summary>
    /// The assessment as of an instant, at a position, with the version of the account that it read; throws
    /// <see cref="LedgerException"/> where the contract was not registered by then.
    /// </summary>
    public static async Task<(Assessment Assessment, long Version)> AtAsync(
        LogReader log,
        string contract,
        Instant asOf,
        long position,
        CancellationToken cancel
    )
    {
        var (assessment, version) = (new Assessment(asOf), 0L);
        await foreach (var e in log.ReadAsync(0, position, contract, cancel: cancel))
        {
            assessment.Add(EventMapping.ToEvent(e));
            version = e.Stream == contract ? e.Version : version;
        }

        return assessment.Account is null ? throw AccountReader.Unknown(contract) : (assessment, version);
    }
}
