using Ledger.Api.Hosting;
using Ledger.EventStore;

namespace Ledger.Api.Endpoints;

/// <summary>
/// Keeps the projections up with the log while the service runs. A database that is away is waited for; an event that a
/// projection cannot apply stops it loudly: it is shown as stopped in health, and no event is skipped.
/// </summary>
public sealed class ProjectionLoop(LedgerRuntime ledger, ILogger<ProjectionLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

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
                Stopped = $"after position {Position}: {e.Message}";
                logger.LogCritical(e, "The statements stopped after position {Position}", Position);
                return;
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
