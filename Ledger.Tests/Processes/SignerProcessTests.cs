using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Tests.Support;

namespace Ledger.Tests.Processes;

/// <summary>
/// The signer as a process: started by whoever needs it, gone with them, killed and started again, or on another machine.
/// </summary>
public sealed class SignerProcessTests
{
    [Fact]
    public async Task The_service_has_a_signer_of_its_own_which_is_started_again_when_it_is_killed_and_ends_with_the_service()
    {
        using var ledger = new Command();
        var (service, http) = await ledger.ServeAsync();
        using (service)
        using (http)
        {
            await SizeAsync(http, 0);
            var signer = Assert.Single(Signers(ledger));
            signer.Kill();
            await signer.WaitForExitAsync();
            await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
            await SizeAsync(http, 1);
            signer = Assert.Single(Signers(ledger));

            service.Kill();
            await service.WaitForExitAsync();
            Assert.True(await EndsAsync(signer), "the signer outlived the service that was killed");
        }

        Assert.Equal(1, (await ledger.JsonAsync("checkpoint")).GetProperty("size").GetInt64());
        Assert.Empty(Signers(ledger));
        var verified = await ledger.JsonAsync("verify");
        Assert.Equal((true, 2), (verified.GetProperty("ok").GetBoolean(), verified.GetProperty("checkpoints").GetInt32()));
    }

    [Fact]
    public async Task A_signer_elsewhere_signs_and_without_it_health_says_so()
    {
        using var ledger = new Command();
        using var elsewhere = new Command();
        var port = Command.FreePort();
        KeyValuePair<string, string>[] settings = [new("LEDGER_SIGNER", $"http://127.0.0.1:{port}")];
        using var signer = elsewhere.Start("signer", "--listen", $"127.0.0.1:{port}");
        _ = signer.StandardError.ReadToEndAsync();
        var (status, output, error) = (1, "", "");
        for (var attempt = 0; status != 0 && attempt < 40; attempt++)
        {
            (status, output, error) = await ledger.RunAsync(settings, "checkpoint", "--json");
        }

        Assert.True(status == 0, error);
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("size").GetInt64());
        Assert.False(Directory.Exists(Path.Combine(ledger.DataDirectory, "signer")));
        Assert.True(File.Exists(Path.Combine(elsewhere.DataDirectory, "signer", "keys.pem")));

        signer.Kill();
        await signer.WaitForExitAsync();
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
        (status, _, error) = await ledger.RunAsync(settings, "checkpoint");
        Assert.Equal(1, status);
        Assert.Contains("the signer cannot be reached", error, StringComparison.Ordinal);
        Assert.Equal(2, (await ledger.RunAsync([new("LEDGER_SIGNER", "nowhere")], "checkpoint")).Status);
    }

    [Fact]
    public async Task A_log_that_got_smaller_stops_publishing_and_health_tells_the_alarm()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        await service.WaitAsync("/health", (_, text) => text.Contains("\"size\":5", StringComparison.Ordinal));
        var note = await service.Http.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative));
        await Insider.RewriteAsync(database, events => events.Take(4));
        var health = await service.WaitAsync("/health", (response, _) => response.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Contains("alarm", health, StringComparison.Ordinal);
        Assert.Equal(note, await service.Http.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative)));

        // A service that is started under an alarm (here: of a signer with other keys) shows the last good checkpoint, too.
        using var signer = Signer.Open(Directory.CreateTempSubdirectory("ledger-signer-").FullName);
        await using var again = await TestLedger.OpenAsync(database.Ledger.Settings, NodaTime.SystemClock.Instance, signer);
        await using var restarted = await RunningService.StartAsync(again);
        Assert.Equal(note, await restarted.Http.GetStringAsync(new Uri("/log/checkpoint", UriKind.Relative)));
    }

    private static async Task SizeAsync(HttpClient http, long size)
    {
        for (var patience = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var health = JsonDocument
                .Parse(await (await http.GetAsync(new Uri("/health", UriKind.Relative))).Content.ReadAsStringAsync())
                .RootElement;
            if (health.GetProperty("checkpoint").TryGetProperty("size", out var published) && published.GetInt64() == size)
            {
                return;
            }

            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), health.ToString());
        }
    }

    /// <summary>The processes whose command line names the ledger's signer.</summary>
    private static List<Process> Signers(Command ledger) =>
        [
            .. Process
                .GetProcesses()
                .Where(p =>
                {
                    var path = $"/proc/{p.Id}/cmdline";
                    try
                    {
                        return File.Exists(path)
                            && File.ReadAllText(path) is var line
                            && line.Contains("signer", StringComparison.Ordinal)
                            && line.Contains(Path.Combine(ledger.DataDirectory, "signer"), StringComparison.Ordinal);
                    }
                    catch (IOException)
                    {
                        return false;
                    }
                }),
        ];

    private static async Task<bool> EndsAsync(Process process)
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(15); await Task.Delay(50))
        {
            if (!Directory.Exists($"/proc/{process.Id}"))
            {
                return true;
            }
        }

        return false;
    }
}
