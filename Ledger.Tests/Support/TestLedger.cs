using Ledger.Api.Hosting;
using Ledger.Api.Imports;
using Ledger.Api.Operations;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Terms;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Findings;
using Ledger.Projections.Payables;
using Ledger.Projections.Personal;
using Ledger.Projections.Rankings;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;
using Wolverine;

namespace Ledger.Tests.Support;

/// <summary>
/// An open ledger as specifications see it: what the product's host gives to commands and endpoints, by short names. It has a signer of
/// its own where it is given one.
/// </summary>
public sealed class TestLedger : IAsyncDisposable
{
    private readonly LedgerHost host;
    private readonly ISigner? signer;

    private TestLedger(LedgerHost host, LedgerSettings settings, ISigner? signer) =>
        (this.host, Settings, this.signer) = (host, settings, signer);

    public LedgerSettings Settings { get; }

    public string DataDirectory => Settings.DataDirectory;

    public LedgerDatabase Opened => Get<LedgerDatabase>();

    public NpgsqlDataSource Database => Get<NpgsqlDataSource>();

    public IClock Clock => Get<IClock>();

    public DocumentStore Store => (DocumentStore)Get<IDocumentStore>();

    public FactWriter Facts => Get<FactWriter>();

    public LogReader Log => Get<LogReader>();

    public AccountReader Accounts => Get<AccountReader>();

    public StatementReader Read => Get<StatementReader>();

    public PayableReader Payables => Get<PayableReader>();

    public FindingReader Findings => Get<FindingReader>();

    public RankingReader Rankings => Get<RankingReader>();

    public HistoryReader History => Get<HistoryReader>();

    public DifferenceReader Differences => Get<DifferenceReader>();

    public TraceReader Traces => Get<TraceReader>();

    public CheckpointPublisher Checkpoints => Get<CheckpointPublisher>();

    public PersonalStore Personal => Get<PersonalStore>();

    public Importer Importer => Get<Importer>();

    public ReadModels Models => Get<ReadModels>();

    public static async Task<TestLedger> OpenAsync(LedgerSettings settings, IClock clock, ISigner? signer = null) =>
        new(await LedgerHost.OpenAsync(settings, clock, _ => { }, default, signer), settings, signer);

    /// <summary>Sends a command as the command line does.</summary>
    public async Task<T> SendAsync<T>(string contract, object command) =>
        await (await BusAsync()).InvokeForTenantAsync<T>(contract, command);

    public Task<IMessageBus> BusAsync() => host.BusAsync(default);

    public Task<Registration> RegisterAsync(string contract, string source = "test") =>
        SendAsync<Registration>(contract, new RegisterContract(TermsReader.Read(Terms.File(contract), out _)!, source));

    public Task<AssessmentReport> AssessAsync(string contract, Instant asOf) =>
        SendAsync<AssessmentReport>(contract, new AssessContract(contract, asOf));

    public async Task<CalendarPublication> PublishAsync(string calendar) =>
        CalendarFile.Read(System.Text.Encoding.UTF8.GetBytes(calendar), out var faults) is { } read
            ? await SendAsync<CalendarPublication>(LedgerSource.Contract, new PublishCalendar(read))
            : CalendarPublication.Refused(faults);

    public async Task<IReadOnlyList<PersonalValue>> DiscloseAsync(string contract, string subject, string actor, string reason) =>
        (await SendAsync<Disclosure>(LedgerSource.Contract, new DisclosePersonalData(contract, subject, actor, reason))).Readings;

    /// <summary>Erases a subject, and destroys its key as the command line does after it.</summary>
    public async Task<Erasure> EraseAsync(string subject, string actor, string reason)
    {
        var erased = await SendAsync<Erasure>(LedgerSource.Contract, new ErasePersonalData(subject, actor, reason));
        await (await BusAsync()).InvokeForTenantAsync(LedgerSource.Contract, new DestroyPersonalKey(subject));
        return erased;
    }

    public Task<Instant> NowAsync() => Get<LedgerTime>().NowAsync(default);

    public Task<LedgerVerification> VerifyAsync(params string[] copies) => Get<LedgerVerifier>().VerifyAsync(null, default, copies);

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        (signer as IDisposable)?.Dispose();
    }
}
