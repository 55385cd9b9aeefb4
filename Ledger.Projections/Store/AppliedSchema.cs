using Ledger.Domain.Errors;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// What was applied last to a schema of the database is noted on the schema itself, so that a process need not compare every object
/// at its start.
/// </summary>
/// <param name="Name">The schema.</param>
/// <param name="Version">One more with every change to an object of ours in it.</param>
/// <param name="Library">The library whose objects they are, with its version.</param>
public sealed record AppliedSchema(string Name, int Version, string Library)
{
    private const long AdvisoryLock = 0x4c45_4447_4553;

    private string Note => $"{Name} schema {Version}, {Library}";

    /// <summary>
    /// Applies what is missing, unless all of it was applied; throws <see cref="LedgerException"/> where a newer program applied its own.
    /// </summary>
    public async Task EnsureAsync(NpgsqlDataSource owner, Func<Task> apply, CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        if (await NoteAsync(connection, cancel) == Note)
        {
            return;
        }

        // Two processes that start at once: the second waits, then finds nothing left to do.
        await ExecuteAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", cancel);
        if (await NoteAsync(connection, cancel) is var found && found != Note)
        {
            RefuseNewer(found);
            await ApplyAsync(connection, apply, cancel);
        }

        // Where anything fails, closing the connection lets the lock go.
        await ExecuteAsync(connection, $"select pg_advisory_unlock({AdvisoryLock})", cancel);
    }

    /// <summary>Applies what is missing.</summary>
    public async Task ApplyAsync(NpgsqlDataSource owner, Func<Task> apply, CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        await ApplyAsync(connection, apply, cancel);
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Func<Task> apply, CancellationToken cancel)
    {
        await apply();
        await ServiceRole.GrantAsync(connection, cancel);
        await ExecuteAsync(connection, $"comment on schema {Name} is '{Note}'", cancel);
    }

    private void RefuseNewer(string? found)
    {
        if (found?.Split(' ', ',') is [_, _, var version, ..] && int.TryParse(version, out var number) && number > Version)
        {
            throw new LedgerException(
                ErrorCode.DatabaseNewer,
                $"the database has {Name} schema {number}, this program knows {Version}: use the newer program"
            );
        }
    }

    private async Task<string?> NoteAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select obj_description(to_regnamespace('{Name}'), 'pg_namespace')", connection);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
