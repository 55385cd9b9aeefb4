using JasperFx;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Persistence.Durability;

namespace Ledger.Api.Hosting;

/// <summary>Wolverine's tables, which a service needs: which of its nodes does what, and what still has to be done.</summary>
public static class MessageTables
{
    private static readonly AppliedSchema Applied = new(
        LedgerStore.MessageSchema, 1, $"Wolverine {typeof(WolverineOptions).Assembly.GetName().Version}");

    /// <summary>Makes what is missing, unless all of it was made (<see cref="AppliedSchema.EnsureAsync"/>).</summary>
    public static Task EnsureAsync(NpgsqlDataSource owner, CancellationToken cancel) => Applied.EnsureAsync(owner, () => MakeAsync(owner), cancel);

    /// <summary>Makes what is missing.</summary>
    public static Task ApplyAsync(NpgsqlDataSource owner, CancellationToken cancel) => Applied.ApplyAsync(owner, () => MakeAsync(owner), cancel);

    /// <summary>What differs from the tables that this program needs, in Wolverine's words; null where nothing does.</summary>
    public static async Task<string?> DifferenceAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        using var host = Build(owner);
        try
        {
            await host.Services.GetRequiredService<IMessageStore>().Admin.AssertStorageExistsAsync(cancel);
            return null;
        }
        catch (Exception e) when (!DatabaseErrors.IsAway(e) && e is not OperationCanceledException)
        {
            return e.Message;
        }
    }

    private static async Task MakeAsync(NpgsqlDataSource owner)
    {
        using var host = Build(owner);
        await host.Services.GetRequiredService<IMessageStore>().Admin.MigrateAsync();
    }

    private static IHost Build(NpgsqlDataSource owner)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Ledger.Api" });
        builder.Services.AddCommandsAndFollowers(owner, SystemClock.Instance, AutoCreate.CreateOrUpdate);
        return builder.Build();
    }
}
