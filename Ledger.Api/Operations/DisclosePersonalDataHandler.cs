using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Personal;
using Ledger.Projections.Store;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>Shows the personal data of one case, once it is on record who reads it and why. Refused where the case has none.</summary>
public sealed record DisclosePersonalData(string Contract, string Subject, string Actor, string Reason);

/// <summary>What was disclosed.</summary>
public sealed record Disclosure(IReadOnlyList<PersonalValue> Readings);

/// <summary><see cref="DisclosePersonalData"/>: a disclosure is an event of the ledger as a whole, one for each person.</summary>
public static class DisclosePersonalDataHandler
{
    /// <summary>Reads the values, which are answered only after the disclosure is recorded.</summary>
    public static async Task<Disclosure> HandleAsync(
        DisclosePersonalData command,
        IDocumentSession session,
        NpgsqlDataSource database,
        PersonalStore personal,
        IClock clock,
        CancellationToken cancel
    )
    {
        var head = await LogLock.TakeAsync(session, cancel);
        await using var values = await database.OpenConnectionAsync(cancel);
        var readings = new List<PersonalValue>();
        await foreach (
            var stored in LogQueries.ReadStreamAsync(
                (NpgsqlConnection)session.Connection!,
                command.Contract,
                command.Subject,
                long.MaxValue,
                cancel
            )
        )
        {
            readings.AddRange(await PersonalValue.OfAsync(personal, values, stored, cancel));
        }

        if (readings.Count == 0)
        {
            throw new LedgerException(
                ErrorCode.Refused,
                $"{command.Contract} has no personal data of {command.Subject}: expected a case with a caller, such as case/GMD-0001"
            );
        }

        foreach (var (person, i) in readings.GroupBy(r => r.Person).Select((person, i) => (person, i)))
        {
            session.Record(
                PersonalEvents.Of(
                    person.Key,
                    LedgerSource.IdOf(LedgerSource.Contract, $"disclosed:{person.Key}:{head.Position + 1 + i}"),
                    LogLock.RecordedAt(head, clock),
                    command.Actor,
                    new PersonalDataDisclosed(person.Key, command.Reason, [.. person.Select(r => $"{r.Contract}/{r.Event}/{r.Field}")])
                )
            );
        }

        return new Disclosure(readings);
    }
}
