using JasperFx.Events;
using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;
using Wolverine.Marten;

namespace Ledger.Api.Operations;

/// <summary>
/// What became of a decision: where it stands in the log, or why it was refused. The same decision again has its first receipt.
/// </summary>
/// <param name="Refusals">Why it was refused.</param>
/// <param name="Receipt">Where it stands.</param>
/// <param name="Error">What kind of refusal it is; null where it is none.</param>
public sealed record DecisionOutcome(IReadOnlyList<Fault> Refusals, Receipt Receipt, ErrorCode? Error = null)
{
    /// <summary>The kind of a refusal: the contract is unknown, whoever decides may not, or the state does not allow it.</summary>
    internal static ErrorCode? KindOf(IReadOnlyList<Fault> refusals) =>
        refusals switch
        {
            [] => null,
            [{ Path: "$.contract" }, ..] => ErrorCode.ContractUnknown,
            _ when refusals.Any(r => r.Path == "$.actor") => ErrorCode.NotPermitted,
            _ => ErrorCode.Refused,
        };
}

/// <summary>What the log says about a decision before it is taken.</summary>
/// <param name="Known">What is on record under its id; null where nothing is.</param>
/// <param name="Subjects">Those of the subjects that it names which are on record.</param>
/// <param name="Now">The ledger's time.</param>
public sealed record DecisionState(AppendResult? Known, IReadOnlySet<string> Subjects, Instant Now);

/// <summary><see cref="RecordDecision"/>: the one way in for a single decision on an account.</summary>
public static class RecordDecisionHandler
{
    /// <summary>Reads what the account does not tell.</summary>
    public static async Task<DecisionState> LoadAsync(
        RecordDecision command,
        NpgsqlDataSource database,
        LedgerTime time,
        CancellationToken cancel
    )
    {
        var e = command.Decision;
        await using var connection = await database.OpenConnectionAsync(cancel);
        var known = await EventLookup.RecogniseAsync(connection, PendingEvent.Of(e), command.TimeIsSaid, cancel);
        var subjects = new HashSet<string>();
        foreach (var subject in Decider.SubjectsOf(e.Data))
        {
            if (
                await LogQueries
                    .ReadStreamAsync(connection, e.Contract, EventStreams.KeyOf(e.Contract, subject), long.MaxValue, cancel)
                    .AnyAsync(cancel)
            )
            {
                subjects.Add(subject);
            }
        }

        return new DecisionState(known, subjects, await time.NowAsync(cancel));
    }

    /// <summary>Decides.</summary>
    public static (Events, DecisionOutcome) Handle(
        RecordDecision command,
        [WriteAggregate(nameof(RecordDecision.Contract), Required = false)] IEventStream<ContractAccount> stream,
        DecisionState state
    )
    {
        var e = command.Decision;
        if (state.Known is AppendResult.Duplicate duplicate)
        {
            return ([], new DecisionOutcome([], Receipt.Before(duplicate.Position, duplicate.Version)));
        }

        var version = stream.CurrentVersion ?? 0;
        var clash =
            state.Known
            ?? (e.ExpectedVersion is { } expected && expected != version ? new AppendResult.VersionConflict(version, expected) : null);
        var decided = clash?.RefusalOf(e) is { } refusal
            ? new Decided([refusal], [])
            : Decider.Decide(command, stream.Aggregate, state.Now, state.Subjects.Contains);
        var (events, receipt) = Receipt.Of(decided, before: null);
        var error = clash switch
        {
            AppendResult.VersionConflict => ErrorCode.VersionConflict,
            AppendResult.IdConflict => ErrorCode.IdConflict,
            _ => DecisionOutcome.KindOf(decided.Refusals),
        };
        return (events, new DecisionOutcome(decided.Refusals, receipt, error));
    }
}
