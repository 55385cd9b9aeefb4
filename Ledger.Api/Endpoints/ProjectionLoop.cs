using Ledger.Api.Hosting;
using Ledger.EventStore;

namespace Ledger.Api.Endpoints;

/// <summary>
/// Keeps the projections up with the log while the service runs. A database that is away is waited for; an event that a
/// projection cannot apply stops it loudly: it is shown as stopped in health, and no event is skipped. It is tried
/// again now and then, and goes on when another process (a mended program's <c>rebuild</c>) has brought it past that event.
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
                Position = await ledger.Statements.CatchUpAsync(stoppingToken);
                if (Stopped is not null)
                {
                    Stopped = null;
                    logger.LogWarning("The statements go on, at position {Position}", Position);
                }
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
                await StopAsync(e, stoppingToken);
            }

            await Task.Delay(Stopped is null ? Pause : PauseStopped, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StopAsync(Exception cause, CancellationToken cancel)
    {
        try
        {
            Position = await ledger.Statements.PositionAsync(cancel);
        }
#pragma warning disable CA1031 // The position last seen is shown, then.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        var reason = $"after position {Position}: {cause.Message}";
        if (Stopped != reason)
        {
            Stopped = reason;
            logger.LogCritical(cause, "The statements stopped after position {Position}", Position);
        }
    }
}
