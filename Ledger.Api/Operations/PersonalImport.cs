using System.Text;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.EventStore;
using Ledger.EventStore.Appending;
using Ledger.EventStore.Personal;
using Ledger.EventStore.Reading;
using Ledger.Projections.Decoding;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>The personal side of one import: values become commitments before events are decided, and are stored with those that are recorded.</summary>
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
        return Array.ConvertAll(lines, line => line.Events.All(e => e.Event.Personal is null) ? line : line with { Events = [.. line.Events.Select(Seal)] });

        FileEvent Seal(FileEvent e)
        {
            if (e.Event.Personal is null)
            {
                return e;
            }

            var value = values[next++];
            var named = e.Event with { Data = e.Event.Data.With(Caller.Sealed(PersonalField.NameOf(value.Subject), value.Commitments)) };
            var append = EventMapping.ToAppend(named);
            chunk.TryAdd((value.Contract, value.EventId, Encoding.UTF8.GetString(append.Data.Span)), value);
            return new FileEvent(named, append);
        }
    }

    /// <summary>
    /// An event whose personal values were erased since is the same event whatever values it comes with, or without: what
    /// seems another body is a duplicate.
    /// </summary>
    public async Task ForgiveErasedAsync(IReadOnlyList<FileEvent> events, AppendResult?[] known, CancellationToken cancel)
    {
        for (var i = 0; i < known.Length; i++)
        {
            if (known[i] is AppendResult.IdConflict conflict && events[i].Event.Data is CaseReceived
                && await SameButErasedAsync(events[i], conflict.Position, cancel) is { } stored)
            {
                known[i] = new AppendResult.Duplicate(stored.Position, stored.Version);
            }
        }
    }

    /// <summary>The sealed values of the events that a chunk records.</summary>
    public IReadOnlyList<SealedValues> Of(AppendChunk decided) =>
        chunk.Count == 0 ? [] : [.. decided.Written.Select(w => chunk.GetValueOrDefault((w.Event.Contract, w.Event.EventId, Encoding.UTF8.GetString(w.Event.Data.Span)))).OfType<SealedValues>()];

    /// <summary>Stores them.</summary>
    public Task WriteAsync(IReadOnlyList<SealedValues> recorded, CancellationToken cancel) => sealing.WriteAsync(recorded, cancel);

    private static PersonalValues ValuesOf(NewEvent e) => new(
        e.Contract, e.Source, e.Id, e.Personal!.WhoIn(EventMapping.Stream(e.Contract, e.Subject)), e.Personal.Fields);

    private async Task<StoredEvent?> SameButErasedAsync(FileEvent e, long position, CancellationToken cancel)
    {
        var (stored, _) = await LogReader.ReadAsync(connection, position - 1, position, null, null, cancel).FirstAsync(cancel);
        if (EventMapping.ToEvent(stored).Data is not CaseReceived { Caller.Subject: { } subject } data)
        {
            return null;
        }

        var erased = await PersonalStore.IsErasedAsync(connection, subject, cancel);
        var bare = e.Append with { Data = LedgerJson.Write((CaseReceived)e.Event.Data.Separate().Data) };
        var recorded = bare.At(stored.Position, stored.Version, stored.RecordedAt);
        return erased && recorded with { Data = default } == stored with { Data = default } && recorded.Data.Span.SequenceEqual(LedgerJson.Write((CaseReceived)data.Separate().Data)) ? stored : null;
    }
}
