namespace Ledger.EventStore.Appending;

/// <summary>
/// Events on their way into one transaction, one after the other: what is new gets its place, what is known its first
/// receipt. <see cref="Written"/> is what <see cref="LogTransaction.WriteAsync"/> is then to write.
/// </summary>
/// <param name="log">The transaction.</param>
/// <param name="before">The chunk before, where the database was asked what it knows before that one was written.</param>
public sealed class AppendChunk(LogTransaction log, AppendChunk? before = null)
{
    private readonly Dictionary<(string Source, string Id), long> keys = [];
    private readonly Dictionary<(string Contract, string Id), (AppendEvent Event, AppendResult.Recorded Receipt)> byId = [];

    // Not the chunk itself: it would keep all those before it alive.
    private readonly Dictionary<(string Source, string Id), long>? earlierKeys = before?.keys;
    private readonly Dictionary<(string Contract, string Id), (AppendEvent Event, AppendResult.Recorded Receipt)>? earlierById = before?.byId;

    /// <summary>What is to be written, in order of position.</summary>
    public IReadOnlyList<(StoredEvent Event, byte[] Leaf)> Written => written;

    private readonly List<(StoredEvent Event, byte[] Leaf)> written = [];

    /// <summary>
    /// What stands against recording an event, or null: <paramref name="known"/> is what the database recognised, then the
    /// events of this chunk before it, then its expected version (<paramref name="ahead"/> events of the same append come
    /// before it in its stream).
    /// </summary>
    public AppendResult? Recognise(AppendEvent e, AppendResult? known, long ahead = 0)
    {
        if (known is not null)
        {
            return known;
        }

        if (byId.TryGetValue((e.Contract, e.EventId), out var earlier) || earlierById?.TryGetValue((e.Contract, e.EventId), out earlier) == true)
        {
            return Same(earlier.Event, e)
                ? new AppendResult.Duplicate(earlier.Receipt.Position, earlier.Receipt.Version)
                : new AppendResult.IdConflict(earlier.Receipt.Position);
        }

        if (keys.TryGetValue((e.Source, e.EventId), out var taken) || earlierKeys?.TryGetValue((e.Source, e.EventId), out taken) == true)
        {
            return new AppendResult.IdConflict(taken);
        }

        var version = log.VersionOf(e.Stream) + ahead;
        return e.ExpectedVersion is { } expected && expected != version ? new AppendResult.VersionConflict(version, expected) : null;
    }

    /// <summary>Gives an event that nothing stands against its place.</summary>
    public AppendResult.Recorded Record(AppendEvent e) => Record(e, out _);

    /// <summary>As the other; also gives the event as it will be stored.</summary>
    public AppendResult.Recorded Record(AppendEvent e, out StoredEvent stored)
    {
        var appended = log.Append(e);
        stored = appended.Event;
        written.Add(appended);
        var receipt = new AppendResult.Recorded(stored.Position, stored.Version);
        keys[(e.Source, e.EventId)] = stored.Position;
        byId[(e.Contract, e.EventId)] = (e, receipt);
        return receipt;
    }

    /// <summary>Decides one append, which is recorded whole or not at all.</summary>
    public IReadOnlyList<AppendResult> Decide(IReadOnlyList<AppendEvent> events, ReadOnlySpan<AppendResult?> known)
    {
        var results = new AppendResult?[events.Count];
        var ahead = new Dictionary<string, long>();
        for (var i = 0; i < events.Count; i++)
        {
            var before = ahead.GetValueOrDefault(events[i].Stream);
            results[i] = Recognise(events[i], known[i], before);
            if (results[i] is null)
            {
                ahead[events[i].Stream] = before + 1;
            }
        }

        var refused = Array.Exists(results, r => r is AppendResult.IdConflict or AppendResult.VersionConflict);
        for (var i = 0; i < events.Count; i++)
        {
            // Recognised again: an event may stand twice in one append.
            results[i] ??= refused ? new AppendResult.NotRecorded() : Recognise(events[i] with { ExpectedVersion = null }, null) ?? Record(events[i]);
        }

        return results!;
    }

    private static bool Same(AppendEvent a, AppendEvent b) =>
        a.Contract == b.Contract && a.Stream == b.Stream && a.Type == b.Type && a.Source == b.Source && a.OccurredAt == b.OccurredAt
        && a.Actor == b.Actor && a.Correlation == b.Correlation && a.Causation == b.Causation && a.Data.Span.SequenceEqual(b.Data.Span);
}
