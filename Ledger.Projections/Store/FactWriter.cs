using System.Diagnostics;
using System.Threading.Channels;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// Records facts that come one by one from many senders: one writer a process collects those that wait into one transaction, as
/// a database groups its fsyncs, and tells each sender its own outcome. Across processes the log's lock is the order. They go in
/// by the import's way, since a Marten session calls a database function for each stream (docs/decisions/0007 has both figures).
/// </summary>
public sealed class FactWriter : IAsyncDisposable
{
    private const int MostTogether = 256;

    // Whoever follows the log looks at all that is new, whenever it is woken: by each of many transactions a second that costs as much as
    // recording them.
    private static readonly TimeSpan WakeEvery = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource database;
    private readonly IClock clock;
    private readonly Channel<Request> requests = System.Threading.Channels.Channel.CreateBounded<Request>(
        new BoundedChannelOptions(4096) { SingleReader = true }
    );
    private readonly Task writing;
    private readonly Stopwatch sinceWake = Stopwatch.StartNew();
    private bool wakeOwed;

    /// <summary>A writer over a database.</summary>
    public FactWriter(NpgsqlDataSource database, IClock clock)
    {
        (this.database, this.clock) = (database, clock);
        writing = Task.Run(WriteAllAsync);
    }

    private sealed record Request(IReadOnlyList<PendingEvent> Facts, TaskCompletionSource<IReadOnlyList<AppendResult>> Done);

    /// <summary>Records one fact; the same fact again is its first receipt.</summary>
    public async Task<AppendResult> RecordAsync(NewEvent fact, CancellationToken cancel) => (await RecordAsync([fact], cancel))[0];

    /// <summary>
    /// Records some facts together: either all that are new are recorded, and the results stand in the order of the facts, or
    /// some are refused, none is recorded, and the refusals alone are the results. Throws <see cref="LedgerException"/> when the
    /// database cannot be reached: then it may be tried again, since the same event recorded twice is one event.
    /// </summary>
    public async Task<IReadOnlyList<AppendResult>> RecordAsync(IReadOnlyList<NewEvent> facts, CancellationToken cancel)
    {
        if (facts.Count == 0)
        {
            return [];
        }

        foreach (var fact in facts)
        {
            EventMapping.RefuseControlCharacters(fact);
        }

        var request = new Request([.. facts.Select(PendingEvent.Of)], new(TaskCreationOptions.RunContinuationsAsynchronously));
        await requests.Writer.WriteAsync(request, cancel);
        return await request.Done.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        requests.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAllAsync()
    {
        while (await HasMoreAsync())
        {
            var taken = new List<Request>();
            for (var count = 0; count < MostTogether && requests.Reader.TryRead(out var request); count += request.Facts.Count)
            {
                taken.Add(request);
            }

            await AnswerAsync(taken);

            // Whoever was answered may send again at once: without a turn for them every second transaction would hold one or two.
            await Task.Yield();
        }
    }

    /// <summary>Waits for the next facts; while none come, whoever follows the log is woken for the last ones.</summary>
    private async Task<bool> HasMoreAsync()
    {
        var next = requests.Reader.WaitToReadAsync().AsTask();
        if (wakeOwed && !next.IsCompleted)
        {
            var left = WakeEvery - sinceWake.Elapsed;
            await Task.WhenAny(next, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero));
            if (!next.IsCompleted)
            {
                await WakeAsync();
            }
        }

        return await next;
    }

    private async Task WakeAsync()
    {
        wakeOwed = false;
        sinceWake.Restart();
        try
        {
            await LogTransaction.WakeAsync(database, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The facts are recorded; whoever follows finds them at its next look.
        }
    }

    /// <summary>What is refused, by the log or by the database, must not fail its neighbours: then each goes by itself.</summary>
    private async Task AnswerAsync(IReadOnlyList<Request> taken)
    {
        try
        {
            var results = await WriteAsync([.. taken.SelectMany(r => r.Facts)]);
            if (taken.Count == 1 || !results.Exists(IsRefusal))
            {
                Answer(taken, results);
                return;
            }
        }
#pragma warning disable CA1031 // Whatever failed, the waiting callers are told; the writer goes on with the next ones.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (taken is [var alone])
            {
                alone.Done.SetException(DatabaseErrors.Told(e));
                return;
            }
        }

        foreach (var request in taken)
        {
            await AnswerAsync([request]);
        }
    }

    private static void Answer(IReadOnlyList<Request> taken, List<AppendResult> results)
    {
        var next = 0;
        foreach (var request in taken)
        {
            var own = results.GetRange(next, request.Facts.Count);
            request.Done.SetResult(own.Exists(IsRefusal) ? own.FindAll(IsRefusal) : own);
            next += own.Count;
        }
    }

    private static bool IsRefusal(AppendResult result) => result is AppendResult.IdConflict or AppendResult.VersionConflict;

    /// <summary>Records what is new among facts, unless one is refused: then nothing.</summary>
    private async Task<List<AppendResult>> WriteAsync(IReadOnlyList<PendingEvent> facts)
    {
        var (begun, known) = await LogTransaction.BeginAsync(database, clock, facts, CancellationToken.None);
        await using var log = begun;
        var chunk = new LogChunk(log);
        var results = new List<AppendResult>(facts.Count);
        foreach (var (i, fact) in facts.Index())
        {
            results.Add(chunk.Recognise(fact, known[i]) ?? Recorded(chunk.Place(fact)));
        }

        if (chunk.Placed.Count > 0 && !results.Exists(IsRefusal))
        {
            var wakes = sinceWake.Elapsed >= WakeEvery;
            await log.CommitAsync(chunk.Placed, wakes, CancellationToken.None);
            wakeOwed = !wakes;
            if (wakes)
            {
                sinceWake.Restart();
            }
        }

        return results;
    }

    private static AppendResult.Recorded Recorded(StoredEvent stored) => new(stored.Position, stored.Version);
}
