using System.Text.Json;
using Ledger.Api.Postgres;
using Ledger.Tests.Support;

namespace Ledger.Tests.Processes;

/// <summary>A backup is the whole database as one file; a restored one is the log of then, and knows that it is not the last.</summary>
public sealed class BackupTests
{
    [DumpFact]
    public async Task A_restored_backup_is_verified_and_refuses_to_be_signed_over_the_longer_past_that_was()
    {
        using var ledger = new Command();
        var file = Path.Combine(ledger.DataDirectory, "backup");
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
        await ledger.JsonAsync("checkpoint");
        var backup = await ledger.JsonAsync("db", "backup", file);
        Assert.Equal(1, backup.GetProperty("position").GetInt64());
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "anding-2023.json"));
        await ledger.JsonAsync("checkpoint");

        // Into a ledger that holds events: refused, and nothing is lost.
        var (status, _, error) = await ledger.RunAsync("db", "restore", file);
        Assert.Equal(1, status);
        Assert.StartsWith("ledger: the database holds 2 events: restore into an empty one", error, StringComparison.Ordinal);

        // The disk with the cluster is lost, the data directory beside it is not.
        Directory.Delete(Path.Combine(ledger.DataDirectory, "cluster"), recursive: true);
        Assert.Equal(1, (await ledger.JsonAsync("db", "restore", file)).GetProperty("position").GetInt64());
        Assert.Contains("gaomidian-2025", (await ledger.JsonAsync("contracts", "list")).ToString(), StringComparison.Ordinal);

        (status, _, error) = await ledger.RunAsync("checkpoint");
        Assert.Equal(1, status);
        Assert.Contains("the log of size 1 does not extend the checkpoint of size 2", error, StringComparison.Ordinal);
        (status, var output, _) = await ledger.RunAsync("verify", "--json");
        Assert.Equal((1, false), (status, JsonDocument.Parse(output).RootElement.GetProperty("ok").GetBoolean()));
        Assert.True((await ledger.JsonAsync("db", "assert")).GetProperty("ok").GetBoolean());
    }

    [DumpFact]
    public async Task A_backup_restores_into_another_ledger_with_all_that_it_held()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var empty = await TestDatabase.CreateAsync();
        using var ledger = new Shell(database);
        using var other = new Shell(empty);
        await ledger.JsonAsync("contracts", "register", Path.Combine("contracts", "gaomidian-2025.json"));
        await ledger.JsonAsync("user", "add", "finance-01", "--role", "finance", "--actor", "administrator");
        var file = Path.Combine(ledger.Files, "backup");
        await ledger.JsonAsync("db", "backup", file);
        var (status, _, error) = await ledger.RunAsync("db", "backup", file);
        Assert.Equal(2, status);
        Assert.Contains("the file exists already", error, StringComparison.Ordinal);
        foreach (
            var command in (string[][])
                [
                    ["db", "backup"],
                    ["export", "gaomidian-2025", "--out"],
                ]
        )
        {
            (status, _, error) = await ledger.RunAsync([.. command, "/nowhere/file"]);
            Assert.Equal(3, status);
            Assert.StartsWith("ledger: /nowhere/file.new cannot be written", error, StringComparison.Ordinal);
        }

        (status, _, error) = await other.RunAsync("db", "restore", Path.Combine(AppContext.BaseDirectory, "contracts", "anding-2023.json"));
        Assert.Equal(1, status);
        Assert.Contains("pg_restore ended with 1", error, StringComparison.Ordinal);
        Assert.Empty((await other.JsonAsync("contracts", "list")).EnumerateArray());
        await other.JsonAsync("db", "restore", file);

        var verified = await other.JsonAsync("verify");
        Assert.Equal((true, 2), (verified.GetProperty("ok").GetBoolean(), verified.GetProperty("events").GetInt32()));
        Assert.Equal("finance-01", (await other.JsonAsync("user", "list"))[0].GetProperty("user").GetString());
        await other.JsonAsync("contracts", "register", Path.Combine("contracts", "anding-2023.json"));
    }

    private sealed class DumpFactAttribute : FactAttribute
    {
        public DumpFactAttribute() =>
            Skip = PostgresBinaries.FindClient("pg_dump", "/nowhere", 1) is null
                ? "PostgreSQL's client programs are not on this machine; .ci/run installs them"
                : null;
    }
}
