using Ledger.Api.Postgres;
using Ledger.Domain.Errors;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Hosting;

/// <summary>
/// A ledger's database: the embedded one of the data directory, or a server's; with its schema, and connections in the service's
/// role. Disposing it leaves the database as it should be left.
/// </summary>
public sealed class LedgerDatabase : IAsyncDisposable
{
    private readonly EmbeddedCluster? cluster;
    private readonly string connectionString;

    private LedgerDatabase(EmbeddedCluster? cluster, string connectionString, NpgsqlDataSource source, NpgsqlDataSource martenSource) =>
        (this.cluster, this.connectionString, Source, MartenSource) = (cluster, connectionString, source, martenSource);

    /// <summary>Connections in the service's role, where this user may take it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>
    /// The same for Marten. For a prepared statement PostgreSQL comes to keep one plan for any arguments: by it a projection's next page
    /// reads and sorts all the rest of the log. Here each is planned for its own (docs/decisions/0005).
    /// </summary>
    public NpgsqlDataSource MartenSource { get; }

    /// <summary>Opens the database that the settings name; <paramref name="say"/> is told what is being done, for people.</summary>
    public static async Task<LedgerDatabase> OpenAsync(LedgerSettings settings, Action<string> say, CancellationToken cancel)
    {
        EmbeddedCluster? cluster = null;
        try
        {
            cluster = settings.ConnectionString is null ? await EmbeddedCluster.OpenAsync(settings.DataDirectory, say, cancel) : null;
            return await OpenAsync(cluster, settings.ConnectionString ?? cluster!.ConnectionString, cancel);
        }
        catch (Exception e)
        {
            cluster?.Dispose();
            throw e is NpgsqlException or ArgumentException or FormatException
                ? new LedgerException(
                    ErrorCode.DatabaseUnreachable,
                    $"the database cannot be reached: {e.Message}; check ConnectionStrings__Ledger",
                    e
                )
                : e;
        }
    }

    /// <summary>Connections as the user of the connection string, who owns the schema.</summary>
    public NpgsqlDataSource OpenOwner() => OpenOwner(connectionString);

    /// <summary>Writes all of it to a file (<see cref="DatabaseBackup"/>).</summary>
    public Task BackUpAsync(string dataDirectory, string file, CancellationToken cancel) =>
        DatabaseBackup.WriteAsync(connectionString, dataDirectory, file, cancel);

    /// <summary>Restores such a file where there are no events, and brings its schema to what this program needs.</summary>
    public async Task RestoreAsync(string dataDirectory, string file, CancellationToken cancel)
    {
        // Connections that know the tables which go away are not used again.
        await MartenSource.DisposeAsync();
        await Source.DisposeAsync();
        try
        {
            await DatabaseBackup.RestoreAsync(connectionString, dataDirectory, file, cancel);
        }
        finally
        {
            await using var owner = OpenOwner();
            await LedgerSchema.EnsureAsync(owner, CancellationToken.None);
            await LedgerSchema.ApplyAsync(owner, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await MartenSource.DisposeAsync();
        await Source.DisposeAsync();
        cluster?.Dispose();
    }

    private static NpgsqlDataSource OpenOwner(string connectionString) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });

    private static async Task<LedgerDatabase> OpenAsync(EmbeddedCluster? cluster, string connectionString, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // No session keeps a state: a connection need not be reset, which is a round trip's worth, before its next use.
            NoResetOnClose = true,

            // Marten's statements are the same again and again: prepared ones cost a third less.
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
        };
        await using var owner = OpenOwner(connectionString);
        await LedgerSchema.EnsureAsync(owner, cancel);
        await using var connection = await owner.OpenConnectionAsync(cancel);
        if (await ServiceRole.MayServeAsync(connection, cancel))
        {
            settings.Options = $"{settings.Options} -c role={ServiceRole.Name}".Trim();
        }

        var marten = new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Options = $"{settings.Options} -c plan_cache_mode=force_custom_plan".Trim(),
        };
        return new LedgerDatabase(cluster, connectionString, NpgsqlDataSource.Create(settings), NpgsqlDataSource.Create(marten));
    }
}
