using System.Threading.Channels;
using JasperFx.Events;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Marten;
using Marten.Exceptions;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// Records facts that come one by one from many senders: one writer a process collects those that wait into one session and one
/// save, as a database groups its fsyncs, and tells each sender its own outcome. Across processes the log's lock is the order.
/// </summary>
public sealed class FactWriter : IAsyncDisposable
{
    private const int MostTogether = 256;

    private readonly NpgsqlDataSource database;
    private readonly IDocumentStore store;
    private readonly Channel<Request> requests = System.Threading.Channels.Channel.CreateBounded<Request>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Task writing;

    /// <summary>A writer over a store.</summary>
    public FactWriter(NpgsqlDataSource database, IDocumentStore store)
    {
        (this.database, this.store) = (database, store);
        writing = Task.Run(WriteAllAsync);
    }

    private sealed record Request(IReadOnlyList<PendingEvent> Facts, TaskCompletionSource<IReadOnlyList<AppendResult>> Done)
    {
        public bool NamesVersion => Facts.Any(f => f.Event.ExpectedVersion is not null);
    }

    /// <summary>Records one fact; the same fact again is its first receipt.</summary>
    public async Task<AppendResult> RecordAsync(NewEvent fact, CancellationToken cancel) => (await RecordAsync([fact], cancel))[0];

    /// <summary>
    /// Records some facts together: either all that are new are recorded, or none. The results stand in the order of the facts;
    /// one that was not recorded because another was refused has no result. Throws <see cref="LedgerException"/> when the database
    /// cannot be reached: then it may be tried again, since the same event recorded twice is one event.
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
        var taken = new List<Request>();
        while (await requests.Reader.WaitToReadAsync())
        {
            taken.Clear();
            for (var count = 0; count < MostTogether && requests.Reader.TryRead(out var request); count += request.Facts.Count)
            {
                taken.Add(request);
            }

            // On the assumption that all are new and fit: the database's keys refuse what is not, and then nothing was written.
            if (taken.Exists(r => r.NamesVersion) || !await TryTogetherAsync(taken))
            {
                foreach (var request in taken)
                {
                    await AloneAsync(request);
                }
            }
        }
    }

    private async Task<bool> TryTogetherAsync(List<Request> taken)
    {
        var ids = new HashSet<Guid>();
        if (!taken.TrueForAll(r => r.Facts.All(f => ids.Add(f.Uuid))))
        {
            return false;
        }

        try
        {
            var recorded = await SaveAsync([.. taken.SelectMany(r => r.Facts)]);
            var next = 0;
            foreach (var request in taken)
            {
                request.Done.SetResult([.. recorded.Skip(next).Take(request.Facts.Count)]);
                next += request.Facts.Count;
            }

            return true;
        }
#pragma warning disable CA1031 // Each by itself meets the same failure and is told.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async Task AloneAsync(Request request)
    {
        try
        {
            // An id that another process takes meanwhile is seen the second time.
            for (var attempt = 1; !request.Done.Task.IsCompleted; attempt++)
            {
                try
                {
                    request.Done.SetResult(await DecideAsync(request.Facts));
                }
                catch (MartenCommandException e) when (attempt < 3 && e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
                {
                }
            }
        }
        catch (EventStreamUnexpectedMaxEventIdException)
        {
            request.Done.TrySetResult(await VersionsAsync(request.Facts));
        }
#pragma warning disable CA1031 // Whatever failed, the waiting caller is told; the writer goes on with the next one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            request.Done.TrySetException(DatabaseErrors.Told(e));
        }
    }

    /// <summary>Looks what is on record, and records what is new unless one of the others is in conflict.</summary>
    private async Task<IReadOnlyList<AppendResult>> DecideAsync(IReadOnlyList<PendingEvent> facts)
    {
        await using var connection = await database.OpenConnectionAsync();
        var results = await EventLookup.RecogniseAsync(connection, facts, CancellationToken.None);
        var fresh = new List<PendingEvent>();
        for (var i = 0; i < facts.Count; i++)
        {
            if (results[i] is null && fresh.Find(f => f.Uuid == facts[i].Uuid) is { } twice && !EventLookup.IsSame(twice, facts[i]))
            {
                results[i] = new AppendResult.IdConflict(0);
            }
            else if (results[i] is null && !fresh.Exists(f => f.Uuid == facts[i].Uuid))
            {
                fresh.Add(facts[i]);
            }
        }

        if (Array.Exists(results, r => r is AppendResult.IdConflict) || fresh.Count == 0)
        {
            return [.. results.OfType<AppendResult>()];
        }

        var recorded = await SaveAsync(fresh);
        for (var i = 0; i < facts.Count; i++)
        {
            results[i] ??= fresh.FindIndex(f => f.Uuid == facts[i].Uuid) is var at && ReferenceEquals(fresh[at], facts[i])
                ? recorded[at]
                : new AppendResult.Duplicate(recorded[at].Position, recorded[at].Version);
        }

        return results!;
    }

    private async Task<IReadOnlyList<AppendResult.Recorded>> SaveAsync(IReadOnlyList<PendingEvent> facts)
    {
        await using var session = store.LightweightSession(facts[0].Event.Contract);
        var appended = new List<IEvent>(facts.Count);
        var versions = new Dictionary<(string, string), long?>();
        foreach (var fact in facts)
        {
            // The version that the first one names is that of the stream before all of them.
            var expected = versions.TryAdd((fact.Event.Contract, fact.Stream), fact.Event.ExpectedVersion) ? fact.Event.ExpectedVersion : null;
            IDocumentOperations tenant = fact.Event.Contract == session.TenantId ? session : session.ForTenant(fact.Event.Contract);
            appended.Add(tenant.Record(fact.Event, expected));
        }

        await session.SaveChangesAsync();
        return [.. appended.Select(e => new AppendResult.Recorded(e.Sequence, e.Version))];
    }

    private async Task<IReadOnlyList<AppendResult>> VersionsAsync(IReadOnlyList<PendingEvent> facts)
    {
        await using var connection = await database.OpenConnectionAsync();
        var conflicts = new List<AppendResult>();
        foreach (var fact in facts.Where(f => f.Event.ExpectedVersion is not null))
        {
            await using var command = new NpgsqlCommand($"select version from {LedgerStore.Schema}.mt_streams where tenant_id = $1 and id = $2", connection)
            {
                Parameters = { new() { Value = fact.Event.Contract }, new() { Value = fact.Stream } },
            };
            conflicts.Add(new AppendResult.VersionConflict(await command.ExecuteScalarAsync() as long? ?? 0, fact.Event.ExpectedVersion!.Value));
        }

        return conflicts;
    }
}
