using JasperFx;
using Ledger.Domain.Errors;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>
/// The database's schema, as Marten applies and asserts it. What was applied last is noted on the schema itself, so that a
/// short command need not compare every object.
/// </summary>
public static class LedgerSchema
{
    // One more with every change to a schema object of ours.
    private const int Version = 1;

    private const long AdvisoryLock = 0x4c45_4447_4553;

    private static readonly string Applied = $"ledger schema {Version}, Marten {typeof(DocumentStore).Assembly.GetName().Version}";

    /// <summary>
    /// Applies what is missing, unless all of it was applied; throws <see cref="LedgerException"/> where a newer program applied
    /// its own.
    /// </summary>
    public static async Task EnsureAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        if (await AppliedAsync(connection, cancel) == Applied)
        {
            return;
        }

        // Two processes that start at once: the second waits, then finds nothing left to do.
        await ExecuteAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", cancel);
        if (await AppliedAsync(connection, cancel) is var found && found != Applied)
        {
            RefuseNewer(found);
            await ApplyAsync(owner, connection, cancel);
        }

        // Where anything fails, closing the connection lets the lock go.
        await ExecuteAsync(connection, $"select pg_advisory_unlock({AdvisoryLock})", cancel);
    }

    /// <summary>Applies what is missing.</summary>
    public static async Task ApplyAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        await ApplyAsync(owner, connection, cancel);
    }

    /// <summary>What differs from the schema that this program needs, in Marten's words; null where nothing does.</summary>
    public static async Task<string?> DifferenceAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        using var store = LedgerStore.Open(owner, SystemClock.Instance);
        try
        {
            await store.Storage.Database.AssertDatabaseMatchesConfigurationAsync(cancel);
            return null;
        }
        catch (Exception e) when (!DatabaseErrors.IsAway(e) && e is not OperationCanceledException)
        {
            return e.Message;
        }
    }

    /// <summary>The SQL that makes the schema from nothing.</summary>
    public static string Script(NpgsqlDataSource owner)
    {
        using var store = LedgerStore.Open(owner, SystemClock.Instance);
        return store.Storage.ToDatabaseScript();
    }

    private static async Task ApplyAsync(NpgsqlDataSource owner, NpgsqlConnection connection, CancellationToken cancel)
    {
        using var store = LedgerStore.Open(owner, SystemClock.Instance, AutoCreate.CreateOrUpdate);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        await ServiceRole.ApplyAsync(connection, cancel);
        await ExecuteAsync(connection, $"comment on schema {LedgerStore.Schema} is '{Applied}'", cancel);
    }

    private static void RefuseNewer(string? found)
    {
        if (found?.Split(' ', ',') is [_, _, var version, ..] && int.TryParse(version, out var number) && number > Version)
        {
            throw new LedgerException(ErrorCode.DatabaseNewer, $"the database has schema {number}, this program knows {Version}: use the newer program");
        }
    }

    private static async Task<string?> AppliedAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select obj_description(to_regnamespace('{LedgerStore.Schema}'), 'pg_namespace')", connection);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
