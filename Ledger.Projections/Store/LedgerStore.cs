using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Ledger.Projections.Identities;
using Ledger.Projections.Payables;
using Ledger.Projections.Rankings;
using Ledger.Projections.Webhooks;
using Marten;
using NodaTime;
using Npgsql;
using Weasel.Core;
using Weasel.Postgresql;

namespace Ledger.Projections.Store;

/// <summary>The ledger as a Marten store: a contract is a tenant, its account one stream, each case a stream of its own.</summary>
public static class LedgerStore
{
    /// <summary>The schema of Marten's tables and of the tiles.</summary>
    public const string Schema = "ledger";

    /// <summary>What Marten calls the type of a case's stream.</summary>
    public const string CaseAlias = "case_facts";

    private const int MostAccountsKept = 100;

    /// <summary>The schema of Wolverine's tables: nodes, and durable messages. Nothing in it is evidence.</summary>
    public const string MessageSchema = "messages";

    /// <summary>What Marten calls the type of an account's stream.</summary>
    public const string AccountAlias = "contract_account";

    /// <summary>What Marten calls the document of a user.</summary>
    public const string UserAlias = "service_user";

    /// <summary>What Marten calls the document of a token.</summary>
    public const string TokenAlias = "api_token";

    /// <summary>What Marten calls the document of a webhook.</summary>
    public const string WebhookAlias = "webhook";

    /// <summary>What Marten calls the document of how a contract stands.</summary>
    public const string StandingAlias = "contract_standing";

    /// <summary>What Marten calls the document of a contract's history in steps.</summary>
    public const string StepsAlias = "contract_steps";

    /// <summary>A store over a database; <paramref name="clock"/> tells when events are recorded.</summary>
    /// <param name="database">The ledger's.</param>
    /// <param name="clock">Tells when events are recorded.</param>
    /// <param name="schema">What the store may do to the schema by itself: nothing, unless it is the owner's.</param>
    /// <param name="patient">Waits for each statement as long as it takes: to empty a read model of a large ledger takes minutes.</param>
    public static DocumentStore Open(NpgsqlDataSource database, IClock clock, AutoCreate schema = AutoCreate.None, bool patient = false) =>
        DocumentStore.For(options =>
        {
            Configure(options, database, clock);
            options.AutoCreateSchemaObjects = schema;
            options.CommandTimeout = patient ? 0 : options.CommandTimeout;

            // The service runs the projections; a command reads what they lack from the events.
            options.Projections.AsyncMode = DaemonMode.ExternallyManaged;
        });

    /// <summary>An object of the ledger's schema.</summary>
    internal static DbObjectName Named(string name) => new PostgresqlObjectName(Schema, name, SchemaUtils.IdentifierUsage.General);

    /// <summary>Marten's options, each with its reason.</summary>
    public static void Configure(StoreOptions options, NpgsqlDataSource database, IClock clock)
    {
        options.Connection(database);

        // As long as the connection string says, also for ever (0): Marten by itself waits five seconds for a statement, and passes over
        // a 0.
        options.CommandTimeout = new NpgsqlConnectionStringBuilder(database.ConnectionString).CommandTimeout;
        options.DatabaseSchemaName = Schema;
        ConfigureEvents(options);
        options.Listeners.Add(new CommitOrder(clock));

        // A save that failed is not played again by itself: the lock under which its positions were dense went with its transaction.
        options.ConfigureWritePolly(_ => { });
        options.Storage.Add(new LedgerFeature(options));

        // An event that cannot be applied stops its projection and is shown: a figure without it would be false.
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;
        options.Projections.Add(new AccountProjection(), ProjectionLifecycle.Async);

        // Who decides again on an account reads only what followed: Marten still asks for its version and every event after it.
        options.Events.CacheAggregatesForWriting<ContractAccount>(MostAccountsKept);
        options.Projections.Add(new StandingProjection(database), ProjectionLifecycle.Async);
        options.Projections.Add(new CycleProjection(database), ProjectionLifecycle.Async);
        options.Schema.For<ContractAccount>().DocumentAlias(AccountAlias);
        options.Schema.For<ContractStanding>().DocumentAlias(StandingAlias);
        options.Schema.For<ContractSteps>().DocumentAlias(StepsAlias);
        options.Schema.For<User>().DocumentAlias(UserAlias);
        options.Schema.For<ApiToken>().DocumentAlias(TokenAlias);

        // Two services that send to one webhook at once, as after a failover: the one that is late begins again.
        options.Schema.For<Webhook>().DocumentAlias(WebhookAlias).UseOptimisticConcurrency(true);
    }

    /// <summary>
    /// How events are kept: what a program of somebody else's has to say, too, to read the ledger with Marten.
    /// </summary>
    public static void ConfigureEvents(StoreOptions options)
    {
        // One codec for files, HTTP, the database and the evidence; enumerations are words by its own converters.
        options.UseSystemTextJsonForSerialization(LedgerJson.Options, EnumStorage.AsInteger, Casing.CamelCase);
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Policies.AllDocumentsAreMultiTenanted();
        options.Events.StreamIdentity = StreamIdentity.AsString;

        // The only quick mode that writes our timestamps; Quick writes when the database's transaction began.
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        options.Events.MetadataConfig.HeadersEnabled = true;
        options.Events.MetadataConfig.CorrelationIdEnabled = true;
        options.Events.MetadataConfig.CausationIdEnabled = true;
        options.Events.EnableUniqueIndexOnEventId = true;
        options.Events.EnableBigIntEvents = true;

        // Projections follow in milliseconds instead of at the next look.
        options.Events.UseListenNotifyForEventAppends = true;
        options.Events.IgnoreIndex(LogGuard.ContractIndex);
        foreach (var type in EventCatalogue.All)
        {
            options.Events.MapEventType(type.Data, type.Alias);
        }
    }
}
