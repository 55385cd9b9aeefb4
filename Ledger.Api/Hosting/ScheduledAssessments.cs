using Ledger.Domain.Assessments;
using Ledger.Domain.Decisions;
using Ledger.Projections.Accounts;
using NodaTime;
using Wolverine;
using Wolverine.Runtime;
using Wolverine.Runtime.Agents;

namespace Ledger.Api.Hosting;

/// <summary>
/// Has every contract assessed when the schedule says so, on one of the services of a database: a durable message for each contract, so
/// that one which fails, or is cut off, is tried again by itself.
/// </summary>
public sealed class ScheduledAssessments(
    AssessmentSchedule schedule,
    AccountReader accounts,
    IClock clock,
    IWolverineRuntime runtime,
    ILogger<ScheduledAssessments> logger
) : SingularAgent("scheduled-assessments"), IDisposable
{
    // The clock may be set, and the machine may sleep: it is looked at again and again.
    private static readonly Duration MostPause = Duration.FromMinutes(1);

    private CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();

    /// <inheritdoc/>
    protected override Task startAsync(CancellationToken cancellationToken)
    {
        // It may be moved to another service and come back.
        stop.Dispose();
        stop = new CancellationTokenSource();
        running = Task.Run(() => RunAsync(stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task stopAsync(CancellationToken cancellationToken)
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        var asked = Instant.MinValue;
        while (!cancel.IsCancellationRequested)
        {
            var now = clock.GetCurrentInstant();
            try
            {
                if (schedule.DueAsOf(now) is var due && due != asked)
                {
                    await AskAsync(due, cancel);
                    asked = due;
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever stands in its way is told, and it is tried again at the next look.
            catch (Exception e)
#pragma warning restore CA1031
            {
                logger.LogError(e, "The assessments that are due were not asked for");
            }

            // Cut short by the stop, which the loop's condition sees.
            var pause = Duration.Min(schedule.NextAfter(now) - now, MostPause);
            await Task.Delay(pause.ToTimeSpan(), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(Instant asOf, CancellationToken cancel)
    {
        var bus = new MessageBus(runtime);
        foreach (var account in (await accounts.AllAsync(null, cancel)).Accounts.Where(a => AssessmentSchedule.Concerns(a, asOf)))
        {
            var contract = account.Terms.Id;
            await bus.PublishAsync(new AssessContract(contract, asOf, Again: false), new DeliveryOptions { TenantId = contract });
        }
    }
}
