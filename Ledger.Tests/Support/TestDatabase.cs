using Ledger.Api.Hosting;
using Ledger.Api.Postgres;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace Ledger.Tests.Support;

/// <summary>
/// A fresh, migrated database on the cluster that all tests share. The cluster is our own embedded one, in a temporary
/// directory, started by the first test that needs it and stopped with the run; or ConnectionStrings__Ledger's server.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly string Directory = Path.Combine("/tmp", $"ledger-tests-{Environment.ProcessId}");
    private static readonly Lazy<Task<string>> Template = new(PrepareAsync);
    private static int number;

    private TestDatabase(string connectionString, TestLedger ledger) => (ConnectionString, Ledger) = (connectionString, ledger);

    public string ConnectionString { get; }

    public TestLedger Ledger { get; }

    public static async Task<TestDatabase> CreateAsync(IClock? clock = null)
    {
        var server = await Template.Value;
        var name = $"ledger_test_{Environment.ProcessId}_{Interlocked.Increment(ref number)}";
        await ExecuteAsync(server, $"create database {name} template ledger_test_template_{Environment.ProcessId}");
        var connection = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 }.ConnectionString;
        return new TestDatabase(connection, await OpenAsync(connection, clock));
    }

    /// <summary>Opens another runtime on a database, with a data directory and a signer of its own in this process.</summary>
    public static Task<TestLedger> OpenAsync(string connectionString, IClock? clock = null)
    {
        var data = System.IO.Directory.CreateDirectory(Path.Combine(Directory, $"data-{Interlocked.Increment(ref number)}")).FullName;
        return TestLedger.OpenAsync(
            new LedgerSettings(data, connectionString),
            clock ?? SystemClock.Instance,
            Signer.Open(DataFiles.Signer(data))
        );
    }

    /// <summary>Runs SQL as somebody with full rights who wants to get past the triggers.</summary>
    public Task TamperAsync(string sql) => ExecuteAsync(ConnectionString, "set session_replication_role = replica; " + sql);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The data of the one event that a condition names, in canonical form.</summary>
    public async Task<string> DataAsync(string where) =>
        System.Text.Encoding.UTF8.GetString(
            CanonicalJson.Of(
                System.Text.Encoding.UTF8.GetBytes(await ScalarAsync<string>($"select data::text from ledger.mt_events where {where}"))
            )
        );

    public Task ExecuteAsync(string sql) => ExecuteAsync(ConnectionString, sql);

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        var name = new NpgsqlConnectionStringBuilder(ConnectionString).Database;
        await ExecuteAsync(await Template.Value, $"drop database {name} with (force)");
    }

    private static async Task<string> PrepareAsync()
    {
        var server = Environment.GetEnvironmentVariable("ConnectionStrings__Ledger");
        if (string.IsNullOrEmpty(server))
        {
            var cluster = await EmbeddedCluster.OpenAsync(Directory, _ => { }, CancellationToken.None);
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            {
                cluster.Dispose();
                System.IO.Directory.Delete(Directory, recursive: true);
            };
            server = EmbeddedCluster.ConnectionStringOf(Directory, "postgres");
        }

        var template = $"ledger_test_template_{Environment.ProcessId}";
        await ExecuteAsync(server, $"create database {template}");
        var connection = new NpgsqlConnectionStringBuilder(server) { Database = template }.ConnectionString;
        await (await OpenAsync(connection)).DisposeAsync();
        return server;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>A clock that a test sets.</summary>
public sealed class SetClock(string at) : IClock
{
    public Instant Now { get; set; } = InstantPattern.ExtendedIso.Parse(at).Value;

    public Instant GetCurrentInstant() => Now;
}
