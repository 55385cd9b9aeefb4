using System.Text.Json.Serialization;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Personal;
using Ledger.Projections.Store;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>
/// Erases a person's personal data for good. Repeated, it finishes one that was interrupted. Refused for a person that never was.
/// </summary>
public sealed record ErasePersonalData(string Person, string Actor, string Reason);

/// <summary>Destroys the key of a person whose erasure is on record: what any backup still holds of it can no longer be read.</summary>
public sealed record DestroyPersonalKey(string Person);

/// <summary>What an erasure came to; <c>recorded</c> is false where the person was erased before.</summary>
public sealed record Erasure(string Person, int Rows, [property: JsonIgnore] Receipt Receipt)
{
    /// <summary>Whether it was recorded now.</summary>
    public bool Recorded => Receipt.Recorded;

    /// <summary>Where it stands in the log.</summary>
    public long? Position => Receipt.Position;
}

/// <summary>
/// <see cref="ErasePersonalData"/>: the erasure is recorded and the rows go in one transaction, then the key is destroyed.
/// </summary>
public static class ErasePersonalDataHandler
{
    /// <summary>Records it.</summary>
    public static async Task<Erasure> HandleAsync(
        ErasePersonalData command,
        IDocumentSession session,
        PersonalStore personal,
        IClock clock,
        CancellationToken cancel
    )
    {
        var person = command.Person;
        var number = PersonalField.NumberOf(person);
        var head = await LogLock.TakeAsync(session, cancel);
        var connection = (NpgsqlConnection)session.Connection!;
        var before = await PersonalStore.ErasedAtAsync(connection, person, cancel);
        var rows = number is { } asked ? await PersonalStore.CountAsync(connection, asked, cancel) : 0;
        if (number is not { } known || (before is null && personal.Keys.Find(known) is null && rows == 0))
        {
            throw new LedgerException(
                ErrorCode.Refused,
                $"no person {person} is known: `personal show` names a case's, `personal find` a phone number's"
            );
        }

        session.QueueSqlCommand($"delete from {LedgerTables.PersonalFields} where person = ?", known);
        var receipt = before is null
            ? Receipt.Of(
                session.Record(
                    PersonalEvents.Of(
                        person,
                        PersonalStore.ErasureOf(person),
                        LogLock.RecordedAt(head, clock),
                        command.Actor,
                        new PersonalDataErased(person, command.Reason)
                    )
                )
            )
            : Receipt.Before(before);
        return new Erasure(person, rows, receipt);
    }
}

/// <summary>
/// <see cref="DestroyPersonalKey"/>: the command line sends it right after the erasure; a service does what follows from any erasure
/// on record, whoever recorded it and wherever that process ended.
/// </summary>
public static class DestroyPersonalKeyHandler
{
    /// <summary>Destroys it; a key that is gone already is no error.</summary>
    public static void Handle(DestroyPersonalKey command, PersonalStore personal)
    {
        if (PersonalField.NumberOf(command.Person) is { } number)
        {
            personal.Keys.Erase(number);
        }
    }
}

/// <summary>What is recorded of personal data: events of the ledger as a whole.</summary>
internal static class PersonalEvents
{
    public static NewEvent Of(string person, string id, Instant at, string actor, EventData data) =>
        new(LedgerSource.Contract, $"personal/{person}", id, LedgerSource.Name + "/personal", at, actor, data);
}
