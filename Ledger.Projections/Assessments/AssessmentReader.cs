using Ledger.Domain.Assessments;
using Ledger.EventStore;
using Ledger.EventStore.Reading;
using Ledger.Projections.Contracts;
using Ledger.Projections.Decoding;
using NodaTime;

namespace Ledger.Projections.Assessments;

/// <summary>Fills an assessment with a contract's events.</summary>
public static class AssessmentReader
{
    /// <summary>The assessment as of an instant, at a position; throws <see cref="LedgerException"/> where the contract was not registered by then.</summary>
    public static async Task<Assessment> AtAsync(LogReader log, string contract, Instant asOf, long position, CancellationToken cancel)
    {
        var assessment = new Assessment(asOf);
        await foreach (var e in log.ReadAsync(0, position, contract, cancel: cancel))
        {
            assessment.Add(EventMapping.ToEvent(e.Event));
        }

        return assessment.Account is null ? throw AccountReader.Unknown(contract) : assessment;
    }
}
