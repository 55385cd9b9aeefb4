using System.Diagnostics;
using System.Text.Json;
using Ledger.Domain.Simulation;
using Ledger.Tests.Support;

namespace Ledger.Tests.Failures;

/// <summary>Two services on one database, of which one is killed.</summary>
public sealed class TwoServicesTests
{
    [Fact]
    public async Task They_leave_no_gap_project_each_event_once_and_one_takes_over_from_the_other()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var command = new Command();
        KeyValuePair<string, string>[] settings = [new("ConnectionStrings__Ledger", database.ConnectionString)];
        var (first, firstHttp) = await command.ServeAsync(settings);
        var (second, secondHttp) = await command.ServeAsync(settings);
        using (first)
        using (second)
        using (firstHttp)
        using (secondHttp)
        {
            // Both processes write: registrations by one, a year by this one.
            Assert.Equal(
                0,
                (await command.RunAsync(settings, "contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"))).Status
            );
            var year = ServiceYear.Of(Terms.Of("gaomidian-2025"), 5, 60).ToList();
            await Ledgers.ImportAsync(database.Ledger, year.Take(year.Count / 2));
            await ReachedAsync(firstHttp, 1 + (year.Count / 2));
            await ReachedAsync(secondHttp, 1 + (year.Count / 2));

            first.Kill();
            await first.WaitForExitAsync();
            await Ledgers.ImportAsync(database.Ledger, year.Skip(year.Count / 2));
            await ReachedAsync(secondHttp, 1 + year.Count);
            Assert.Equal(
                1 + year.Count,
                await database.ScalarAsync<long>("select last_seq_id from ledger.mt_event_progression where name = 'ContractAccount:All'")
            );

            // Leaves, streams, tree, and every projected statement against a replay.
            var verified = await database.Ledger.VerifyAsync();
            Assert.True(verified.Ok, JsonSerializer.Serialize(verified));
            Assert.Equal(1 + year.Count, verified.Events);
            second.Kill();
            await second.WaitForExitAsync();
        }
    }

    private static async Task ReachedAsync(HttpClient http, long position)
    {
        for (var patience = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var health = JsonDocument.Parse(await http.GetStringAsync(new Uri("/health", UriKind.Relative))).RootElement;
            if (health.GetProperty("statements").GetProperty("position").GetInt64() >= position)
            {
                return;
            }

            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), health.ToString());
        }
    }
}
