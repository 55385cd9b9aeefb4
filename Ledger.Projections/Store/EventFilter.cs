using Ledger.Domain.Events;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>Which events of the log are asked for; what is null asks for nothing.</summary>
/// <param name="Contracts">Of these contracts alone.</param>
/// <param name="Subject">About this subject: a case's number is found by its stream, in no time.</param>
/// <param name="Type">Of this type, by its alias.</param>
/// <param name="Actor">By this actor.</param>
/// <param name="OccurredFrom">That occurred at this moment or later.</param>
/// <param name="OccurredUntil">That occurred at this moment or before.</param>
/// <param name="WithLedger">Also those that concern the whole ledger: users, calendars, erasures.</param>
public sealed record EventFilter(
    IReadOnlyList<string>? Contracts = null,
    string? Subject = null,
    string? Type = null,
    string? Actor = null,
    Instant? OccurredFrom = null,
    Instant? OccurredUntil = null,
    bool WithLedger = true
)
{
    private const string OccurredAt = "(e.headers ->> 'time')::timestamptz";

    internal NpgsqlCommand Command(NpgsqlConnection connection, long after, long upTo)
    {
        var command = LogQueries.Select("e.seq_id > $1 and e.seq_id <= $2", connection, after, upTo);
        And("e.tenant_id = any ({0})", Contracts?.ToArray());
        And("e.headers ->> 'subject' = {0}", Subject);
        And("e.stream_id = {0}", Subject is { } subject && !EventStreams.IsAccounts(subject) ? subject : null);
        And("e.type = {0}", Type);
        And("e.headers ->> 'actor' = {0}", Actor);
        And(OccurredAt + " >= {0}", OccurredFrom is { } from ? from.ToDateTimeUtc() : null);
        And(OccurredAt + " <= {0}", OccurredUntil is { } until ? until.ToDateTimeUtc() : null);
        And("e.tenant_id <> {0}", WithLedger ? null : LedgerSource.Contract);
        return command;

        void And(string condition, object? value)
        {
            if (value is not null)
            {
                command.Parameters.Add(new() { Value = value });
                command.CommandText += " and " + string.Format(null, condition, $"${command.Parameters.Count}");
            }
        }
    }
}
