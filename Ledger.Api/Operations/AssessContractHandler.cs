using System.Text.Json.Serialization;
using Ledger.Domain.Assessments;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Domain.Time;
using Ledger.Projections.Accounts;
using Ledger.Projections.Assessments;
using Ledger.Projections.Store;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>What an assessment recorded: it read the log up to <c>position</c>, and stands at <c>recordedAt</c>.</summary>
public sealed record AssessmentReport(
    string Contract,
    Instant AsOf,
    long Position,
    int Found,
    int Proposed,
    int Withdrawn,
    string Digest,
    [property: JsonIgnore] Receipt Receipt
)
{
    /// <summary>The position of the run's own event.</summary>
    public long RecordedAt => Receipt.Position ?? 0;
}

/// <summary>What an assessment came to, on the version of the account that it read.</summary>
public sealed record AssessedState(AssessmentResult Result, long Version);

/// <summary>
/// <see cref="AssessContract"/>: the rules read all of the contract's events up to the log's end, not the account alone. Where the
/// account moved meanwhile, they run again.
/// </summary>
public static class AssessContractHandler
{
    /// <summary>Reads the contract and runs the rules; null where that is not asked for again.</summary>
    public static async Task<AssessedState?> LoadAsync(
        AssessContract command,
        LogReader log,
        NpgsqlDataSource database,
        IClock clock,
        CancellationToken cancel
    )
    {
        var head = await log.HeadAsync(cancel);
        var today = ChinaTime.EndOf(ChinaTime.DateOf(LogLock.RecordedAt(head, clock)));
        if (command.AsOf > today)
        {
            throw new LedgerException(
                ErrorCode.Refused,
                $"an assessment may not lie beyond the ledger's day, which ends {Words(today)}; got {Words(command.AsOf)}. Limits that have "
                    + "not passed yet would count as passed, and no later assessment could lie before it"
            );
        }

        var (assessment, version) = await AssessmentReader.AtAsync(log, command.Contract, command.AsOf, head.Position, cancel);
        if (!command.Again && assessment.Account?.LastAsOf >= command.AsOf)
        {
            return null;
        }

        if (assessment.Account?.LastAsOf > command.AsOf)
        {
            throw new LedgerException(
                ErrorCode.Refused,
                $"the latest assessment of {command.Contract} is as of {Words(assessment.Account.LastAsOf.Value)}: another may not "
                    + "lie before it"
            );
        }

        var calendar = await CalendarReader.AtAsync(database, head.Position, cancel);
        return new AssessedState(assessment.Run(head.Position, calendar, LogLock.RecordedAt(head, clock)), version);
    }

    /// <summary>Records what it came to; null where it did not run.</summary>
    public static AssessmentReport? Handle(AssessContract command, AssessedState? state, IDocumentSession session)
    {
        if (state is null)
        {
            return null;
        }

        var run = state.Result.Run;
        var recorded = state.Result.Events.Select(e => session.Record(e, state.Version)).ToList();
        return new AssessmentReport(
            command.Contract,
            command.AsOf,
            run.Position,
            run.Found,
            run.Proposed,
            run.Withdrawn,
            run.Digest,
            Receipt.Of(recorded[^1])
        );
    }

    private static string Words(Instant at) => $"{ChinaTime.Text(at)} (Asia/Shanghai)";
}
