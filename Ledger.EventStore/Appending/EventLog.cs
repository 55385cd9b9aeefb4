using System.Threading.Channels;
using Ledger.EventStore.Proofs;
using Ledger.EventStore.Reading;
using Npgsql;

namespace Ledger.EventStore.Appending;

/// <summary>
/// The log's writer, one per process. Concurrent appends are collected and committed as one transaction (group commit,
/// as a database groups its fsyncs) on a thread of its own; each append is all or nothing and succeeds or fails by itself. Across processes the
/// head row's lock is the only order.
/// </summary>
public sealed class EventLog : IAsyncDisposable
{
    private const int MostEventsPerCommit = 10_000;

    // Beyond so many, COPY is cheaper than one statement with arrays.
    private const int MostAtHead = 300;

    private readonly NpgsqlDataSource database;
    private readonly Func<long> clock;
    private readonly RecentLeaves? recent;
    private readonly Channel<Request> requests = Channel.CreateBounded<Request>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Task writer;

    /// <summary>
    /// A log over a migrated database; <paramref name="clock"/> tells microseconds since 1970 UTC, and what is committed is
    /// told to <paramref name="recent"/>, where anybody wants to know.
    /// </summary>
    public EventLog(NpgsqlDataSource database, Func<long> clock, RecentLeaves? recent = null)
    {
        this.database = database;
        this.clock = clock;
        this.recent = recent;
        Reader = new LogReader(database);
        writer = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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
    public Task<LogTransaction> BeginAsync(CancellationToken cancel) => LogTransaction.BeginAsync(database, clock, recent, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        requests.Writer.TryComplete();
        await writer;
    }

    private void WriteAll()
    {
        using var atHead = new HeadAppender(database, clock, recent);
        var taken = new List<Request>();
        while (requests.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (taken.Count > 1)
            {
                // Behind the callers just answered, in the pool's shared queue: what they append next goes into the next commit.
                Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default).Wait();
            }

            taken.Clear();
            var count = 0;
            for (; count < MostEventsPerCommit && requests.Reader.TryRead(out var request); count += request.Events.Count)
            {
                taken.Add(request);
            }

            if (!TryWriteNew(atHead, taken, count))
            {
                atHead.Forget();
                WriteAsync(taken).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>
    /// Writes on the assumption that all events are new and fit, without asking the database first: its keys refuse what is
    /// not. False where the assumption, or the connection, failed: then the careful way decides what to tell whom.
    /// </summary>
    private bool TryWriteNew(HeadAppender atHead, List<Request> taken, int count)
    {
        try
        {
            var all = taken.SelectMany(r => r.Events).ToList();
            if ((count <= MostAtHead ? atHead.TryAppend(all) : CopyNewAsync(all).GetAwaiter().GetResult()) is not { } receipts)
            {
                return false;
            }

            if (count > MostAtHead)
            {
                atHead.Forget();
            }

            var next = 0;
            foreach (var request in taken)
            {
                request.Done.SetResult([.. receipts.Skip(next).Take(request.Events.Count)]);
                next += request.Events.Count;
            }

            return true;
        }
#pragma warning disable CA1031 // The careful way meets the same failure and tells the callers.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>A large batch by COPY, each event placed and hashed while the database takes the ones before it; null where nothing was written.</summary>
    private async Task<IReadOnlyList<AppendResult.Recorded>?> CopyNewAsync(List<AppendEvent> events)
    {
        await using var log = await LogTransaction.BeginAsync(database, clock, recent, CancellationToken.None);
        await log.LoadStreamsAsync(events.Select(e => e.Stream), CancellationToken.None);
        var receipts = new List<AppendResult.Recorded>(events.Count);
        await log.WriteAsync(events.TakeWhile(e => !(e.ExpectedVersion is { } expected && expected != log.VersionOf(e.Stream))).Select(Place), CancellationToken.None);
        if (receipts.Count < events.Count)
        {
            return null;
        }

        await log.CommitAsync(CancellationToken.None);
        return receipts;

        (StoredEvent Event, byte[] Leaf) Place(AppendEvent e)
        {
            var placed = log.Append(e);
            receipts.Add(new AppendResult.Recorded(placed.Event.Position, placed.Event.Version));
            return placed;
        }
    }

    private async Task WriteAsync(List<Request> taken)
    {
        try
        {
            await using var log = await LogTransaction.BeginAsync(database, clock, recent, CancellationToken.None);
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
            var told = DatabaseErrors.Told(e);
            foreach (var request in taken)
            {
                request.Done.TrySetException(told);
            }
        }
    }
}
