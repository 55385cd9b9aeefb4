using System.Text;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Personal;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Imports;

/// <summary>
/// The personal side of one import: values become commitments before events are decided, and are stored with those that are recorded.
/// </summary>
internal sealed class PersonalImport(NpgsqlConnection connection, PersonalStore store)
{
    private readonly PersonalSealing sealing = new(store.Keys, connection);

    // By the data, too: of two events with one id in a file, the first may be refused and the second recorded.
    private Dictionary<(string Contract, string EventId, string Data), SealedValues> chunk = [];

    /// <summary>The same lines with commitments in their events.</summary>
    public async Task<FileLine[]> SealAsync(FileLine[] lines, CancellationToken cancel)
    {
        chunk = [];
        var events = lines.SelectMany(l => l.Events).Select(e => e.Event).Where(e => e.Personal is not null).ToList();
        if (events.Count == 0)
        {
            return lines;
        }

        var values = await sealing.SealAsync([.. events.Select(ValuesOf)], cancel);
        var next = 0;
        return Array.ConvertAll(
            lines,
            line => line.Events.All(e => e.Event.Personal is null) ? line : line with { Events = [.. line.Events.Select(Seal)] }
        );

        PendingEvent Seal(PendingEvent e)
        {
            if (e.Event.Personal is null)
            {
                return e;
            }

            var value = values[next++];
            var named = e.Event with { Data = e.Event.Data.With(Caller.Sealed(PersonalField.NameOf(value.Person), value.Commitments)) };
            var pending = PendingEvent.Of(named);
            chunk.TryAdd((value.Contract, value.EventId, Encoding.UTF8.GetString(pending.Data)), value);
            return pending;
        }
    }

    /// <summary>
    /// An event whose personal values were erased since is the same event whatever values it comes with, or without: what
    /// seems another body is a duplicate.
    /// </summary>
    public async Task ForgiveErasedAsync(IReadOnlyList<PendingEvent> events, AppendResult?[] known, CancellationToken cancel)
    {
        for (var i = 0; i < known.Length; i++)
        {
            if (
                known[i] is AppendResult.IdConflict conflict
                && events[i].Event.Data is CaseReceived
                && await SameButErasedAsync(events[i], conflict.Position, cancel) is { } stored
            )
            {
                known[i] = new AppendResult.Duplicate(stored.Position, stored.Version);
            }
        }
    }

    /// <summary>The sealed values of the events that a chunk places.</summary>
    public IReadOnlyList<SealedValues> Of(IReadOnlyList<StoredEvent> placed) =>
        chunk.Count == 0
            ? []
            :
            [
                .. placed
                    .Select(e => chunk.GetValueOrDefault((e.Contract, e.EventId, Encoding.UTF8.GetString(e.Data.Span))))
                    .OfType<SealedValues>(),
            ];

    /// <summary>Stores them.</summary>
    public Task WriteAsync(IReadOnlyList<SealedValues> recorded, CancellationToken cancel) => sealing.WriteAsync(recorded, cancel);

    private static PersonalValues ValuesOf(NewEvent e) =>
        new(e.Contract, e.Source, e.Id, e.Personal!.WhoIn($"{e.Contract}/{e.Subject}"), e.Personal.Fields);

    private async Task<StoredEvent?> SameButErasedAsync(PendingEvent e, long position, CancellationToken cancel)
    {
        var stored = await LogQueries.ReadAsync(connection, position - 1, position, null, null, cancel).FirstAsync(cancel);
        if (
            EventMapping.ToEvent(stored).Data is not CaseReceived { Caller.Person: { } person } data
            || await PersonalStore.ErasedAtAsync(connection, person, cancel) is null
        )
        {
            return null;
        }

        var bare = e with { Data = LedgerJson.Write((CaseReceived)e.Event.Data.Separate().Data) };
        return EventLookup.IsSame(bare, stored with { Data = LedgerJson.Write((CaseReceived)data.Separate().Data) }) ? stored : null;
    }
}
