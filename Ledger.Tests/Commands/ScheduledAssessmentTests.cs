using Ledger.Domain.Assessments;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Commands;

/// <summary>Assessments that nobody asks for: off unless the settings name a time of the day.</summary>
public sealed class ScheduledAssessmentTests
{
    private static readonly AssessmentSchedule AtTwo = new(new LocalTime(2, 0));

    [Theory]
    [InlineData("2026-02-10T01:59:59.999999+08:00", "2026-02-08T23:59:59.999999+08:00", "2026-02-10T02:00:00+08:00")]
    [InlineData("2026-02-10T02:00:00+08:00", "2026-02-09T23:59:59.999999+08:00", "2026-02-11T02:00:00+08:00")]
    [InlineData("2026-02-10T23:59:59+08:00", "2026-02-09T23:59:59.999999+08:00", "2026-02-11T02:00:00+08:00")]
    public void Each_day_at_its_time_the_day_before_is_due(string now, string asOf, string next)
    {
        Assert.Equal(History.At(asOf), AtTwo.DueAsOf(History.At(now)));
        Assert.Equal(History.At(next), AtTwo.NextAfter(History.At(now)));
    }

    [Fact]
    public async Task A_service_assesses_each_contract_whose_term_has_begun_once_a_day()
    {
        var clock = new SetClock("2025-12-10T01:00:00Z"); // 09:00 in China.
        await using var database = await TestDatabase.RegisteredAsync(clock);
        await using (var service = await RunningService.StartAsync(database.Ledger, AtTwo))
        {
            await RunsAsync(database, expected: 3); // Two of the five contracts begin later.
            Assert.All(
                (await database.Ledger.Accounts.AllAsync(null, default)).Accounts.Where(a => a.LastAsOf is not null),
                a => Assert.Equal(History.At("2025-12-09T23:59:59.999999+08:00"), a.LastAsOf)
            );
        }

        // Started again the same day it has nothing to do; the next day it has.
        await using (var again = await RunningService.StartAsync(database.Ledger, AtTwo))
        {
            await again.WaitAsync("/health", (r, _) => r.IsSuccessStatusCode);
            await Task.Delay(1500);
            await RunsAsync(database, expected: 3);
        }

        clock.Now += Duration.FromDays(1);
        await using var nextDay = await RunningService.StartAsync(database.Ledger, AtTwo);
        await RunsAsync(database, expected: 6);
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task What_is_asked_for_only_once_is_recorded_once_however_often_it_comes()
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2026-12-10T01:00:00Z"));
        var asked = new AssessContract("gaomidian-2025", History.At("2026-02-10T23:59:59+08:00"), Again: false);
        var reports = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => database.Ledger.SendAsync<Api.Operations.AssessmentReport?>("gaomidian-2025", asked))
        );
        Assert.Single(reports, r => r is not null);
        await RunsAsync(database, expected: 1);
    }

    private static async Task RunsAsync(TestDatabase database, int expected)
    {
        var runs = 0;
        for (var patience = System.Diagnostics.Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(50))
        {
            var events = database.Ledger.Log.ReadAsync(0, long.MaxValue, without: EventCatalogue.AllBut<AssessmentRun>());
            runs = await events.CountAsync();
            if (runs >= expected)
            {
                break;
            }
        }

        Assert.Equal(expected, runs);
    }
}
