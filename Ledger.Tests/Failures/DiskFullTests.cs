using System.Diagnostics;
using Ledger.Api.Hosting;
using Ledger.Api.Postgres;
using Ledger.EventStore;
using Ledger.EventStore.Verifying;
using Ledger.Tests.Support;
using NodaTime;
using Npgsql;

namespace Ledger.Tests.Failures;

/// <summary>A ledger whose tables lie on a small disk: a tmpfs, which only root may mount.</summary>
public sealed class DiskFullTests
{
    [RootFact]
    public async Task It_is_refused_clearly_nothing_of_the_batch_is_there_and_with_room_it_goes_on()
    {
        await using var server = await TestDatabase.CreateAsync();
        using var disk = new SmallDisk("12m", await OwnerAsync(server));
        var name = new NpgsqlConnectionStringBuilder(server.ConnectionString).Database;
        await server.ExecuteAsync($"create tablespace {name}_small location '{disk.Path}'");
        try
        {
            await server.ExecuteAsync($"create database {name}_full tablespace {name}_small");
            var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = $"{name}_full" }.ConnectionString;
            await using (var ledger = await LedgerRuntime.OpenAsync(connection, SystemClock.Instance, default))
            {
                var recorded = await FillAsync(ledger);
                disk.Resize("64m");
                var again = await ledger.Log.AppendAsync(Batch(recorded / 500), default);
                Assert.All(again, r => Assert.IsType<AppendResult.Recorded>(r));
                var verified = await new LogVerifier(ledger.Database).VerifyAsync(null, default);
                Assert.Equal((true, recorded + 500L), (verified.Ok, verified.Events));
            }

            NpgsqlConnection.ClearPool(new NpgsqlConnection(connection));
        }
        finally
        {
            await server.ExecuteAsync($"drop database if exists {name}_full with (force)");
            await server.ExecuteAsync($"drop tablespace {name}_small");
        }
    }

    /// <summary>Appends until the disk is full, and gives how many events were acknowledged.</summary>
    private static async Task<int> FillAsync(LedgerRuntime ledger)
    {
        for (var batch = 0; ; batch++)
        {
            try
            {
                Assert.All(await ledger.Log.AppendAsync(Batch(batch), default), r => Assert.IsType<AppendResult.Recorded>(r));
            }
            catch (LedgerException e)
            {
                Assert.Equal(ErrorCode.DiskFull, e.Code);
                Assert.Contains("make room", e.Message, StringComparison.Ordinal);
                Assert.True(batch > 0, "the disk was full before the first batch");
                Assert.Equal(batch * 500L, (await ledger.Log.Reader.HeadAsync(default)).Position);
                return batch * 500;
            }
        }
    }

    private static AppendEvent[] Batch(int batch) => [.. Enumerable.Range(0, 500).Select(i => new AppendEvent(
        "c", $"c/case/{i}", "case_dispatched", $"{batch}-{i}", "src", 1_700_000_000_000_000, "actor", null, null, System.Text.Encoding.UTF8.GetBytes($"{{\"note\":\"{new string('x', 500)}\"}}")))];

    private static async Task<string> OwnerAsync(TestDatabase server)
    {
        var directory = await server.ScalarAsync<string>("select current_setting('data_directory')");
        return Run("stat", "-c", "%u:%g", directory).Trim();
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }

    private sealed class SmallDisk : IDisposable
    {
        public SmallDisk(string size, string owner)
        {
            Directory.CreateDirectory(Path);
            Run("mount", "-t", "tmpfs", "-o", $"size={size},mode=0700", "tmpfs", Path);
            Run("chown", owner, Path);
        }

        public string Path { get; } = $"/tmp/ledger-small-disk-{Environment.ProcessId}";

        public void Resize(string size) => Run("mount", "-o", $"remount,size={size}", Path);

        public void Dispose()
        {
            Run("umount", "-l", Path);
            Directory.Delete(Path);
        }
    }

    /// <summary>Needs root, a mount, and a PostgreSQL on this machine.</summary>
    private sealed class RootFactAttribute : FactAttribute
    {
        public RootFactAttribute() => Skip =
            !Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux() ? "only root may mount a small disk"
            : Environment.GetEnvironmentVariable("ConnectionStrings__Ledger") is { Length: > 0 } ? "the server of ConnectionStrings__Ledger may stand on another machine"
            : CanMount() ? null : "this machine lets nobody mount a small disk";

        private static bool CanMount()
        {
            try
            {
                Run("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt");
                return true;
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
