using System.Threading.Channels;
using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Appending;

/// <summary>
/// The log's writer, one per process. Concurrent appends are collected and committed as one transaction (group commit,
/// as a database groups its fsyncs); each append is all or nothing and succeeds or fails by itself. Across processes the
/// head row's lock is the only order.
/// </summary>
public sealed class EventLog : IAsyncDisposable
{
    private const int MostEventsPerCommit = 10_000;

    private readonly NpgsqlDataSource database;
    private readonly Func<long> clock;
    private readonly Channel<Request> requests = Channel.CreateBounded<Request>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Task writer;

    /// <summary>A log over a migrated database; <paramref name="clock"/> tells microseconds since 1970 UTC.</summary>
    public EventLog(NpgsqlDataSource database, Func<long> clock)
    {
        this.database = database;
        this.clock = clock;
        Reader = new LogReader(database);
        writer = Task.Run(WriteAllAsync);
    }

    /// <summary>Reading the log.</summary>
    public LogReader Reader { get; }

    private sealed record Request(IReadOnlyList<AppendEvent> Events, TaskCompletionSource<IReadOnlyList<AppendResult>> Done);

    /// <summary>
    /// Appends some events together: either all that are new are recorded, or none. The results stand in the order of the
    /// events; where any is a conflict, nothing of this append was recorded.
    /// Throws <see cref="LedgerException"/> when the database cannot be reached: then the append may be tried again, since
    /// the same event recorded twice is one event.
    /// </summary>
    public async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<AppendEvent> events, CancellationToken cancel)
    {
        if (events.Count == 0)
        {
            return [];
        }

        foreach (var e in events)
        {
            e.RefuseControlCharacters();
        }

        var request = new Request(events, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await requests.Writer.WriteAsync(request, cancel);
        return await request.Done.Task;
    }

    /// <summary>
    /// Opens a transaction on the log for work that must see its last state: decisions, assessments, whole files. Other
    /// appends wait until it is committed or disposed.
    /// </summary>
    public Task<LogTransaction> BeginAsync(CancellationToken cancel) => LogTransaction.BeginAsync(database, clock, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        requests.Writer.TryComplete();
        await writer;
    }

    private async Task WriteAllAsync()
    {
        var taken = new List<Request>();
        while (await requests.Reader.WaitToReadAsync())
        {
            taken.Clear();
            for (var count = 0; count < MostEventsPerCommit && requests.Reader.TryRead(out var request); count += request.Events.Count)
            {
                taken.Add(request);
            }

            await WriteAsync(taken);
        }
    }

    private async Task WriteAsync(List<Request> taken)
    {
        try
        {
            await using var log = await LogTransaction.BeginAsync(database, clock, CancellationToken.None);
            var all = taken.SelectMany(r => r.Events).ToList();
            var known = await log.RecogniseAsync(all, CancellationToken.None);
            await log.LoadStreamsAsync(all.Select(e => e.Stream), CancellationToken.None);

            var chunk = new AppendChunk(log);
            var results = new List<IReadOnlyList<AppendResult>>();
            var offset = 0;
            foreach (var request in taken)
            {
                results.Add(chunk.Decide(request.Events, known.AsSpan(offset, request.Events.Count)));
                offset += request.Events.Count;
            }

            if (chunk.Written.Count > 0)
            {
                await log.WriteAsync(chunk.Written, CancellationToken.None);
                await log.CommitAsync(CancellationToken.None);
            }

            for (var i = 0; i < taken.Count; i++)
            {
                taken[i].Done.SetResult(results[i]);
            }
        }
        catch (PostgresException) when (taken.Count > 1)
        {
            // One append that the database refuses must not fail its neighbours: each by itself.
            foreach (var request in taken)
            {
                await WriteAsync([request]);
            }
        }
#pragma warning disable CA1031 // Whatever failed, each waiting caller is told; the writer goes on with the next ones.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var told = e as LedgerException ?? new LedgerException(
                ErrorCode.DatabaseUnreachable, $"the append was not acknowledged: {e.Message}; append the same events again", e);
            foreach (var request in taken)
            {
                request.Done.TrySetException(told);
            }
        }
    }
}
