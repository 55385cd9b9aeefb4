using JasperFx;
using Marten;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>The log's schema, as Marten applies and asserts it.</summary>
public static class LedgerSchema
{
    private static readonly AppliedSchema Applied = new(
        LedgerStore.Schema,
        7,
        $"Marten {typeof(DocumentStore).Assembly.GetName().Version}"
    );

    /// <summary>Applies what is missing, unless all of it was applied (<see cref="AppliedSchema.EnsureAsync"/>).</summary>
    public static Task EnsureAsync(NpgsqlDataSource owner, CancellationToken cancel) =>
        Applied.EnsureAsync(owner, () => MakeAsync(owner), cancel);

    /// <summary>Applies what is missing.</summary>
    public static Task ApplyAsync(NpgsqlDataSource owner, CancellationToken cancel) =>
        Applied.ApplyAsync(owner, () => MakeAsync(owner), cancel);

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

    private static async Task MakeAsync(NpgsqlDataSource owner)
    {
        using var store = LedgerStore.Open(owner, SystemClock.Instance, AutoCreate.CreateOrUpdate);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
    }
}
