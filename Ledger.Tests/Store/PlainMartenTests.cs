using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Tests.Support;
using Marten;
using Marten.Events.Aggregation;
using Weasel.Core;

namespace Ledger.Tests.Store;

/// <summary>
/// A program of somebody else's, written as Marten's documentation shows, over a ledger: our event types and serializer options,
/// nothing else of ours.
/// </summary>
public sealed class PlainMartenTests
{
    [Fact]
    public async Task It_reads_a_cases_stream_aggregates_an_account_and_rebuilds_a_projection_of_its_own()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await using var store = Open(database.ConnectionString);
        await using var session = store.QuerySession("gaomidian-2025");

        // A case, as a file brought it by COPY.
        var events = await session.Events.FetchStreamAsync("case/GMD-0001");
        Assert.Equal(Enumerable.Range(1, events.Count).Select(v => (long)v), events.Select(e => e.Version));
        var received = Assert.IsType<Event<CaseReceived>>(events[0]);
        Assert.Equal(("case_received", "case/GMD-0001"), (received.EventTypeName, received.GetHeader("subject")));
        Assert.Equal(Urgency.Routine, received.Data.Urgency);

        // The contract's account, folded live by its documentation's way.
        var account = await session.Events.AggregateStreamAsync<AccountSummary>("gaomidian-2025");
        Assert.Equal((1, true), (account!.Registered, account.Others > 0));

        // A projection of its own, rebuilt over the whole ledger.
        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync<CaseView>(TimeSpan.FromMinutes(1), default);
        var view = await session.LoadAsync<CaseView>("case/GMD-0001");
        Assert.Equal(events.Count, view!.Events);
        Assert.Equal(
            await database.ScalarAsync<long>(
                "select count(*) from ledger.mt_streams where tenant_id = 'gaomidian-2025' and id like 'case/%'"
            ),
            await session.Query<CaseView>().CountAsync()
        );
    }

    [Fact]
    public async Task What_COPY_wrote_Marten_continues_and_the_ledger_verifies()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Fact.CopyAsync(database, Fact.Many(300, cases: 3));
        await using (var session = database.Ledger.Store.LightweightSession(Fact.Contract))
        {
            Assert.Equal(100, (await session.Events.FetchStreamStateAsync("case/1"))!.Version);
        }

        await database.Ledger.Facts.RecordAsync(Fact.Of("case/1", "by-a-session", expected: 100), default);
        await Fact.CopyAsync(database, Fact.Many(3, cases: 3, prefix: "again"));
        Assert.Equal(
            "101,102",
            await database.ScalarAsync<string>(
                "select string_agg(version::text, ',' order by version) from ledger.mt_events where stream_id = 'case/1' and version > 100"
            )
        );
        Assert.Equal(
            await database.ScalarAsync<string>("select mt_dotnet_type from ledger.mt_events where headers ->> 'id' = 'by-a-session'"),
            await database.ScalarAsync<string>(
                "select distinct mt_dotnet_type from ledger.mt_events where headers ->> 'id' <> 'by-a-session'"
            )
        );
        await Fact.AssertWholeAsync(database, 304);
    }

    private static DocumentStore Open(string connectionString) =>
        DocumentStore.For(options =>
        {
            options.Connection(connectionString);
            options.DatabaseSchemaName = "mine";
            options.Events.DatabaseSchemaName = "ledger";
            options.UseSystemTextJsonForSerialization(LedgerJson.Options, EnumStorage.AsInteger, Casing.CamelCase);
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.TenancyStyle = TenancyStyle.Conjoined;
            options.Policies.AllDocumentsAreMultiTenanted();
            options.Events.MetadataConfig.HeadersEnabled = true;
            options.Events.MetadataConfig.CorrelationIdEnabled = true;
            options.Events.MetadataConfig.CausationIdEnabled = true;
            options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
            options.Events.EnableUniqueIndexOnEventId = true;
            options.Events.EnableBigIntEvents = true;
            options.Events.IgnoreIndex("mt_events_tenant_id_seq_id");
            foreach (var type in EventCatalogue.All)
            {
                options.Events.MapEventType(type.Data, type.Alias);
            }

            options.Projections.Add(new CaseViews(), ProjectionLifecycle.Async);
            options.Projections.AsyncMode = JasperFx.Events.Daemon.DaemonMode.ExternallyManaged;
        });

    /// <summary>Its own picture of an account.</summary>
    public sealed class AccountSummary
    {
        public string Id { get; set; } = "";

        public int Registered { get; set; }

        public int Others { get; set; }

        public void Apply(ContractRegistered e) => Registered++;

        public void Apply(MonthlyRatingPublished e) => Others++;

        public void Apply(StaffDeparted e) => Others++;

        public void Apply(ComplaintReceived e) => Others++;

        public void Apply(DeliverableSubmitted e) => Others++;
    }

    /// <summary>Its own document of each case.</summary>
    public sealed class CaseView
    {
        public string Id { get; set; } = "";

        public int Events { get; set; }
    }

    /// <summary>What makes it.</summary>
    public sealed class CaseViews : SingleStreamProjection<CaseView, string>
    {
        public override CaseView? Evolve(CaseView? snapshot, string id, IEvent e)
        {
            if (e.Data is not CaseEvent)
            {
                return snapshot;
            }

            snapshot ??= new CaseView { Id = id };
            snapshot.Events++;
            return snapshot;
        }
    }
}
