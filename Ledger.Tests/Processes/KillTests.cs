using System.Net.Http.Json;
using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Simulation;
using Ledger.Tests.Support;

namespace Ledger.Tests.Processes;

/// <summary>kill -9 of the service in the middle of an import, ten times over, on one data directory.</summary>
public sealed class KillTests
{
    private const int Rounds = 10;

    [Fact]
    public async Task What_was_acknowledged_is_there_and_what_was_not_is_absent_or_complete()
    {
        using var ledger = new Command();
        using var here = new Shell(new KeyValuePair<string, string?>("LEDGER_DATA", ledger.DataDirectory));
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
        // Spot checks name cases that a killed import may not have recorded: they would be refused, rightly.
        var year = ServiceYear.Of(Terms.Of("gaomidian-2025"), 99, 300).Where(e => e.Data is not SpotCheckConcluded).ToList();
        var size = year.Count / Rounds;
        var dice = new Dice(1);
        var acknowledged = new HashSet<int>();
        var expected = 1L;

        for (var round = 0; round < Rounds; round++)
        {
            var file = Path.Combine(ledger.DataDirectory, $"round-{round}.ndjson");
            await using (var stream = File.Create(file))
            {
                foreach (var e in year.Skip(round * size).Take(size))
                {
                    await stream.WriteAsync((byte[])[.. EventWriter.Write(e), (byte)'\n']);
                }
            }

            var (service, http) = await ledger.ServeAsync();
            using (service)
            using (http)
            {
                var left = await http.GetFromJsonAsync<JsonElement>(new Uri("/api/verify", UriKind.Relative));
                expected = AssertGrown(left, expected, size, round - 1, acknowledged);
                var importing = here.RunAsync("import", file, "--json");
                await Task.Delay(TimeSpan.FromMilliseconds(dice.Between(20, 400)));
                service.Kill();
                await service.WaitForExitAsync();
                var (status, output, error) = await importing;
                Assert.True(status is 0 or 4, $"round {round} ended with {status}: {error}");
                if (status == 0)
                {
                    acknowledged.Add(round);
                    Assert.Contains($"\"recorded\": {size}", output, StringComparison.Ordinal);
                }
            }
        }

        _ = AssertGrown(await ledger.JsonAsync("verify"), expected, size, Rounds - 1, acknowledged);

        // The same files again: every event once, whatever happened before.
        var files = Enumerable.Range(0, Rounds).Select(round => Path.Combine(ledger.DataDirectory, $"round-{round}.ndjson"));
        var again = await ledger.JsonAsync(["import", .. files]);
        Assert.Equal(Rounds * size, again.GetProperty("recorded").GetInt64() + again.GetProperty("duplicates").GetInt64());
        var verified = await ledger.JsonAsync("verify");
        Assert.True(verified.GetProperty("ok").GetBoolean(), verified.ToString());
        Assert.Equal(1 + (Rounds * size), verified.GetProperty("events").GetInt64());
    }

    /// <summary>What the killed service left is verified by the next: the file of a round whole, or nothing of it.</summary>
    private static long AssertGrown(JsonElement verified, long before, int size, int round, HashSet<int> acknowledged)
    {
        Assert.True(verified.GetProperty("ok").GetBoolean(), verified.ToString());
        var events = verified.GetProperty("events").GetInt64();
        var grown = events - before;
        Assert.True(grown == size || (grown == 0 && !acknowledged.Contains(round)), $"round {round}: {grown} events of {size}");
        return events;
    }
}
