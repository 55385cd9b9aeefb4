using System.Text;
using Ledger.Domain.Errors;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Personal;

/// <summary>
/// The personal values of one event on its way into the log, by field; <paramref name="Who"/> tells the same person again.
/// </summary>
public sealed record PersonalValues(string Contract, string Source, string EventId, string Who, IReadOnlyDictionary<string, string> Fields);

/// <summary>The same with a commitment instead of each value; the sealed values are stored once the event is recorded.</summary>
public sealed record SealedValues(
    string Contract,
    string EventId,
    long Person,
    IReadOnlyDictionary<string, string> Commitments,
    IReadOnlyDictionary<string, byte[]> Sealed
);

/// <summary>
/// Seals the personal values of events inside one transaction on the log, whose lock orders the numbering of persons. Nothing
/// is kept of a person whose events are not recorded.
/// </summary>
public sealed class PersonalSealing(PersonalKeys keys, NpgsqlConnection connection)
{
    private readonly Dictionary<string, (long Person, byte[] Key)> fresh = [];
    private Dictionary<string, long>? known;
    private long next;

    /// <summary>Seals values. Throws <see cref="LedgerException"/> where keys that were given are not there.</summary>
    public async Task<IReadOnlyList<SealedValues>> SealAsync(IReadOnlyList<PersonalValues> values, CancellationToken cancel)
    {
        await LoadAsync(cancel);
        var lookups = values.Select(v => v.Who).Distinct().ToDictionary(w => w, keys.Lookup);
        var found = new Dictionary<long, byte[]>();
        var result = new List<SealedValues>(values.Count);
        foreach (var value in values)
        {
            var (person, key) = Person(lookups[value.Who], found);
            var (commitments, bytes) = (new Dictionary<string, string>(), new Dictionary<string, byte[]>());
            foreach (var (field, text) in value.Fields)
            {
                var salt = PersonalField.Salt(key, value.Source, value.EventId, field);
                commitments[field] = PersonalField.Commitment(field, salt, Encoding.UTF8.GetBytes(text));
                bytes[field] = PersonalField.Seal(key, commitments[field], salt, text);
            }

            result.Add(new SealedValues(value.Contract, value.EventId, person, commitments, bytes));
        }

        return result;
    }

    /// <summary>Stores the sealed values of recorded events; the keys of new persons are on disk before.</summary>
    public async Task WriteAsync(IReadOnlyList<SealedValues> recorded, CancellationToken cancel)
    {
        if (recorded.Count == 0)
        {
            return;
        }

        var persons = recorded.Select(r => r.Person).ToHashSet();
        var added = fresh.Where(f => persons.Contains(f.Value.Person)).ToList();
        keys.Add([.. added.Select(f => (f.Value.Person, f.Value.Key, Convert.FromHexString(f.Key)))]);
        foreach (var (lookup, (person, _)) in added)
        {
            known![lookup] = person;
            fresh.Remove(lookup);
        }

        await using (
            var last = new NpgsqlCommand(
                $"""
                insert into {LedgerTables.PersonalNumbers} as s (singleton, last) values (true, $1)
                on conflict (singleton) do update set last = greatest(s.last, excluded.last)
                """,
                connection
            )
            {
                Parameters = { new() { Value = persons.Max() } },
            }
        )
        {
            await last.ExecuteNonQueryAsync(cancel);
        }

        var fields = recorded
            .SelectMany(r => r.Sealed.Select(s => (r.Contract, r.EventId, Field: s.Key, r.Person, Bytes: s.Value)))
            .ToList();
        await using var command = new NpgsqlCommand(
            $"""
            insert into {LedgerTables.PersonalFields} (contract, event_id, field, person, sealed)
            select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[])
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = fields.ConvertAll(f => f.Contract) },
                new() { Value = fields.ConvertAll(f => f.EventId) },
                new() { Value = fields.ConvertAll(f => f.Field) },
                new() { Value = fields.ConvertAll(f => f.Person) },
                new() { Value = fields.ConvertAll(f => f.Bytes) },
            },
        };
        if (await command.ExecuteNonQueryAsync(cancel) is var written && written != fields.Count)
        {
            throw new InvalidOperationException($"{fields.Count} rows of personal data were to be written, the database counted {written}");
        }
    }

    /// <summary>Who is known, and which number comes next: above every one that was ever given, and every one in the file.</summary>
    private async Task LoadAsync(CancellationToken cancel)
    {
        if (known is not null)
        {
            return;
        }

        await using var command = new NpgsqlCommand($"select coalesce(max(last), 0) from {LedgerTables.PersonalNumbers}", connection);
        var last = (long)(await command.ExecuteScalarAsync(cancel))!;
        if (keys.Next <= last)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"the keys of personal data end at person {keys.Next - 1}, and {last} were given: put the newest copy of "
                    + $"personal/{PersonalKeys.PersonsFile} and {PersonalKeys.MasterFile} back in the data directory"
            );
        }

        next = keys.Next;
        known = new Dictionary<string, long>(keys.Persons());
    }

    private (long Person, byte[] Key) Person(byte[] lookup, Dictionary<long, byte[]> found)
    {
        var text = Convert.ToHexString(lookup);
        if (known!.TryGetValue(text, out var person))
        {
            if (!found.TryGetValue(person, out var key))
            {
                found[person] = key =
                    keys.Find(person)
                    ?? throw new LedgerException(
                        ErrorCode.FileUnreadable,
                        $"the key of person {PersonalField.NameOf(person)} is missing without an erasure on record: put the "
                            + "personal keys back, or `verify` the ledger"
                    );
            }

            return (person, key);
        }

        if (!fresh.TryGetValue(text, out var made))
        {
            fresh[text] = made = (next++, PersonalKeys.Create());
        }

        return made;
    }
}
