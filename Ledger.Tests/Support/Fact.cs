using Ledger.Domain.Events;
using Ledger.Projections.Evidence.Verification;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Tests.Support;

/// <summary>
/// Facts of a contract that nobody registered, for what is about the log alone: it takes them, the projections leave them.
/// </summary>
public static class Fact
{
    public const string Contract = "c";

    private static readonly Instant At = Instant.FromUnixTimeSeconds(1_700_000_000);

    /// <summary>A fact about a case.</summary>
    public static NewEvent Of(string subject, string id, long? expected = null, string unit = "u") =>
        new(Contract, subject, id, "src", At, "actor", new CaseDispatched(unit), ExpectedVersion: expected);

    /// <summary>Some facts about as many cases as are named.</summary>
    public static IEnumerable<NewEvent> Many(int count, int cases, string prefix = "e", string unit = "u") =>
        Enumerable.Range(0, count).Select(i => Of($"case/{i % cases}", $"{prefix}-{i}", unit: unit));

    /// <summary>Records a file of facts in one transaction, as an import does, of which no contract need be registered.</summary>
    public static async Task CopyAsync(TestDatabase database, IEnumerable<NewEvent> facts)
    {
        await using var log = await LogTransaction.BeginAsync(database.Ledger.Database, database.Ledger.Clock, default);
        foreach (var chunk in facts.Select(PendingEvent.Of).Chunk(5_000))
        {
            await log.LoadStreamsAsync(chunk.Select(e => (e.Event.Contract, e.Stream)), default);
            await log.WriteAsync([.. chunk.Select(log.Place)], default);
        }

        await log.CommitAsync(default);
    }

    /// <summary>The log is whole, and has so many events.</summary>
    public static async Task AssertWholeAsync(TestDatabase database, long events)
    {
        Assert.Equal(
            $"{events}|{(events > 0 ? "1|" : "")}{(events > 0 ? events : "")}".TrimEnd('|'),
            await database.ScalarAsync<string>("select concat_ws('|', count(*), min(seq_id), max(seq_id)) from ledger.mt_events")
        );
        var result = await VerifyAsync(database);
        Assert.True(result.Ok, result.Problem);
        Assert.Equal(events, result.Events);
    }

    /// <summary>Verifies the log without any checkpoint.</summary>
    public static Task<LogVerification> VerifyAsync(TestDatabase database) =>
        new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
}
