using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Errors;
using Npgsql;

namespace Ledger.Api.Postgres;

/// <summary>
/// A PostgreSQL cluster of our own in the data directory. The first process that needs it starts it, others attach, the
/// last one out stops it. It listens on a Unix socket only (loopback on Windows), and is sent SIGINT, PostgreSQL's fast
/// shutdown, when the process that started it is killed.
/// </summary>
public sealed class EmbeddedCluster : IDisposable
{
    private const int ShutdownSeconds = 120;

    private readonly string dataDirectory;
    private readonly PostgresBinaries binaries;
    private readonly UserAndGroup? user;
    private readonly Action<string> say;
    private FileStream? use;
    private PostgresServer? server;

    private EmbeddedCluster(string dataDirectory, PostgresBinaries binaries, UserAndGroup? user, FileStream use, Action<string> say)
    {
        this.dataDirectory = dataDirectory;
        this.binaries = binaries;
        this.user = user;
        this.use = use;
        this.say = say;
    }

    /// <summary>How to connect to the ledger's database in it.</summary>
    public string ConnectionString => ConnectionStringOf(dataDirectory, "ledger");

    /// <summary>How to connect to any database of the cluster under a data directory.</summary>
    public static string ConnectionStringOf(string dataDirectory, string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = OperatingSystem.IsWindows() ? "127.0.0.1" : SocketDirectory(dataDirectory),
            Port = Port(dataDirectory),
            Username = "ledger",
            Database = database,
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timeout = 15,
            CommandTimeout = 0,
            IncludeErrorDetail = true,
        }.ConnectionString;

    /// <summary>Starts the cluster, or attaches to the one that runs; creates both cluster and database where missing.</summary>
    public static async Task<EmbeddedCluster> OpenAsync(string dataDirectory, Action<string> say, CancellationToken cancel)
    {
        try
        {
            ServerUser.CreateReachable(dataDirectory);
            return await OpenReachableAsync(dataDirectory, say, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                ErrorCode.DatabaseUnreachable,
                $"the data directory {dataDirectory} cannot be used: {e.Message}; set LEDGER_DATA to another",
                e
            );
        }
    }

    private static async Task<EmbeddedCluster> OpenReachableAsync(string dataDirectory, Action<string> say, CancellationToken cancel)
    {
        var user = ServerUser.Of(dataDirectory, Home(dataDirectory));
        await using var starting = await FileLock.ExclusiveAsync(Path.Combine(dataDirectory, "start.lock"), cancel);
        var use = FileLock.Shared(Path.Combine(dataDirectory, "use.lock"));
        try
        {
            var versionFile = Path.Combine(Home(dataDirectory), "PG_VERSION");
            var major = File.Exists(versionFile)
                ? int.Parse((await File.ReadAllTextAsync(versionFile, cancel)).Trim().Split('.')[0])
                : (int?)null;
            var binaries =
                PostgresBinaries.Find(dataDirectory, major)
                ?? (
                    major is null
                        ? PostgresBinaries.Fetch(dataDirectory, say)
                        : throw new LedgerException(
                            ErrorCode.DatabaseUnreachable,
                            $"the data directory holds a PostgreSQL {major} cluster, and no PostgreSQL {major} is on this machine: "
                                + "install it"
                        )
                );
            var cluster = new EmbeddedCluster(dataDirectory, binaries, user, use, say);
            await cluster.StartAsync(cancel);
            await cluster.CreateDatabaseAsync(cancel);
            return cluster;
        }
        catch
        {
            await use.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Leaves the cluster; the last one out stops it and waits until it has shut down. Whoever started it stays until the
    /// others have left, since it goes down with its parent.
    /// </summary>
    public void Dispose()
    {
        if (use is null)
        {
            return;
        }

        NpgsqlConnection.ClearAllPools();
        use.Dispose();
        use = null;
        for (var told = false; !TryStop() && server is not null; Thread.Sleep(100))
        {
            if (!told)
            {
                say("waiting for other ledger commands to finish with the database");
                told = true;
            }
        }
    }

    private bool TryStop()
    {
        using var starting = FileLock.Exclusive(Path.Combine(dataDirectory, "start.lock"));
        using var last = FileLock.TryExclusive(Path.Combine(dataDirectory, "use.lock"));
        if (last is null)
        {
            return false;
        }

        server?.Leave();
        Subprocess.Run(
            binaries.Path("pg_ctl"),
            ["stop", "-D", Home(dataDirectory), "-m", "fast", "-w", "-t", ShutdownSeconds.ToString()],
            WorkingDirectory,
            user
        );
        return true;
    }

    private static string WorkingDirectory => OperatingSystem.IsWindows() ? Environment.SystemDirectory : "/";

    private static string Home(string dataDirectory) => Path.Combine(dataDirectory, "cluster");

    /// <summary>
    /// A socket's path holds at most 107 bytes, and both PostgreSQL and its driver take a comma for the end of a host: where
    /// the data directory's path is long or odd, the socket stands under the temporary directory.
    /// </summary>
    private static string SocketDirectory(string dataDirectory)
    {
        var inside = Path.Combine(dataDirectory, "socket");
        return Encoding.UTF8.GetByteCount(inside) + "/.s.PGSQL.5432.lock".Length <= 107 && !inside.AsSpan().ContainsAny(",\"'\\")
            ? inside
            : Path.Combine("/tmp", "ledger-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory)))[..16]);
    }

    private static int Port(string dataDirectory) =>
        OperatingSystem.IsWindows()
            ? 20_000 + (BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory))) % 20_000)
            : 5432;

    private async Task StartAsync(CancellationToken cancel)
    {
        if (await TryConnectAsync(cancel) || await WaitForOldServerAsync(cancel))
        {
            return;
        }

        if (!File.Exists(Path.Combine(Home(dataDirectory), "PG_VERSION")))
        {
            Initialise();
        }

        OwnedDirectory(SocketDirectory(dataDirectory));
        var log = Path.Combine(dataDirectory, "postgresql.log");
        server = Launch(log);
        for (var patience = Stopwatch.StartNew(); !await TryConnectAsync(cancel); )
        {
            if (server.HasExited && await WaitForOldServerAsync(cancel))
            {
                // Another process, whose server was killed, was quicker to start one.
                server = null;
                return;
            }

            if (server.HasExited || patience.Elapsed > TimeSpan.FromSeconds(ShutdownSeconds))
            {
                throw new LedgerException(
                    ErrorCode.DatabaseUnreachable,
                    $"PostgreSQL did not start; its last words, from {log}: {Tail(log)}"
                );
            }

            await Task.Delay(50, cancel);
        }

        server.Keep(() => TryConnectAsync(CancellationToken.None).GetAwaiter().GetResult());
    }

    /// <summary>
    /// A pid file is left by a server that was killed, or that is still shutting down after its parent was: a live one of
    /// ours gets the time to finish, a dead one's file PostgreSQL takes over by itself. True where it answers after all.
    /// </summary>
    private async Task<bool> WaitForOldServerAsync(CancellationToken cancel)
    {
        var pidFile = Path.Combine(Home(dataDirectory), "postmaster.pid");
        var told = false;
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(ShutdownSeconds); await Task.Delay(100, cancel))
        {
            var first = File.Exists(pidFile) ? (await File.ReadAllLinesAsync(pidFile, cancel)).FirstOrDefault() : null;
            if (!int.TryParse(first, out var pid) || !IsOurServer(pid))
            {
                return false;
            }

            if (await TryConnectAsync(cancel))
            {
                return true;
            }

            if (!told)
            {
                say($"waiting for the PostgreSQL of an earlier run (process {pid}) to shut down");
                told = true;
            }
        }

        throw new LedgerException(
            ErrorCode.DatabaseUnreachable,
            $"an earlier PostgreSQL in {Home(dataDirectory)} neither answers nor ends: stop it and start again"
        );
    }

    private bool IsOurServer(int pid)
    {
        try
        {
            // A recycled pid belongs to some other program, or to a server of another directory.
            return OperatingSystem.IsLinux()
                ? Path.GetFileName(File.ResolveLinkTarget($"/proc/{pid}/exe", false)?.FullName ?? "")
                    .StartsWith("postgres", StringComparison.Ordinal)
                    && File.ResolveLinkTarget($"/proc/{pid}/cwd", false)?.FullName == Home(dataDirectory)
                : Process.GetProcessById(pid).ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Initialise()
    {
        say($"creating a PostgreSQL {binaries.Major} cluster in {Home(dataDirectory)}");
        OwnedDirectory(Home(dataDirectory));
        var made = Subprocess.Run(
            binaries.Path("initdb"),
            ["-D", Home(dataDirectory), "-U", "ledger", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"],
            WorkingDirectory,
            user
        );
        if (made.ExitCode != 0)
        {
            throw new LedgerException(ErrorCode.DatabaseUnreachable, $"initdb failed: {made.Output.ReplaceLineEndings(" ")}");
        }
    }

    private PostgresServer Launch(string log)
    {
        string[] arguments =
        [
            "-D",
            Home(dataDirectory),
            "-c",
            OperatingSystem.IsWindows() ? "listen_addresses=127.0.0.1" : "listen_addresses=",
            "-c",
            $"port={Port(dataDirectory)}",
            "-c",
            $"unix_socket_directories={(OperatingSystem.IsWindows() ? "" : SocketDirectory(dataDirectory))}",
            "-c",
            "unix_socket_permissions=0700",
            "-c",
            "shared_buffers=256MB",
            "-c",
            "max_wal_size=2GB",
            "-c",
            "max_connections=200",
            // A year comes in seconds: without its statistics PostgreSQL reads the rest of the log for every page that a projection takes.
            "-c",
            "autovacuum_naptime=10s",
        ];
        return PostgresServer.Start(
            Subprocess.StartInfo(
                binaries.Path("postgres"),
                arguments,
                WorkingDirectory,
                user,
                deathSignal: OperatingSystem.IsLinux() && Subprocess.Exists("setpriv"),
                redirect: true
            ),
            log,
            say
        );
    }

    private void OwnedDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (user is not null)
        {
            Subprocess.Run("chown", [$"{user.User}:{user.Group}", path], WorkingDirectory, asUser: null);
        }
    }

    private async Task<bool> TryConnectAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionStringOf(dataDirectory, "postgres") + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(cancel);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringOf(dataDirectory, "postgres") + ";Pooling=false");
        await connection.OpenAsync(cancel);
        await using var find = new NpgsqlCommand("select 1 from pg_database where datname = 'ledger'", connection);
        if (await find.ExecuteScalarAsync(cancel) is null)
        {
            await using var create = new NpgsqlCommand("create database ledger", connection);
            await create.ExecuteNonQueryAsync(cancel);
        }
    }

    private static string Tail(string file) => File.Exists(file) ? string.Join(" | ", File.ReadLines(file).TakeLast(3)) : "(none)";
}
