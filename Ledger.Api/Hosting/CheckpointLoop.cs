using System.Diagnostics;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Store;

namespace Ledger.Api.Hosting;

/// <summary>
/// Publishes a checkpoint at most a second after an append. A log that the signer refuses to sign is an alarm: it is shown in
/// health until the log extends again what was signed.
/// </summary>
public sealed class CheckpointLoop(CheckpointPublisher checkpoints, ILogger<CheckpointLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private long publishedAt = Stopwatch.GetTimestamp();

    /// <summary>Why the log's end is not published; null while it is.</summary>
    public string? Alarm { get; private set; }

    /// <summary>How long ago everything that was recorded was covered by a checkpoint.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(Interlocked.Read(ref publishedAt));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await checkpoints.PublishAsync(stoppingToken);
                Alarm = null;
                Interlocked.Exchange(ref publishedAt, Stopwatch.GetTimestamp());
            }
            catch (Exception e) when (DatabaseErrors.IsAway(e) && DatabaseErrors.Told(e).Code != ErrorCode.DiskFull)
            {
                logger.LogWarning(e, "Checkpoints wait for the database");
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever keeps it from being published is shown, and the service goes on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (Alarm != e.Message)
                {
                    Alarm = e.Message;
                    logger.LogCritical(e, "The log's end is not published");
                }
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
