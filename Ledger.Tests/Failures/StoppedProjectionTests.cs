using System.Net;
using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Tests.Support;

namespace Ledger.Tests.Failures;

/// <summary>An event that the accounts cannot apply, such as one of a newer program or one that was tampered with.</summary>
public sealed class StoppedProjectionTests
{
    private const string Statement = "/api/contracts/gaomidian-2025/statements/1";

    [Fact]
    public async Task It_stops_them_with_position_and_event_nothing_is_skipped_and_rebuilt_past_it_they_go_on()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using (var before = await RunningService.StartAsync(database.Ledger))
        {
            await before.WaitAsync("/health", (_, text) => ReachedOf(text) == 5);
        }

        // What the account needs is changed before the projection sees it.
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await database.Ledger.AssessAsync("gaomidian-2025", History.At("2026-02-10T23:59:59+08:00"));
        var head = await database.ScalarAsync<long>("select max(seq_id) from ledger.mt_events");
        await database.TamperAsync(
            "update ledger.mt_events set type = 'deduction_proposed_otherwise', mt_dotnet_type = 'Ledger.Domain.Events.Newer, "
                + "Ledger.Domain' where type = 'deduction_proposed'"
        );
        await using var service = await RunningService.StartAsync(database.Ledger);
        var position = await database.ScalarAsync<long>(
            "select min(seq_id) from ledger.mt_events where type = 'deduction_proposed_otherwise'"
        );
        var eventId = await database.ScalarAsync<string>($"select headers ->> 'id' from ledger.mt_events where seq_id = {position}");
        var health = await service.WaitAsync("/health", (response, _) => response.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Contains($"position {position}, event {eventId}", health, StringComparison.Ordinal);
        Assert.Equal(
            (5, 5),
            (
                ReachedOf(health),
                await database.ScalarAsync<long>("select last_seq_id from ledger.mt_event_progression where name = 'ContractAccount:All'")
            )
        );

        // Other contracts go on being recorded; whatever needs the event is refused rather than done without it.
        Assert.Equal(1, (await Ledgers.ImportAsync(database.Ledger, Ledgers.Sample("anding-first-quarter")[0])).Recorded);
        Assert.Equal(
            ErrorCode.EventUnreadable,
            (await Assert.ThrowsAsync<LedgerException>(() => Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter"))).Code
        );
        using (var refused = await service.Http.GetAsync(new Uri(Statement, UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("urn:ledger:error:event-unreadable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await database.TamperAsync(
            "update ledger.mt_events set type = 'deduction_proposed', mt_dotnet_type = 'Ledger.Domain.Events.DeductionProposed, "
                + "Ledger.Domain' where type = 'deduction_proposed_otherwise'"
        );
        Assert.Equal(head + 1, (await database.Ledger.Models.RebuildAsync(default)).Position);
        await service.WaitAsync("/health", (response, text) => response.IsSuccessStatusCode && ReachedOf(text) == head + 1);
        using var answered = await service.Http.GetAsync(new Uri(Statement, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task One_of_a_case_stops_the_rankings_and_not_the_statements()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await database.TamperAsync(
            "update ledger.mt_events set type = 'case_closed_otherwise', mt_dotnet_type = 'Ledger.Domain.Events.Newer, "
                + "Ledger.Domain' where type = 'case_closed'"
        );
        var position = await database.ScalarAsync<long>("select min(seq_id) from ledger.mt_events where type = 'case_closed_otherwise'");
        var head = await database.ScalarAsync<long>("select max(seq_id) from ledger.mt_events");
        await using var service = await RunningService.StartAsync(database.Ledger);
        var health = await service.WaitAsync(
            "/health",
            (response, text) => response.StatusCode == HttpStatusCode.ServiceUnavailable && ReachedOf(text) == head
        );
        var rankings = JsonDocument.Parse(health).RootElement.GetProperty("rankings");
        Assert.Contains($"position {position}, event ", rankings.GetProperty("stopped").GetString(), StringComparison.Ordinal);
        Assert.True(rankings.GetProperty("position").GetInt64() < position);
        using (var answered = await service.Http.GetAsync(new Uri(Statement, UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        }

        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            database.Ledger.Rankings.RankingsAsync(new NodaTime.YearMonth(2025, 11), null, default)
        );
        Assert.Equal(ErrorCode.EventUnreadable, refused.Code);
    }

    private static long ReachedOf(string health) =>
        JsonDocument.Parse(health).RootElement.GetProperty("statements").GetProperty("position").GetInt64();
}
