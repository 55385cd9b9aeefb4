using JasperFx;
using Ledger.Domain.Errors;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;
using Weasel.Core;
using Wolverine;
using Wolverine.Persistence.Durability;

namespace Ledger.Api.Hosting;

/// <summary>Wolverine's tables, which a service needs: which of its nodes does what, and what still has to be done.</summary>
public static class MessageTables
{
    private static readonly AppliedSchema Applied = new(
        LedgerStore.MessageSchema,
        1,
        $"Wolverine {typeof(WolverineOptions).Assembly.GetName().Version}"
    );

    /// <summary>Makes what is missing, unless all of it was made (<see cref="AppliedSchema.EnsureAsync"/>).</summary>
    public static Task EnsureAsync(NpgsqlDataSource owner, CancellationToken cancel) =>
        Applied.EnsureAsync(owner, () => MakeAsync(owner), cancel);

    /// <summary>Makes what is missing.</summary>
    public static Task ApplyAsync(NpgsqlDataSource owner, CancellationToken cancel) =>
        Applied.ApplyAsync(owner, () => MakeAsync(owner), cancel);

    /// <summary>
    /// What differs from the tables that a service of this program needs; null where nothing does, and where no service ran yet: it makes
    /// them at its start.
    /// </summary>
    public static async Task<string?> DifferenceAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        await using var command = owner.CreateCommand($"select to_regnamespace('{LedgerStore.MessageSchema}') is null");
        if (await command.ExecuteScalarAsync(cancel) is true)
        {
            return null;
        }

        using var host = Build(owner);
        try
        {
            await host.Services.GetRequiredService<IMessageStore>().Admin.AssertStorageExistsAsync(cancel);
            return null;
        }
        catch (Exception e) when (!DatabaseErrors.IsAway(e) && e is not OperationCanceledException)
        {
            return $"the tables of schema {LedgerStore.MessageSchema} are not what a service of this program needs: run `db apply` "
                + $"({e.Message})";
        }
    }

    private static async Task MakeAsync(NpgsqlDataSource owner)
    {
        using var host = Build(owner);
        try
        {
            await host.Services.GetRequiredService<IMessageStore>().Admin.MigrateAsync();
        }
        catch (SchemaMigrationException e)
        {
            var schema = LedgerStore.MessageSchema;
            throw new LedgerException(
                ErrorCode.Refused,
                $"the tables of schema {schema} cannot be brought to what a service of this program needs: {e.Message}; nothing in "
                    + "it is evidence: "
                    + $"stop the services, `drop schema {schema} cascade`, and run `db apply`",
                e
            );
        }
    }

    private static IHost Build(NpgsqlDataSource owner)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Ledger.Api" });
        builder.Services.AddCommandsAndFollowers(owner, SystemClock.Instance, AutoCreate.CreateOrUpdate);
        return builder.Build();
    }
}
