using System.Net;
using System.Text.Json;
using Ledger.Tests.Support;

namespace Ledger.Tests.Processes;

/// <summary>The program as a process, from an empty directory.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task A_sample_is_imported_assessed_and_verified_from_an_empty_directory()
    {
        using var ledger = new Command();
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
        await ledger.JsonAsync("import", Path.Combine("Samples", "gaomidian-first-quarter.ndjson"));
        await ledger.JsonAsync("assess", "gaomidian-2025", "--as-of", "2026-02-10T23:59:59+08:00");
        var (status, output, error) = await ledger.RunAsync("statement", "gaomidian-2025", "--period", "1");
        Assert.Equal((0, ""), (status, error));
        Assert.Contains("1,062,800.00", output, StringComparison.Ordinal);
        Assert.True((await ledger.JsonAsync("verify")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_bundle_overwrites_a_file_only_where_that_is_asked_for()
    {
        using var ledger = new Command();
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
        var file = Path.Combine(ledger.DataDirectory, "evidence.bundle");
        await File.WriteAllTextAsync(file, "somebody's");
        var (status, _, error) = await ledger.RunAsync("export", "gaomidian-2025", "--out", file);
        Assert.Equal((2, "somebody's"), (status, await File.ReadAllTextAsync(file)));
        Assert.Contains("--overwrite", error, StringComparison.Ordinal);
        await ledger.JsonAsync("export", "gaomidian-2025", "--out", file, "--overwrite");
        Assert.True((await ledger.JsonAsync("verify-bundle", file)).GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("LEDGER_DATA", "/proc/nowhere")]
    [InlineData("LEDGER_DATA", "/etc/passwd")]
    [InlineData("ConnectionStrings__Ledger", "garbage")]
    [InlineData("ConnectionStrings__Ledger", "Host=127.0.0.1;Port=1;Username=x;Database=x")]
    public async Task A_database_that_cannot_be_had_is_status_4_and_one_line(string setting, string value)
    {
        using var ledger = new Command();
        var (status, output, error) = await ledger.RunAsync([new KeyValuePair<string, string>(setting, value)], "contracts", "list");
        Assert.Equal((4, ""), (status, output));
        Assert.StartsWith("ledger: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_with_spaces_commas_quotes_and_Chinese_characters_works()
    {
        using var ledger = new Command(Path.Combine("/tmp", $"ledger 数据, \"x\" {Environment.ProcessId}"));
        Assert.Equal(0, (await ledger.JsonAsync("contracts", "list")).GetArrayLength());
    }

    [Fact]
    public async Task A_port_that_another_program_holds_is_one_line_without_an_alarm_before_it()
    {
        using var ledger = new Command();
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var urls = $"http://{other.LocalEndpoint}";
        var (status, _, error) = await ledger.RunAsync("serve", "--urls", urls);
        Assert.Equal(2, status);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("creating a PostgreSQL", lines[0], StringComparison.Ordinal);
        Assert.Equal($"ledger: --urls {urls}: Failed to bind to address {urls}: address already in use.", Assert.Single(lines[1..]));
    }

    [Fact]
    public async Task A_second_service_on_one_data_directory_ends_with_status_4_and_a_command_attaches()
    {
        using var ledger = new Command();
        var (service, http) = await ledger.ServeAsync();
        using (service)
        using (http)
        {
            var (status, _, error) = await ledger.RunAsync("serve", "--urls", "http://127.0.0.1:0");
            Assert.Equal(4, status);
            Assert.Contains("another service holds", error, StringComparison.Ordinal);

            await ledger.JsonAsync(["contracts", "register", Path.Combine("contracts", "gaomidian-2025.json")]);
            Assert.Equal(
                4,
                JsonDocument
                    .Parse(await http.GetStringAsync(new Uri("/api/contracts/gaomidian-2025/statements", UriKind.Relative)))
                    .RootElement.GetArrayLength()
            );
            var missing = await http.GetAsync(new Uri("/api/contracts/nobody/statements/1", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
            Assert.Equal("application/problem+json", missing.Content.Headers.ContentType?.MediaType);
            Assert.Contains("urn:ledger:error:contract-unknown", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            foreach (
                var (path, expected) in new[]
                {
                    ("/api/contracts/gaomidian-2025/statements?position=abc", 400),
                    ("/api/contracts/gaomidian-2025/statements?asOf=yesterday", 400),
                    ("/nowhere", 404),
                }
            )
            {
                var wrong = await http.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal((expected, "application/problem+json"), ((int)wrong.StatusCode, wrong.Content.Headers.ContentType?.MediaType));
            }

            await StopAsync(service);
        }

        Assert.Equal(1, (await ledger.JsonAsync("contracts", "list")).GetArrayLength());
    }

    [Fact]
    public async Task A_demo_refuses_a_ledger_that_holds_real_events()
    {
        using var ledger = new Command();
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "anding-2023.json"));
        foreach (var arguments in new[] { new[] { "demo", "--no-serve" }, ["demo", "--no-serve", "--fresh"] })
        {
            var (status, _, error) = await ledger.RunAsync(arguments);
            Assert.Equal(1, status);
            Assert.Contains("holds real events", error, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await ledger.JsonAsync("verify")).GetProperty("events").GetInt64());
    }

    private static async Task StopAsync(System.Diagnostics.Process process)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", process.Id.ToString()]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
