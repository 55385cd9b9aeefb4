using Ledger.Domain.Errors;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Endpoints;

/// <summary>
/// Watches how far the projections follow the log, whichever service runs them. One that does not move although the log did met
/// an event that it cannot apply: it is shown as stopped, with that event's position. Marten tries it again now and then, and it
/// goes on once a program that knows the event has brought it past (<c>rebuild</c>).
/// </summary>
public sealed class ProjectionWatch(NpgsqlDataSource database, ILogger<ProjectionWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The position reached.</summary>
    public long Position { get; private set; }

    /// <summary>Why it stopped; null while it runs.</summary>
    public string? Stopped { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var moved = System.Diagnostics.Stopwatch.StartNew();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (position, head) = await ReadAsync(stoppingToken);
                if (position != Position || position == head)
                {
                    moved.Restart();
                    Go(position);
                }
                else if (moved.Elapsed > Patience && await DiagnoseAsync(stoppingToken) is { } reason)
                {
                    Stop(reason);
                    moved.Restart();
                }
            }
            catch (Exception e) when (DatabaseErrors.IsAway(e))
            {
                logger.LogWarning(e, "The projections wait for the database");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(long Position, long Head)> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await AccountVerifier.PositionAsync(connection, cancel), (await LogReader.HeadAsync(connection, cancel)).Position);
    }

    private void Go(long position)
    {
        Position = position;
        if (Stopped is not null)
        {
            Stopped = null;
            logger.LogWarning("The projections go on, at position {Position}", position);
        }
    }

    private void Stop(string reason)
    {
        if (Stopped != reason)
        {
            Stopped = reason;
            logger.LogCritical("The projections stopped {Reason}", reason);
        }
    }

    /// <summary>The first event that cannot be read or applied; null where there is none, and they are only late.</summary>
    private async Task<string?> DiagnoseAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        foreach (var contract in await LogReader.ContractsAsync(connection, cancel))
        {
            try
            {
                await AccountReader.FoldAsync(connection, contract, long.MaxValue, cancel);
            }
            catch (LedgerException e)
            {
                return $"after position {Position}: {e.Message}";
            }
        }

        return null;
    }
}
