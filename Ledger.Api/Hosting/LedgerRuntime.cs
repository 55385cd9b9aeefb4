using Ledger.Api.Postgres;
using Ledger.Domain.Json;
using Ledger.EventStore;
using Ledger.EventStore.Appending;
using Ledger.EventStore.Reading;
using Ledger.Projections.Differences;
using Ledger.Projections.Findings;
using Ledger.Projections.Rankings;
using Ledger.Projections.Statements;
using Ledger.Projections.Traces;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Hosting;

/// <summary>
/// An open ledger: its database (embedded or a server's, migrated), the log and the read side. Every command and the
/// service work through one of these; disposing it leaves the database as it should be left.
/// </summary>
public sealed class LedgerRuntime : IAsyncDisposable
{
    private readonly EmbeddedCluster? cluster;

    private LedgerRuntime(EmbeddedCluster? cluster, NpgsqlDataSource database, IClock clock)
    {
        this.cluster = cluster;
        Database = database;
        Clock = clock;
        Log = new EventLog(database, () => Instants.ToMicroseconds(clock.GetCurrentInstant()));
        Statements = new StatementProjection(database, Log.Reader);
        Read = new StatementReader(database, Log.Reader, Statements);
        Findings = new FindingReader(Log.Reader);
        Rankings = new RankingReader(Log.Reader);
        Differences = new DifferenceReader(Log.Reader);
        Traces = new TraceReader(Log.Reader);
    }

    /// <summary>The database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>The clock that the log records by.</summary>
    public IClock Clock { get; }

    /// <summary>The log.</summary>
    public EventLog Log { get; }

    /// <summary>What keeps the statements up to date.</summary>
    public StatementProjection Statements { get; }

    /// <summary>Statements, deductions and contracts.</summary>
    public StatementReader Read { get; }

    /// <summary>Findings.</summary>
    public FindingReader Findings { get; }

    /// <summary>Rankings.</summary>
    public RankingReader Rankings { get; }

    /// <summary>What changed between two moments.</summary>
    public DifferenceReader Differences { get; }

    /// <summary>Where a deduction comes from.</summary>
    public TraceReader Traces { get; }

    /// <summary>Opens the ledger that the settings name; <paramref name="say"/> is told what is being done, for people.</summary>
    public static async Task<LedgerRuntime> OpenAsync(LedgerSettings settings, IClock clock, Action<string> say, CancellationToken cancel)
    {
        EmbeddedCluster? cluster = null;
        try
        {
            cluster = settings.ConnectionString is null ? await EmbeddedCluster.OpenAsync(settings.DataDirectory, say, cancel) : null;
            return await OpenAsync(settings.ConnectionString ?? cluster!.ConnectionString, clock, cluster, cancel);
        }
        catch (Exception e)
        {
            cluster?.Dispose();
            throw e is NpgsqlException or ArgumentException or FormatException
                ? new LedgerException(ErrorCode.DatabaseUnreachable, $"the database cannot be reached: {e.Message}; check ConnectionStrings__Ledger", e)
                : e;
        }
    }

    /// <summary>Opens a ledger in a database that exists.</summary>
    public static Task<LedgerRuntime> OpenAsync(string connectionString, IClock clock, CancellationToken cancel) =>
        OpenAsync(connectionString, clock, null, cancel);

    /// <summary>
    /// The ledger's own time: the clock's, or the last recorded time where the clock lies before it. What happened later
    /// than five minutes after it is not recorded.
    /// </summary>
    public async Task<Instant> NowAsync(CancellationToken cancel)
    {
        var head = await Log.Reader.HeadAsync(cancel);
        var now = Clock.GetCurrentInstant();
        return head.RecordedAt is { } last ? Instant.Max(now, Instant.FromUnixTimeTicks(last * 10)) : now;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Findings.Dispose();
        await Log.DisposeAsync();
        await Database.DisposeAsync();
        cluster?.Dispose();
    }

    private static async Task<LedgerRuntime> OpenAsync(string connectionString, IClock clock, EmbeddedCluster? cluster, CancellationToken cancel)
    {
        // No session keeps a state: a connection need not be reset, which is a round trip's worth, before its next use.
        var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true });
        try
        {
            await Migrator.ApplyAsync(database, typeof(EventLog).Assembly, cancel);
            await Migrator.ApplyAsync(database, typeof(StatementProjection).Assembly, cancel);
            return new LedgerRuntime(cluster, database, clock);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Where the ledger is.</summary>
/// <param name="DataDirectory">Holds the embedded cluster; unused with a connection string.</param>
/// <param name="ConnectionString">A real server; null for the embedded one.</param>
public sealed record LedgerSettings(string DataDirectory, string? ConnectionString)
{
    /// <summary>
    /// From <c>LEDGER_DATA</c> and <c>ConnectionStrings__Ledger</c> (or appsettings.json). By default the data is in the
    /// user's local share, root's in <c>/var/lib/ledger</c>, which an unprivileged PostgreSQL can reach.
    /// </summary>
    public static LedgerSettings From(IConfiguration configuration)
    {
        var directory = configuration["LEDGER_DATA"];
        if (string.IsNullOrWhiteSpace(directory))
        {
            directory = !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess
                ? "/var/lib/ledger"
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "ledger");
        }

        var connection = configuration.GetConnectionString("Ledger");
        return new LedgerSettings(Path.GetFullPath(directory), string.IsNullOrWhiteSpace(connection) ? null : connection);
    }
}

/// <summary>A clock that runs ahead of another: for a demo year that the machine's clock has not reached.</summary>
public sealed class AheadClock(IClock clock, Duration by) : IClock
{
    /// <inheritdoc/>
    public Instant GetCurrentInstant() => clock.GetCurrentInstant() + by;
}
