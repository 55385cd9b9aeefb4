using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Personal;

/// <summary>Reads every personal field in the log against what its event committed to.</summary>
public sealed class PersonalVerifier(NpgsqlDataSource database, LogReader log, PersonalStore store)
{
    /// <summary>How many fields there are up to a position, and the first that is missing or changed.</summary>
    public async Task<(long Fields, long? Position, string? Problem)> VerifyAsync(long upTo, CancellationToken cancel)
    {
        var fields = 0L;
        await using var values = await database.OpenConnectionAsync(cancel);
        await foreach (var stored in log.ReadAsync(0, upTo, without: EventCatalogue.AllBut<CaseReceived>(), cancel: cancel))
        {
            foreach (var reading in await PersonalValue.OfAsync(store, values, stored, cancel))
            {
                fields++;
                if (ProblemOf(reading, stored.Subject) is { } problem)
                {
                    return (fields, stored.Position, problem);
                }
            }
        }

        return (fields, null, null);
    }

    private static string? ProblemOf(PersonalValue reading, string subject) =>
        reading.State switch
        {
            PersonalState.Missing =>
                $"{reading.Field} of {subject} is missing: its row or key of {reading.Person} is gone without an erasure on record",
            PersonalState.Changed =>
                $"{reading.Field} of {subject} is not what the event committed to: what is stored of {reading.Person} was changed, "
                    + "swapped, or outlived its erasure",
            _ => null,
        };
}
