using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Personal;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>One personal field as it reads: <c>value</c> only where it is readable.</summary>
public sealed record PersonalReading(string Contract, string Subject, long Position, string Event, string Field, PersonalState State, string? Value);

/// <summary>What an erasure came to; <c>recorded</c> is false where the subject was erased before.</summary>
public sealed record Erasure(string Subject, bool Recorded, long Position, int Rows);

/// <summary>Disclosing and erasing personal data; both are recorded.</summary>
public static class PersonalData
{
    private const string Source = LedgerSource.Name + "/personal";

    /// <summary>
    /// Shows the personal data of one case, once it is on record who reads it and why. Throws <see cref="LedgerException"/>
    /// where the case has none.
    /// </summary>
    public static async Task<IReadOnlyList<PersonalReading>> DiscloseAsync(LedgerRuntime ledger, string contract, string subject, string actor, string reason, CancellationToken cancel)
    {
        await using var session = ledger.Store.LightweightSession(LedgerSource.Contract);
        var head = await LogLock.TakeAsync(session, cancel);
        await using var values = await ledger.Database.OpenConnectionAsync(cancel);
        var readings = new List<PersonalReading>();
        await foreach (var stored in LogReader.ReadStreamAsync((NpgsqlConnection)session.Connection!, contract, subject, long.MaxValue, cancel))
        {
            readings.AddRange(await ReadAsync(ledger.Personal, values, stored, cancel));
        }

        if (readings.Count == 0)
        {
            throw new LedgerException(ErrorCode.Refused, $"{contract} has no personal data of {subject}: expected a case with a caller, such as case/GMD-0001");
        }

        foreach (var (person, i) in readings.GroupBy(r => r.Subject).Select((person, i) => (person, i)))
        {
            session.Record(Event(
                person.Key, LedgerSource.IdOf(LedgerSource.Contract, $"disclosed:{person.Key}:{head.Position + 1 + i}"), LogLock.RecordedAt(head, ledger.Clock), actor,
                new PersonalDataDisclosed(person.Key, reason, [.. person.Select(r => $"{r.Contract}/{r.Event}/{r.Field}")])));
        }

        await session.SaveNewAsync(cancel);
        return readings;
    }

    /// <summary>
    /// Erases a subject: the erasure is recorded and the rows go in one transaction, then the key is destroyed. Repeated, it
    /// finishes one that was interrupted. Throws <see cref="LedgerException"/> for a subject that never was.
    /// </summary>
    public static async Task<Erasure> EraseAsync(LedgerRuntime ledger, string subject, string actor, string reason, CancellationToken cancel)
    {
        var number = PersonalField.NumberOf(subject);
        await using var session = ledger.Store.LightweightSession(LedgerSource.Contract);
        var head = await LogLock.TakeAsync(session, cancel);
        var connection = (NpgsqlConnection)session.Connection!;
        var before = await PersonalStore.ErasedAtAsync(connection, subject, cancel);
        var rows = number is { } asked ? await PersonalStore.CountAsync(connection, asked, cancel) : 0;
        if (number is not { } known || (before is null && ledger.Personal.Keys.Find(known) is null && rows == 0))
        {
            throw new LedgerException(ErrorCode.Refused, $"no subject {subject} is known: `personal show` names a case's, `personal find` a phone number's");
        }

        session.QueueSqlCommand($"delete from {LedgerTables.PersonalFields} where subject = ?", known);
        var recorded = before is null
            ? session.Record(Event(subject, PersonalStore.ErasureOf(subject), LogLock.RecordedAt(head, ledger.Clock), actor, new PersonalDataErased(subject, reason)))
            : null;
        await session.SaveNewAsync(cancel);
        ledger.Personal.Keys.Erase(known);
        return new Erasure(subject, before is null, before ?? recorded!.Sequence, rows);
    }

    /// <summary>The subject that a phone number belongs to; null where nobody is known by it.</summary>
    public static string? Find(LedgerRuntime ledger, string phone) => ledger.Personal.Find(new Caller(Phone: phone).WhoIn("")) is { } subject ? PersonalField.NameOf(subject) : null;

    /// <summary>
    /// Reads every personal field in the log up to a position; gives how many there are, and the first that is missing or
    /// changed.
    /// </summary>
    public static async Task<(long Fields, long? Position, string? Problem)> VerifyAsync(LedgerRuntime ledger, long upTo, CancellationToken cancel)
    {
        var fields = 0L;
        await using var values = await ledger.Database.OpenConnectionAsync(cancel);
        await foreach (var stored in ledger.Log.ReadAsync(0, upTo, without: EventCatalogue.AllBut<CaseReceived>(), cancel: cancel))
        {
            // Most cases come without a caller: what does not name one need not be decoded.
            foreach (var reading in stored.Data.Span.IndexOf("\"caller\""u8) < 0 ? [] : await ReadAsync(ledger.Personal, values, stored, cancel))
            {
                fields++;
                if (reading.State is PersonalState.Missing or PersonalState.Changed)
                {
                    return (fields, stored.Position, reading.State == PersonalState.Missing
                        ? $"{reading.Field} of {stored.Subject} is missing: its row or key of {reading.Subject} is gone without an erasure on record"
                        : $"{reading.Field} of {stored.Subject} is not what the event committed to: what is stored of {reading.Subject} was changed, swapped, or outlived its erasure");
                }
            }
        }

        return (fields, null, null);
    }

    private static async Task<IReadOnlyList<PersonalReading>> ReadAsync(PersonalStore store, NpgsqlConnection connection, StoredEvent stored, CancellationToken cancel)
    {
        var readings = new List<PersonalReading>();
        if (EventMapping.ToEvent(stored).Data is CaseReceived { Caller: { Subject: { } subject } caller })
        {
            foreach (var (field, commitment) in caller.Fields)
            {
                var (state, value) = await store.ReadAsync(connection, stored.Contract, stored.EventId, subject, field, commitment, cancel);
                readings.Add(new PersonalReading(stored.Contract, subject, stored.Position, stored.EventId, field, state, value));
            }
        }

        return readings;
    }

    private static NewEvent Event(string subject, string id, NodaTime.Instant at, string actor, EventData data) =>
        new(LedgerSource.Contract, $"personal/{subject}", id, Source, at, actor, data);
}
