using System.Diagnostics;
using Ledger.Api.Postgres;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Evidence.Verification;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using Npgsql;

namespace Ledger.Tests.Failures;

/// <summary>A ledger whose tables lie on a small disk: a tmpfs, which only root may mount.</summary>
public sealed class DiskFullTests
{
    [RootFact]
    public async Task It_is_refused_clearly_nothing_of_the_batch_is_there_and_with_room_it_goes_on()
    {
        // A cluster of its own: while its disk is full, no checkpoint of it succeeds.
        using var command = new Command();
        using var cluster = await EmbeddedCluster.OpenAsync(command.DataDirectory, _ => { }, default);
        using var disk = new SmallDisk("12m", Run("stat", "-c", "%u:%g", Path.Combine(command.DataDirectory, "cluster")).Trim());
        await ExecuteAsync(command, $"create tablespace small location '{disk.Path}'");
        await ExecuteAsync(command, "create database small tablespace small");
        await using (var ledger = await TestDatabase.OpenAsync(EmbeddedCluster.ConnectionStringOf(command.DataDirectory, "small")))
        {
            var recorded = await FillAsync(ledger);
            disk.Resize("64m");
            var again = await ledger.Facts.RecordAsync(Batch(recorded / 500), default);
            Assert.All(again, r => Assert.IsType<AppendResult.Recorded>(r));
            var verified = await new LogVerifier(ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
            Assert.Equal((true, recorded + 500L), (verified.Ok, verified.Events));
        }

        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(command, "drop database small with (force)");
        await ExecuteAsync(command, "drop tablespace small");
    }

    private static async Task ExecuteAsync(Command command, string sql)
    {
        await using var connection = new NpgsqlConnection(
            EmbeddedCluster.ConnectionStringOf(command.DataDirectory, "postgres") + ";Pooling=false"
        );
        await connection.OpenAsync();
        await using var execute = new NpgsqlCommand(sql, connection);
        await execute.ExecuteNonQueryAsync();
    }

    /// <summary>Appends until the disk is full, and gives how many events were acknowledged.</summary>
    private static async Task<int> FillAsync(TestLedger ledger)
    {
        for (var batch = 0; ; batch++)
        {
            try
            {
                Assert.All(await ledger.Facts.RecordAsync(Batch(batch), default), r => Assert.IsType<AppendResult.Recorded>(r));
            }
            catch (LedgerException e)
            {
                Assert.True(e.Code == ErrorCode.DiskFull, e.ToString());
                Assert.Contains("make room", e.Message, StringComparison.Ordinal);
                Assert.True(batch > 0, "the disk was full before the first batch");
                Assert.Equal(batch * 500L, (await ledger.Log.HeadAsync(default)).Position);
                return batch * 500;
            }
        }
    }

    private static NewEvent[] Batch(int batch) => [.. Fact.Many(500, cases: 500, prefix: $"{batch}", unit: new string('x', 500))];

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
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
        public RootFactAttribute() =>
            Skip =
                !Environment.IsPrivilegedProcess || !OperatingSystem.IsLinux() ? "only root may mount a small disk"
                : CanMount() ? null
                : "this machine lets nobody mount a small disk";

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
