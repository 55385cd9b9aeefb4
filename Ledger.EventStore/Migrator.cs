using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>
/// Applies numbered SQL files (<c>Migrations/0001_name.sql</c>, embedded) once each and in order, one transaction a file.
/// A file that was applied and has changed since, or a database newer than the program, is refused.
/// </summary>
public static class Migrator
{
    // Two processes that start at once: the second waits, then finds nothing left to do.
    private const long AdvisoryLock = 0x4c45_4447_4552;

    /// <summary>Applies what is missing from an assembly's migrations; gives how many were applied.</summary>
    public static async Task<int> ApplyAsync(NpgsqlDataSource database, Assembly assembly, CancellationToken cancel)
    {
        var set = assembly.GetName().Name!;
        var files = Files(assembly);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await ExecuteAsync(connection, "select pg_advisory_lock($1)", cancel, AdvisoryLock);
        await ExecuteAsync(connection, """
            create table if not exists public.ledger_migrations (
                set text not null, number int not null, name text not null, sha256 text not null,
                applied_at timestamptz not null default now(), primary key (set, number))
            """, cancel);
        var applied = await AppliedAsync(connection, set, cancel);
        if (applied.Count > files.Count)
        {
            throw new LedgerException(ErrorCode.DatabaseNewer, $"the database has migration {applied.Count} of {set}, this program knows {files.Count}: use the newer program");
        }

        for (var i = 0; i < files.Count; i++)
        {
            var (name, sql) = files[i];
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            if (i < applied.Count)
            {
                if (applied[i] != sha256)
                {
                    throw new LedgerException(ErrorCode.DatabaseNewer, $"migration {name} of {set} was applied in another version: migrations never change once they ran");
                }

                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await ExecuteAsync(connection, sql, cancel);
            await ExecuteAsync(connection, "insert into public.ledger_migrations (set, number, name, sha256) values ($1, $2, $3, $4)", cancel, set, i + 1, name, sha256);
            await transaction.CommitAsync(cancel);
        }

        // Where anything fails, closing the connection lets the lock go.
        await ExecuteAsync(connection, "select pg_advisory_unlock($1)", cancel, AdvisoryLock);
        return files.Count - applied.Count;
    }

    private static List<(string Name, string Sql)> Files(Assembly assembly)
    {
        var marker = ".Migrations.";
        return [.. assembly.GetManifestResourceNames()
            .Where(n => n.Contains(marker, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => (n[(n.IndexOf(marker, StringComparison.Ordinal) + marker.Length)..], Sql.Read(assembly, n)))];
    }

    private static async Task<List<string>> AppliedAsync(NpgsqlConnection connection, string set, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select sha256 from public.ledger_migrations where set = $1 order by number", connection)
        {
            Parameters = { new() { Value = set } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var applied = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            applied.Add(reader.GetString(0));
        }

        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancel);
    }
}
