namespace Ledger.Projections.Store;

/// <summary>
/// Some events on their way into one transaction, one after the other: what is new gets its place, what is known its
/// first receipt.
/// </summary>
/// <param name="log">The transaction.</param>
/// <param name="before">The chunk before, where the database was asked what it knows before that one was written.</param>
public sealed class LogChunk(LogTransaction log, LogChunk? before = null)
{
    private readonly List<StoredEvent> placed = [];
    private readonly Dictionary<Guid, StoredEvent> byId = [];

    // Not the chunk itself: it would keep all those before it alive.
    private readonly Dictionary<Guid, StoredEvent>? earlier = before?.byId;

    /// <summary>What is to be written, in order of position.</summary>
    public IReadOnlyList<StoredEvent> Placed => placed;

    /// <summary>
    /// What stands against recording an event, or null: <paramref name="known"/> is what the database recognised, then come the
    /// events of this chunk before it, then its expected version.
    /// </summary>
    public AppendResult? Recognise(PendingEvent e, AppendResult? known)
    {
        if (known is not null)
        {
            return known;
        }

        if (byId.TryGetValue(e.Uuid, out var same) || earlier?.TryGetValue(e.Uuid, out same) == true)
        {
            return EventLookup.Known(e, same);
        }

        var version = log.VersionOf(e.Event.Contract, e.Stream);
        return e.Event.ExpectedVersion is { } expected && expected != version ? new AppendResult.VersionConflict(version, expected) : null;
    }

    /// <summary>Gives an event that nothing stands against its place.</summary>
    public StoredEvent Place(PendingEvent e)
    {
        var stored = log.Place(e);
        placed.Add(stored);
        byId[e.Uuid] = stored;
        return stored;
    }

    /// <summary>Takes back what was placed after the first <paramref name="count"/>.</summary>
    public void TakeBackTo(int count)
    {
        while (placed.Count > count)
        {
            log.TakeBack(placed[^1]);
            byId.Remove(placed[^1].Uuid);
            placed.RemoveAt(placed.Count - 1);
        }
    }
}
