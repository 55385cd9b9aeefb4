using Ledger.Domain.Findings;
using Ledger.EventStore.Reading;
using Ledger.Projections.Assessments;
using Ledger.Projections.Contracts;
using NodaTime;

namespace Ledger.Projections.Findings;

/// <summary>The findings of a contract: as recorded up to a position, with clocks that run to a moment.</summary>
public sealed class FindingReader(LogReader log)
{
    /// <summary>All findings, by the moment at which they arose.</summary>
    public async Task<IReadOnlyList<Finding>> AtAsync(string contract, long position, Instant effective, CancellationToken cancel)
    {
        _ = await log.RecordedAtAsync(position, cancel);
        var assessment = await AssessmentReader.AtAsync(log, contract, effective, position, forFindings: true, cancel);
        return assessment.Findings(await CalendarReader.AtAsync(log, position, cancel));
    }
}
