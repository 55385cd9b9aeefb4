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
    private static readonly Lazy<Task<string>> Server = new(ServerAsync);
    private static readonly Lazy<Task<string>> Empty = new(() => TemplateAsync("empty", _ => Task.CompletedTask));
    private static readonly Lazy<Task<string>> Registered = new(() => TemplateAsync("registered", Ledgers.RegisterAllAsync));
    private static readonly Lazy<Task<string>> Demo = new(() => TemplateAsync("demo", Ledgers.RecordDemoAsync, Ledgers.DemoClock));
    private static int number;

    private TestDatabase(string connectionString, TestLedger ledger) => (ConnectionString, Ledger) = (connectionString, ledger);

    public string ConnectionString { get; }

    public TestLedger Ledger { get; }

    public static async Task<TestDatabase> CreateAsync(IClock? clock = null) => await CopyAsync(await Empty.Value, clock);

    /// <summary>One in which the five contracts were registered, in October 2025, as its first events.</summary>
    public static async Task<TestDatabase> RegisteredAsync(IClock? clock = null) => await CopyAsync(await Registered.Value, clock);

    /// <summary>One with a demo's year of 120 cases a month, its people as users, and read models that have caught up.</summary>
    public static async Task<TestDatabase> DemoAsync() => await CopyAsync(await Demo.Value, Ledgers.DemoClock);

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
        await ExecuteAsync(await Server.Value, $"drop database {name} with (force)");
    }

    private static async Task<TestDatabase> CopyAsync(string template, IClock? clock)
    {
        var server = await Server.Value;
        var name = $"ledger_test_{Environment.ProcessId}_{Interlocked.Increment(ref number)}";
        await ExecuteAsync(server, $"create database {name} template {template}");
        var connection = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 }.ConnectionString;
        return new TestDatabase(connection, await OpenAsync(connection, clock));
    }

    private static async Task<string> ServerAsync()
    {
        var server = Environment.GetEnvironmentVariable("ConnectionStrings__Ledger");
        if (!string.IsNullOrEmpty(server))
        {
            return server;
        }

        var cluster = await EmbeddedCluster.OpenAsync(Directory, _ => { }, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            cluster.Dispose();
            System.IO.Directory.Delete(Directory, recursive: true);
        };
        return EmbeddedCluster.ConnectionStringOf(Directory, "postgres");
    }

    private static async Task<string> TemplateAsync(string name, Func<TestLedger, Task> fill, IClock? clock = null)
    {
        var server = await Server.Value;
        var template = $"ledger_test_{name}_{Environment.ProcessId}";
        await ExecuteAsync(server, $"create database {template}");
        var connection = new NpgsqlConnectionStringBuilder(server) { Database = template }.ConnectionString;
        await using (var ledger = await OpenAsync(connection, clock ?? new SetClock("2025-10-01T00:00:00Z")))
        {
            await fill(ledger);
        }

        NpgsqlConnection.ClearPool(new NpgsqlConnection(connection));
        return template;
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
