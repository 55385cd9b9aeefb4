using Ledger.Api.Hosting;
using Ledger.EventStore;

namespace Ledger.Api.Endpoints;

/// <summary>
/// Keeps the projections up with the log while the service runs. A database that is away is waited for; an event that a
/// projection cannot apply stops it loudly: it is shown as stopped in health, and no event is skipped. It goes on when
/// another process (a mended program's <c>rebuild</c>) has brought it past that event.
/// </summary>
public sealed class ProjectionLoop(LedgerRuntime ledger, ILogger<ProjectionLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseStopped = TimeSpan.FromSeconds(1);

    /// <summary>The position reached.</summary>
    public long Position { get; private set; }

    /// <summary>Why it stopped; null while it runs.</summary>
    public string? Stopped { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseErrors.IsAway(e))
            {
                logger.LogWarning(e, "The statements wait for the database");
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever an event did to the projection: it stops here, with its reason, and the service goes on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Position = await ReachedAsync(stoppingToken);
                Stopped = $"after position {Position}: {e.Message}";
                logger.LogCritical(e, "The statements stopped after position {Position}", Position);
            }

            await Task.Delay(Stopped is null ? Pause : PauseStopped, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StepAsync(CancellationToken cancel)
    {
        if (Stopped is not null)
        {
            var reached = await ledger.Statements.PositionAsync(cancel);
            if (reached == Position)
            {
                return;
            }

            Stopped = null;
            logger.LogWarning("The statements go on from position {Position}, where another process brought them", reached);
        }

        Position = await ledger.Statements.CatchUpAsync(cancel);
    }

    private async Task<long> ReachedAsync(CancellationToken cancel)
    {
        try
        {
            return await ledger.Statements.PositionAsync(cancel);
        }
        catch (Exception e) when (DatabaseErrors.IsAway(e) || e is OperationCanceledException)
        {
            return Position;
        }
    }
}
