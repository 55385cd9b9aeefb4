using Ledger.Domain.Assessments;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Traces;

/// <summary>A case's history with the events that it rests on, in the order of the log.</summary>
public sealed record TracedCase(CaseHistory History, IReadOnlyList<TracedEvent> Events);

/// <summary>Reads single cases.</summary>
public sealed class CaseHistoryReader(NpgsqlDataSource database)
{
    /// <summary>One case as recorded up to a position, with clocks that run to a moment.</summary>
    public async Task<TracedCase> AtAsync(string contract, string number, long position, Instant effective, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var account = await AccountReader.FoldAsync(connection, contract, position, cancel) ?? throw AccountReader.Unknown(contract);
        var stored = await LogQueries
            .ReadStreamAsync(connection, contract, EventStreams.Cases + number, position, cancel)
            .ToListAsync(cancel);
        return stored.Count > 0
            ? new TracedCase(
                CaseHistory.Of(account, [.. stored.Select(EventMapping.ToEvent)], effective),
                [.. stored.Select(TracedEvent.Of)]
            )
            : throw new LedgerException(
                ErrorCode.BadRequest,
                $"{contract} has no case \"{number}\" by that moment; a case is named by what follows case/ in its subject"
            );
    }
}
