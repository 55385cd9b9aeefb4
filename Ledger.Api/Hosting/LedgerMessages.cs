using JasperFx;
using JasperFx.CodeGeneration;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using Ledger.Api.Operations;
using Ledger.Api.Webhooks;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Projections.Store;
using Ledger.Projections.Webhooks;
using Marten;
using Marten.Exceptions;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.ErrorHandling;
using Wolverine.Marten;

namespace Ledger.Api.Hosting;

/// <summary>Marten and Wolverine over the ledger's store: commands in this process, and in a service what follows from events.</summary>
public static class LedgerMessages
{
    private const int MostAttempts = 10;
    private const int MostWebhooksAtOnce = 64;

    /// <summary>Commands alone, each in the caller's turn: no agents, no queues, no table beside the log's.</summary>
    public static IServiceCollection AddCommands(this IServiceCollection services, NpgsqlDataSource database, IClock clock)
    {
        // The service runs the projections; a command reads what they lack from the events.
        services
            .AddMarten(options => Configure(options, database, clock).Projections.AsyncMode = DaemonMode.ExternallyManaged)
            .IntegrateWithWolverine(messages => messages.MessageStorageSchemaName = LedgerStore.MessageSchema);
        return services.AddWolverine(
            ExtensionDiscovery.ManualOnly,
            options => Configure(options).Durability.Mode = DurabilityMode.MediatorOnly
        );
    }

    /// <summary>
    /// Commands, and what follows from events: Wolverine gives each projection and subscription to one of the services on a database,
    /// and to another where that one ends. It needs tables of its own (<see cref="MessageTables"/>).
    /// </summary>
    public static IServiceCollection AddCommandsAndFollowers(
        this IServiceCollection services,
        NpgsqlDataSource database,
        IClock clock,
        AutoCreate tables = AutoCreate.None
    )
    {
        services
            .AddMarten(options => Configure(options, database, clock))
            .IntegrateWithWolverine(messages =>
            {
                messages.MessageStorageSchemaName = LedgerStore.MessageSchema;
                messages.AutoCreate = tables;
                messages.UseWolverineManagedEventSubscriptionDistribution = true;
            })
            .PublishEventsToWolverine(
                "Erasures",
                relay =>
                    relay.PublishEvent<PersonalDataErased>((erased, bus) => bus.PublishAsync(new DestroyPersonalKey(erased.Data.Person)))
            )
            .SubscribeToEvents(new WebhookWake(new WebhookReader(database)));
        return services.AddWolverine(
            ExtensionDiscovery.ManualOnly,
            options =>
            {
                Configure(options);
                options.LocalQueueFor<DestroyPersonalKey>().UseDurableInbox();
                options.LocalQueueFor<AssessContract>().UseDurableInbox().Sequential();

                // Most of them wait for somebody's answer.
                options.LocalQueueFor<DeliverEvents>().UseDurableInbox().MaximumParallelMessages(MostWebhooksAtOnce);

                // What waits in a queue waits for the database, too; whoever sends a command in person is told at once.
                options.OnException(DatabaseErrors.IsAway).ScheduleRetryIndefinitely(TimeSpan.FromMinutes(1));

                // A projection waits for no one longer than a few seconds, at the start or where a service was killed.
                options.Durability.FirstHealthCheckExecution = TimeSpan.Zero;
                options.Durability.HealthCheckPollingTime = TimeSpan.FromSeconds(1);
                options.Durability.CheckAssignmentPeriod = TimeSpan.FromSeconds(1);
                options.Durability.StaleNodeTimeout = TimeSpan.FromSeconds(5);
            }
        );
    }

    private static StoreOptions Configure(StoreOptions options, NpgsqlDataSource database, IClock clock)
    {
        LedgerStore.Configure(options, database, clock);
        options.AutoCreateSchemaObjects = AutoCreate.None;
        return options;
    }

    private static WolverineOptions Configure(WolverineOptions options)
    {
        options.ApplicationAssembly = typeof(LedgerMessages).Assembly;

        // The code that calls the handlers is in the repository (Internal/Generated): no process compiles it at its start.
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        options.Policies.AutoApplyTransactions();

        // An assessment of a large contract takes its time, and is not to be cut off in the middle.
        options.DefaultExecutionTimeout = TimeSpan.FromHours(1);

        // Who decided on a state that another decision moved meanwhile decides anew on what that one left. An id that was taken
        // meanwhile is then recognised.
        options
            .OnException<ConcurrencyException>()
            .Or<EventStreamUnexpectedMaxEventIdException>()
            .Or<Marten.Exceptions.ExistingStreamIdCollisionException>()
            .Or<MartenCommandException>(DatabaseErrors.IsIdTaken)
            .RetryTimes(MostAttempts - 1);
        return options;
    }
}
