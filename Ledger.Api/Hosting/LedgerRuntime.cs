using Ledger.Api.Postgres;
using Ledger.Api.Signing;
using Ledger.Domain.Errors;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Findings;
using Ledger.Projections.Payables;
using Ledger.Projections.Personal;
using Ledger.Projections.Rankings;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Hosting;

/// <summary>
/// An open ledger: its database (embedded or a server's, with its schema), the Marten store and the read side. Every command and
/// the service work through one of these; disposing it leaves the database as it should be left.
/// </summary>
public sealed class LedgerRuntime : IAsyncDisposable
{
    private readonly EmbeddedCluster? cluster;
    private readonly ISigner signer;
    private readonly string connectionString;

    private LedgerRuntime(EmbeddedCluster? cluster, string connectionString, NpgsqlDataSource database, IClock clock, string dataDirectory, ISigner signer, Witness? witness)
    {
        (this.cluster, this.connectionString, this.signer, DataDirectory) = (cluster, connectionString, signer, dataDirectory);
        Database = database;
        Clock = clock;
        Store = LedgerStore.Open(database, clock);
        Facts = new FactWriter(database, clock);
        Log = new LogReader(database);
        Accounts = new AccountReader(database, Store);
        Read = new StatementReader(Accounts);
        Payables = new PayableReader(Accounts);
        Findings = new FindingReader(database, Log);
        Rankings = new RankingReader(Log);
        Differences = new DifferenceReader(Log);
        Traces = new TraceReader(database, Log);
        Personal = new PersonalStore(new PersonalKeys(DataFiles.Personal(dataDirectory)));
        Checkpoints = new CheckpointPublisher(database, signer, new CheckpointFile(DataFiles.Checkpoints(dataDirectory)), DataFiles.Policy(dataDirectory), witness);
    }

    /// <summary>Where the checkpoint file, the signer and its keys are.</summary>
    public string DataDirectory { get; }

    /// <summary>The database.</summary>
    public NpgsqlDataSource Database { get; }

    /// <summary>The clock that the log records by.</summary>
    public IClock Clock { get; }

    /// <summary>The Marten store: every decision is appended through its sessions.</summary>
    public DocumentStore Store { get; }

    /// <summary>What records single facts of many senders.</summary>
    public FactWriter Facts { get; }

    /// <summary>The log as rows.</summary>
    public LogReader Log { get; }

    /// <summary>The accounts of contracts.</summary>
    public AccountReader Accounts { get; }

    /// <summary>Statements, deductions and settlements.</summary>
    public StatementReader Read { get; }

    /// <summary>What is payable over all contracts.</summary>
    public PayableReader Payables { get; }

    /// <summary>Findings.</summary>
    public FindingReader Findings { get; }

    /// <summary>Rankings.</summary>
    public RankingReader Rankings { get; }

    /// <summary>What changed between two moments.</summary>
    public DifferenceReader Differences { get; }

    /// <summary>What publishes signed checkpoints.</summary>
    public CheckpointPublisher Checkpoints { get; }

    /// <summary>Personal values, apart from the log.</summary>
    public PersonalStore Personal { get; }

    /// <summary>Where a deduction comes from.</summary>
    public TraceReader Traces { get; }

    /// <summary>Opens the ledger that the settings name; <paramref name="say"/> is told what is being done, for people.</summary>
    public static async Task<LedgerRuntime> OpenAsync(LedgerSettings settings, IClock clock, Action<string> say, CancellationToken cancel)
    {
        EmbeddedCluster? cluster = null;
        try
        {
            cluster = settings.ConnectionString is null ? await EmbeddedCluster.OpenAsync(settings.DataDirectory, say, cancel) : null;
            return await OpenAsync(settings.ConnectionString ?? cluster!.ConnectionString, clock, cluster, settings.DataDirectory, Signer(settings), settings.Witness?.Open(say), cancel);
        }
        catch (Exception e)
        {
            cluster?.Dispose();
            throw e is NpgsqlException or ArgumentException or FormatException
                ? new LedgerException(ErrorCode.DatabaseUnreachable, $"the database cannot be reached: {e.Message}; check ConnectionStrings__Ledger", e)
                : e;
        }
    }

    /// <summary>Opens a ledger in a database that exists, with a signer of the caller's.</summary>
    public static Task<LedgerRuntime> OpenAsync(string connectionString, IClock clock, string dataDirectory, ISigner signer, CancellationToken cancel) =>
        OpenAsync(connectionString, clock, null, dataDirectory, signer, null, cancel);

    /// <summary>Connections as the user of the connection string, who owns the schema; every other one works in the service's role.</summary>
    public NpgsqlDataSource OpenOwner() => OpenOwner(connectionString);

    /// <summary>
    /// The ledger's own time: the clock's, or the last recorded time where the clock lies before it. What happened later
    /// than five minutes after it is not recorded.
    /// </summary>
    public async Task<Instant> NowAsync(CancellationToken cancel) => LogLock.RecordedAt(await Log.HeadAsync(cancel), Clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Findings.Dispose();
        Checkpoints.Dispose();
        (signer as IDisposable)?.Dispose();
        await Facts.DisposeAsync();
        await Store.DisposeAsync();
        await Database.DisposeAsync();
        cluster?.Dispose();
    }

    private static NpgsqlDataSource OpenOwner(string connectionString) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });

    private static RemoteSigner Signer(LedgerSettings settings) =>
        settings.SignerAddress is { } address ? RemoteSigner.At(address) : RemoteSigner.Of(DataFiles.Signer(settings.DataDirectory));

    private static async Task<LedgerRuntime> OpenAsync(
        string connectionString, IClock clock, EmbeddedCluster? cluster, string dataDirectory, ISigner signer, Witness? witness, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // No session keeps a state: a connection need not be reset, which is a round trip's worth, before its next use.
            NoResetOnClose = true,

            // Marten's statements are the same again and again: prepared ones cost a third less.
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
        };
        await using (var owner = OpenOwner(connectionString))
        {
            await LedgerSchema.EnsureAsync(owner, cancel);
            await using var connection = await owner.OpenConnectionAsync(cancel);
            if (await ServiceRole.MayServeAsync(connection, cancel))
            {
                settings.Options = $"{settings.Options} -c role={ServiceRole.Name}".Trim();
            }
        }

        return new LedgerRuntime(cluster, connectionString, NpgsqlDataSource.Create(settings), clock, dataDirectory, signer, witness);
    }
}

/// <summary>Where the ledger is.</summary>
/// <param name="DataDirectory">Holds the embedded cluster, and what stands outside the database: checkpoints, the signer.</param>
/// <param name="ConnectionString">A real server; null for the embedded one.</param>
/// <param name="SignerAddress">A signer that runs elsewhere; null for one of this data directory.</param>
/// <param name="Witness">Somebody else's witness; null for none.</param>
public sealed record LedgerSettings(string DataDirectory, string? ConnectionString, Uri? SignerAddress = null, WitnessSettings? Witness = null)
{
    /// <summary>
    /// From <c>LEDGER_DATA</c>, <c>ConnectionStrings__Ledger</c>, <c>LEDGER_SIGNER</c> and <c>LEDGER_WITNESS</c> (or
    /// appsettings.json). By default the data is in the user's local share, root's in <c>/var/lib/ledger</c>, which an
    /// unprivileged PostgreSQL can reach. Throws <see cref="LedgerException"/> for an address that is none.
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
        return new LedgerSettings(
            Path.GetFullPath(directory), string.IsNullOrWhiteSpace(connection) ? null : connection,
            configuration["LEDGER_SIGNER"] is { Length: > 0 } signer ? Address("LEDGER_SIGNER", signer) : null,
            configuration["LEDGER_WITNESS"] is { Length: > 0 } witness ? WitnessSettings.Parse(witness) : null);
    }

    internal static Uri Address(string setting, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new LedgerException(ErrorCode.BadRequest, $"{setting}: expected an address such as http://10.0.0.5:5081, got \"{text}\"");
}

/// <summary>A witness: its submission prefix and the key that it cosigns with.</summary>
public sealed record WitnessSettings(Uri Address, VerifierKey Key)
{
    /// <summary>From <c>LEDGER_WITNESS</c>: an address, a space and a verifier key; throws <see cref="LedgerException"/> for anything else.</summary>
    public static WitnessSettings Parse(string text)
    {
        var parts = text.Split(' ');
        try
        {
            return parts.Length == 2 && VerifierKey.Parse(parts[1]) is { Type: SignatureType.Cosignature } key
                ? new WitnessSettings(LedgerSettings.Address("LEDGER_WITNESS", parts[0].TrimEnd('/') + "/"), key)
                : throw new FormatException("expected an address, a space and a verifier key of type 4");
        }
        catch (FormatException e)
        {
            throw new LedgerException(ErrorCode.BadRequest, $"LEDGER_WITNESS: {e.Message}", e);
        }
    }

    /// <summary>The witness, to be asked from now on.</summary>
    internal Witness Open(Action<string> say) => new(new HttpClient { Timeout = TimeSpan.FromSeconds(5) }, Address, Key, say);
}

/// <summary>A clock that runs ahead of another: for a demo year that the machine's clock has not reached.</summary>
public sealed class AheadClock(IClock clock, Duration by) : IClock
{
    /// <inheritdoc/>
    public Instant GetCurrentInstant() => clock.GetCurrentInstant() + by;
}
