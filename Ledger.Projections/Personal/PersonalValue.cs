using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Personal;

/// <summary>One personal field as it reads: <c>value</c> only where it is readable.</summary>
public sealed record PersonalValue(
    string Contract,
    string Person,
    long Position,
    string Event,
    string Field,
    PersonalState State,
    string? Value
)
{
    /// <summary>The personal fields of an event on record; none where it has no caller.</summary>
    public static async Task<IReadOnlyList<PersonalValue>> OfAsync(
        PersonalStore store,
        NpgsqlConnection connection,
        StoredEvent stored,
        CancellationToken cancel
    )
    {
        // Most cases come without a caller: what does not name one need not be decoded.
        var readings = new List<PersonalValue>();
        if (
            stored.Data.Span.IndexOf("\"caller\""u8) < 0
            || EventMapping.ToEvent(stored).Data is not CaseReceived { Caller: { Person: { } person } caller }
        )
        {
            return readings;
        }

        foreach (var (field, commitment) in caller.Fields)
        {
            var (state, value) = await store.ReadAsync(connection, stored.Contract, stored.EventId, person, field, commitment, cancel);
            readings.Add(new PersonalValue(stored.Contract, person, stored.Position, stored.EventId, field, state, value));
        }

        return readings;
    }
}
