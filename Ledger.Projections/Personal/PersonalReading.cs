using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Personal;

/// <summary>One personal field as it reads: <c>value</c> only where it is readable.</summary>
public sealed record PersonalReading(
    string Contract,
    string Subject,
    long Position,
    string Event,
    string Field,
    PersonalState State,
    string? Value
)
{
    /// <summary>The personal fields of an event on record; none where it has no caller.</summary>
    public static async Task<IReadOnlyList<PersonalReading>> OfAsync(
        PersonalStore store,
        NpgsqlConnection connection,
        StoredEvent stored,
        CancellationToken cancel
    )
    {
        // Most cases come without a caller: what does not name one need not be decoded.
        var readings = new List<PersonalReading>();
        if (
            stored.Data.Span.IndexOf("\"caller\""u8) < 0
            || EventMapping.ToEvent(stored).Data is not CaseReceived { Caller: { Subject: { } subject } caller }
        )
        {
            return readings;
        }

        foreach (var (field, commitment) in caller.Fields)
        {
            var (state, value) = await store.ReadAsync(connection, stored.Contract, stored.EventId, subject, field, commitment, cancel);
            readings.Add(new PersonalReading(stored.Contract, subject, stored.Position, stored.EventId, field, state, value));
        }

        return readings;
    }
}
