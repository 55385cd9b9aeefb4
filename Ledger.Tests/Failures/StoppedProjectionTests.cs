using System.Net;
using System.Text.Json;
using Ledger.EventStore;
using Ledger.Tests.Support;

namespace Ledger.Tests.Failures;

/// <summary>An event that the statements cannot apply, such as one of a newer program or one that was tampered with.</summary>
public sealed class StoppedProjectionTests
{
    private const string Statement = "/api/contracts/gaomidian-2025/statements/1";

    [Fact]
    public async Task It_stops_them_with_position_and_event_nothing_is_skipped_and_rebuilt_past_it_they_go_on()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Ledgers.RegisterAllAsync(database.Ledger);
        await using var service = await RunningService.StartAsync(database.Ledger);
        await service.WaitAsync("/health", (_, text) => ReachedOf(text) == 5);

        // The sample's scores are changed before the projection sees them: it waits for the checkpoint's lock.
        await using (var held = await database.Ledger.Database.OpenConnectionAsync())
        await using (var transaction = await held.BeginTransactionAsync())
        {
            await using var hold = new Npgsql.NpgsqlCommand("select 1 from projections.checkpoints for update", held, transaction);
            await hold.ExecuteNonQueryAsync();
            await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
            await database.TamperAsync("update ledger.events set type = 'case_scored_otherwise' where type = 'case_scored'");
        }

        var position = await database.ScalarAsync<long>("select min(position) from ledger.events where type = 'case_scored_otherwise'");
        var eventId = await database.ScalarAsync<string>($"select event_id from ledger.events where position = {position}");
        var health = await service.WaitAsync("/health", (response, _) => response.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Contains($"position {position}, event {eventId}", health, StringComparison.Ordinal);
        Assert.Equal((5, 5), (ReachedOf(health), await database.ScalarAsync<long>("select position from projections.checkpoints where projection = 'statements'")));

        // Other contracts go on being recorded; whatever needs the event is refused rather than done without it.
        Assert.Equal(1, (await Ledgers.ImportAsync(database.Ledger, Ledgers.Sample("anding-first-quarter")[0])).Recorded);
        Assert.Equal(ErrorCode.EventUnreadable, (await Assert.ThrowsAsync<LedgerException>(() => Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter"))).Code);
        using (var refused = await service.Http.GetAsync(new Uri(Statement, UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("urn:ledger:error:event-unreadable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await database.TamperAsync("update ledger.events set type = 'case_scored' where type = 'case_scored_otherwise'");
        Assert.Equal(38, (await database.Ledger.Statements.RebuildAsync(default)).Position);
        await service.WaitAsync("/health", (response, text) => response.IsSuccessStatusCode && ReachedOf(text) == 38);
        using var answered = await service.Http.GetAsync(new Uri(Statement, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    private static long ReachedOf(string health) => JsonDocument.Parse(health).RootElement.GetProperty("statements").GetProperty("position").GetInt64();
}
