using System.Diagnostics;
using Ledger.Domain.Errors;
using Ledger.Projections.Accounts;
using Ledger.Projections.Payables;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Hosting;

/// <summary>How a projection is: the position that it has reached, and why it stopped if it did.</summary>
public sealed record ProjectionHealth(long Position, string? Stopped);

/// <summary>
/// Watches how far the projections follow the log, whichever service runs them. One that does not move although the log did met
/// an event that it cannot apply: it is shown as stopped, with that event's position. Marten tries it again now and then, and it
/// goes on once a program that knows the event has brought it past (<c>rebuild</c>).
/// </summary>
public sealed class ProjectionWatch(NpgsqlDataSource database, ILogger<ProjectionWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Watched accounts = new(AccountProjection.Shard, DiagnoseAccountsAsync);
    private readonly Watched payables = new(StandingProjection.Shard, DiagnoseAccountsAsync);
    private readonly Watched cycles = new(CycleProjection.Shard, CaseReader.UnreadableAsync);

    private sealed record Watched(string Shard, Func<NpgsqlConnection, long, CancellationToken, Task<string?>> DiagnoseAsync)
    {
        public Stopwatch Moved { get; } = Stopwatch.StartNew();

        public ProjectionHealth Health { get; set; } = new(0, null);
    }

    /// <summary>Where the log ended at the last look.</summary>
    public long Head { get; private set; }

    /// <summary>The accounts, from which statements are made.</summary>
    public ProjectionHealth Statements => accounts.Health;

    /// <summary>What is payable for each contract.</summary>
    public ProjectionHealth Payables => payables.Health;

    /// <summary>The cycles, from which rankings are made.</summary>
    public ProjectionHealth Rankings => cycles.Health;

    /// <summary>Why a projection stopped; null where none did.</summary>
    public string? Stopped => Statements.Stopped ?? Payables.Stopped ?? Rankings.Stopped;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                var head = Head = (await LogQueries.HeadAsync(connection, stoppingToken)).Position;
                await LookAsync(accounts, head, connection, stoppingToken);
                await LookAsync(payables, head, connection, stoppingToken);
                await LookAsync(cycles, head, connection, stoppingToken);
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

    private async Task LookAsync(Watched watched, long head, NpgsqlConnection connection, CancellationToken cancel)
    {
        var position = await ProjectionProgress.AtAsync(connection, watched.Shard, cancel);
        if (position != watched.Health.Position || position >= head)
        {
            watched.Moved.Restart();
            Show(watched, new ProjectionHealth(position, null));
        }
        else if (watched.Moved.Elapsed > Patience && await watched.DiagnoseAsync(connection, position, cancel) is { } reason)
        {
            watched.Moved.Restart();
            Show(watched, new ProjectionHealth(position, $"after position {position}: {reason}"));
        }
    }

    private void Show(Watched watched, ProjectionHealth now)
    {
        if (watched.Health.Stopped != now.Stopped)
        {
            if (now.Stopped is null)
            {
                logger.LogWarning("{Projection} goes on, at position {Position}", watched.Shard, now.Position);
            }
            else
            {
                logger.LogCritical("{Projection} stopped {Reason}", watched.Shard, now.Stopped);
            }
        }

        watched.Health = now;
    }

    /// <summary>The first event that an account cannot take; null where there is none, and the projection is only late.</summary>
    private static async Task<string?> DiagnoseAccountsAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        foreach (var contract in await LogQueries.ContractsAsync(connection, cancel))
        {
            try
            {
                await AccountReader.FoldAsync(connection, contract, long.MaxValue, cancel);
            }
            catch (LedgerException e)
            {
                return e.Message;
            }
        }

        return null;
    }
}
