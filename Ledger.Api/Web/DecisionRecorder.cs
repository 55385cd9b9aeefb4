using System.Threading.RateLimiting;
using Ledger.Api.Operations;
using Ledger.Api.Telemetry;
using Ledger.Domain.Decisions;
using Ledger.Domain.Differences;
using Ledger.Domain.Events;
using Ledger.Projections.Accounts;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;
using NodaTime;
using Wolverine.Runtime;

namespace Ledger.Api.Web;

/// <summary>A signed checkpoint that covers a position.</summary>
public sealed record CoveredBy(long Size, string Root);

/// <summary>
/// What became of a decision: the event's id, where it stands in the log, the version of the account with it, and the checkpoint that
/// covers it (absent: none yet). A dry run has none of these, and every value of the contract that it would change.
/// </summary>
public sealed record DecisionAnswer(
    string Id,
    string Contract,
    string Subject,
    long? Position,
    long? Version,
    CoveredBy? Checkpoint,
    bool DryRun = false,
    IReadOnlyList<Change>? Changes = null
);

/// <summary>
/// Records decisions that come over HTTP, by the same command as every other way in. Wolverine's retries, by which a decision on a state
/// that moved is taken anew, are those of its handlers and not of its endpoints: hence the command (docs/decisions/0011).
/// </summary>
public sealed class DecisionRecorder(
    IWolverineRuntime runtime,
    AccountReader accounts,
    LedgerTime time,
    CheckpointPublisher checkpoints,
    LedgerMetrics metrics,
    IClock clock
) : IDisposable
{
    private const string Source = "ledger/api";
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    // One decision on a contract at a time: many that decided at once would each find that another was first, and decide anew.
    private readonly PartitionedRateLimiter<string> turns = PartitionedRateLimiter.Create<string, string>(contract =>
        RateLimitPartition.GetConcurrencyLimiter(contract, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = MostWaiting })
    );

    /// <summary>Records, or tries; throws <see cref="RequestException"/> where it is refused.</summary>
    public async Task<DecisionAnswer> RecordAsync(DecisionRequest request, EventType type, string subject)
    {
        var (cancel, now) = (request.Context.RequestAborted, clock.GetCurrentInstant());
        var attributes = new EventAttributes(
            request.Key ?? Guid.CreateVersion7().ToString(),
            Source,
            type.Alias,
            request.Contract,
            subject,
            request.Time ?? now,
            request.Actor,
            ExpectedVersion: request.Version
        );
        if (EventReader.Read(attributes, request.Data, out var faults) is not { } decision)
        {
            // The body is the event's data, and nothing around it.
            throw RequestBody.Refused(
                request.Data,
                [.. faults.Select(f => f.Path.StartsWith("$.data", StringComparison.Ordinal) ? f with { Path = "$" + f.Path[6..] } : f)]
            );
        }

        return request.IsDryRun ? await TryAsync(decision, cancel) : await RecordAsync(request, decision, cancel);
    }

    /// <summary>Sends a decision in its turn; says what became of it.</summary>
    public async Task<DecisionOutcome> SendAsync(NewEvent decision, bool timeIsSaid, CancellationToken cancel)
    {
        using var turn = await turns.AcquireAsync(decision.Contract, cancellationToken: cancel);
        var command = new RecordDecision(decision, timeIsSaid);
        var outcome = await new MessageBus(runtime).InvokeForTenantAsync<DecisionOutcome>(decision.Contract, command, cancel);
        metrics.Decided(decision.Type.Alias, outcome);
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose() => turns.Dispose();

    private async Task<DecisionAnswer> RecordAsync(DecisionRequest request, NewEvent decision, CancellationToken cancel)
    {
        var outcome = await SendAsync(decision, request.Time is not null, cancel);
        if (outcome.Error is { } error)
        {
            throw new RequestException(error, outcome.Refusals);
        }

        var (receipt, response) = (outcome.Receipt, request.Context.Response);
        if (receipt.Recorded)
        {
            response.StatusCode = StatusCodes.Status201Created;
            response.Headers.Location = $"/api/events/{receipt.Position}";
        }
        else
        {
            response.Headers["Idempotency-Hit"] = "true";
        }

        response.Headers.ETag = DecisionRequest.TagOf(receipt.Version!.Value);
        return new DecisionAnswer(
            decision.Id,
            decision.Contract,
            decision.Subject,
            receipt.Position,
            receipt.Version,
            await CoveringAsync(receipt.Position!.Value, request.Wait, cancel)
        );
    }

    private async Task<DecisionAnswer> TryAsync(NewEvent decision, CancellationToken cancel)
    {
        var before = (await accounts.AtAsync(decision.Contract, null, cancel)).Account;
        var tried = DryRun.Of(before, [decision], await time.NowAsync(cancel));
        return DecisionOutcome.KindOf(tried.Refusals[0]) is { } error
            ? throw new RequestException(error, tried.Refusals[0])
            : new DecisionAnswer(
                decision.Id,
                decision.Contract,
                decision.Subject,
                null,
                null,
                null,
                DryRun: true,
                AccountDifferences.Between(before, tried.After)
            );
    }

    /// <summary>The checkpoint that covers a position, waited for so long; null where there is none by then.</summary>
    private async Task<CoveredBy?> CoveringAsync(long position, TimeSpan wait, CancellationToken cancel)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(Look, cancel))
        {
            if (checkpoints.Latest?.Checkpoint is { } latest && latest.Size >= position)
            {
                return new CoveredBy(latest.Size, Convert.ToHexStringLower(latest.Root));
            }

            if (waited.Elapsed >= wait)
            {
                return null;
            }
        }
    }
}
