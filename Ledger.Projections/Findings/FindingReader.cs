using Ledger.Domain.Assessments;
using Ledger.Domain.Findings;
using Ledger.EventStore.Reading;
using Ledger.Projections.Contracts;
using Ledger.Projections.Decoding;
using NodaTime;

namespace Ledger.Projections.Findings;

/// <summary>The findings of a contract: as recorded up to a position, with clocks that run to a moment.</summary>
public sealed class FindingReader(LogReader log)
{
    /// <summary>All findings, by the moment at which they arose.</summary>
    public async Task<IReadOnlyList<Finding>> AtAsync(string contract, long position, Instant effective, CancellationToken cancel)
    {
        _ = await log.HeadAtAsync(position, cancel);
        var assessment = new Assessment(effective);
        await foreach (var e in log.ReadAsync(0, position, contract, cancel: cancel))
        {
            assessment.Add(EventMapping.ToEvent(e.Event));
        }

        return assessment.Account is null
            ? throw AccountReader.Unknown(contract)
            : assessment.Findings(await CalendarReader.AtAsync(log, position, cancel));
    }
}
