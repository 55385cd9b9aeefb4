using Ledger.Domain.Errors;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Postgres;

/// <summary>
/// A ledger's database as one file, by PostgreSQL's own <c>pg_dump</c> and <c>pg_restore</c> (custom format): one snapshot, taken while
/// services go on. What stands outside the database is not in it: the signer, the checkpoints, and the keys of personal data, without
/// which an erased value stays erased in every copy.
/// </summary>
internal static class DatabaseBackup
{
    private static readonly string[] Schemas = [LedgerStore.Schema, "personal", LedgerStore.MessageSchema];

    /// <summary>Writes the file; throws <see cref="LedgerException"/> where the programs are not there or fail.</summary>
    public static async Task WriteAsync(string connectionString, string dataDirectory, string file, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(connectionString, cancel);
        Run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", $"--file={file}"], connection, dataDirectory);
    }

    /// <summary>
    /// Restores a file into a database without events; throws <see cref="LedgerException"/> where it holds some, or the file is no
    /// backup: then nothing is restored.
    /// </summary>
    public static async Task RestoreAsync(string connectionString, string dataDirectory, string file, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(connectionString, cancel);
        await using (var count = new NpgsqlCommand($"select count(*) from {LedgerStore.Schema}.mt_events", connection))
        {
            if (await count.ExecuteScalarAsync(cancel) is long events and > 0)
            {
                throw new LedgerException(
                    ErrorCode.Refused,
                    $"the database holds {events:#,0} events: restore into an empty one (ConnectionStrings__Ledger, or LEDGER_DATA without "
                        + "its directory `cluster`)"
                );
            }
        }

        // Before anything is dropped.
        Run("pg_restore", ["--list", file], connection, dataDirectory);
        foreach (var schema in Schemas)
        {
            await using var drop = new NpgsqlCommand($"drop schema if exists {schema} cascade", connection);
            await drop.ExecuteNonQueryAsync(cancel);
        }

        Run(
            "pg_restore",
            ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", $"--dbname={connection.Database}", file],
            connection,
            dataDirectory
        );
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString
        );
        await connection.OpenAsync(cancel);
        return connection;
    }

    private static void Run(string program, string[] arguments, NpgsqlConnection connection, string dataDirectory)
    {
        var major = connection.PostgreSqlVersion.Major;
        var path =
            PostgresBinaries.FindClient(program, dataDirectory, major)
            ?? throw new LedgerException(
                ErrorCode.Refused,
                $"{program} {major} or later was not found: install PostgreSQL's client programs (Debian: postgresql-client-{major}), or, "
                    + "where the database is the embedded one, copy the data directory while nothing uses it"
            );
        var (status, output) = Subprocess.Run(path, arguments, Environment.CurrentDirectory, asUser: null, EnvironmentOf(connection));
        if (status != 0)
        {
            throw new LedgerException(ErrorCode.Refused, $"{program} ended with {status}: {output.Trim().ReplaceLineEndings(" ")}");
        }
    }

    // As libpq reads it: a password on a command line could be read by everybody on the machine.
    private static Dictionary<string, string?> EnvironmentOf(NpgsqlConnection connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection.ConnectionString);
        return new()
        {
            ["PGHOST"] = settings.Host,
            ["PGPORT"] = settings.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["PGUSER"] = settings.Username,
            ["PGDATABASE"] = settings.Database,
            ["PGPASSWORD"] = settings.Password,
            ["PGSSLMODE"] = settings.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            },
            ["PGSSLROOTCERT"] = settings.RootCertificate,
        };
    }
}
