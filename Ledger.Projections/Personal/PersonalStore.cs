using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Personal;

/// <summary>How a personal field reads.</summary>
public enum PersonalState
{
    /// <summary>Its value is there.</summary>
    Readable,

    /// <summary>Its person was erased, on record.</summary>
    Erased,

    /// <summary>It is gone without an erasure on record: an alarm.</summary>
    Missing,

    /// <summary>What is stored is not what the event committed to: an alarm.</summary>
    Changed,
}

/// <summary>Reads and destroys stored personal values. Who was erased is on record in the log.</summary>
public sealed class PersonalStore(PersonalKeys keys)
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    /// <summary>The keys.</summary>
    public PersonalKeys Keys => keys;

    /// <summary>The person that a phone number belongs to; null where nobody is known by it.</summary>
    public string? PersonOf(string phone) => Find(new Caller(Phone: phone).WhoIn("")) is { } number ? PersonalField.NameOf(number) : null;

    /// <summary>The id of the event that records a person's erasure: of each there is at most one.</summary>
    public static string ErasureOf(string person) => LedgerSource.IdOf(LedgerSource.Contract, $"erased:{person}");

    /// <summary>A field of an event, by the person and the commitment in it; the value where it can be read.</summary>
    public async Task<(PersonalState State, string? Value)> ReadAsync(
        NpgsqlConnection connection,
        string contract,
        string eventId,
        string person,
        string field,
        string commitment,
        CancellationToken cancel
    )
    {
        var read = await OnceAsync(connection, contract, eventId, person, field, commitment, cancel);
        if (read.State is PersonalState.Readable or PersonalState.Erased)
        {
            return read;
        }

        // An erasure may stand between its commit and its key: an alarm is looked at twice.
        await Task.Delay(Again, cancel);
        return await OnceAsync(connection, contract, eventId, person, field, commitment, cancel);
    }

    private async Task<(PersonalState State, string? Value)> OnceAsync(
        NpgsqlConnection connection,
        string contract,
        string eventId,
        string person,
        string field,
        string commitment,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            select (select sealed from {LedgerTables.PersonalFields} where contract = $1 and event_id = $2 and field = $3),
                   exists (select from {LedgerStore.Schema}.mt_events where id = $4)
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = contract },
                new() { Value = eventId },
                new() { Value = field },
                new() { Value = EventIds.Of(LedgerSource.Contract, ErasureOf(person)) },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var bytes = await reader.IsDBNullAsync(0, cancel) ? null : await reader.GetFieldValueAsync<byte[]>(0, cancel);
        var key = PersonalField.NumberOf(person) is { } number ? keys.Find(number) : null;
        return reader.GetBoolean(1) ? (bytes is null && key is null ? PersonalState.Erased : PersonalState.Changed, null)
            : bytes is null || key is null ? (PersonalState.Missing, null)
            : PersonalField.Open(key, field, commitment, bytes) is { } value ? (PersonalState.Readable, value)
            : (PersonalState.Changed, null);
    }

    /// <summary>The position at which a person's erasure is on record; null where it is not.</summary>
    public static async Task<long?> ErasedAtAsync(NpgsqlConnection connection, string person, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select seq_id from {LedgerStore.Schema}.mt_events where id = $1", connection)
        {
            Parameters = { new() { Value = EventIds.Of(LedgerSource.Contract, ErasureOf(person)) } },
        };
        return await command.ExecuteScalarAsync(cancel) as long?;
    }

    /// <summary>How many values are stored of a person.</summary>
    public static async Task<int> CountAsync(NpgsqlConnection connection, long person, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select count(*)::int from {LedgerTables.PersonalFields} where person = $1",
            connection
        )
        {
            Parameters = { new() { Value = person } },
        };
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Who somebody is, by what they are looked up by; null where nobody is known by it.</summary>
    public long? Find(string who) =>
        keys.Next == 1 ? null
        : keys.Persons().TryGetValue(Convert.ToHexString(keys.Lookup(who)), out var person) ? person
        : null;
}
