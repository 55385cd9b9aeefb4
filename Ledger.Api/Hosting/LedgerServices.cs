using Ledger.Api.Imports;
using Ledger.Api.Operations;
using Ledger.Api.Signing;
using Ledger.Projections.Accounts;
using Ledger.Projections.Differences;
using Ledger.Projections.Evidence.Bundles;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Findings;
using Ledger.Projections.Identities;
using Ledger.Projections.Payables;
using Ledger.Projections.Personal;
using Ledger.Projections.Rankings;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Ledger.Projections.Traces;
using Ledger.Projections.Webhooks;
using Microsoft.AspNetCore.Identity;
using NodaTime;

namespace Ledger.Api.Hosting;

/// <summary>What commands, endpoints and handlers of a ledger are given: one registration for the service and the command line.</summary>
public static class LedgerServices
{
    /// <summary>
    /// The services of an open ledger. The database is the caller's to dispose, and outlives the host; so is
    /// <paramref name="signer"/> where one is given, else the settings name one.
    /// </summary>
    public static IServiceCollection AddLedger(
        this IServiceCollection services,
        LedgerDatabase database,
        LedgerSettings settings,
        IClock clock,
        ISigner? signer = null
    )
    {
        services.AddSingleton(database);
        services.AddSingleton(database.Source);
        services.AddSingleton(settings);
        services.AddSingleton(clock);

        services.AddSingleton<LogReader>();
        services.AddSingleton<LedgerTime>();
        services.AddSingleton<FactWriter>();
        services.AddSingleton<AccountReader>();
        services.AddSingleton<StatementReader>();
        services.AddSingleton<PayableReader>();
        services.AddSingleton<FindingReader>();
        services.AddSingleton<RankingReader>();
        services.AddSingleton<DifferenceReader>();
        services.AddSingleton<HistoryReader>();
        services.AddSingleton<ReplayReader>();
        services.AddSingleton<TraceReader>();
        services.AddSingleton<CaseHistoryReader>();
        services.AddSingleton<UserReader>();
        services.AddSingleton<WebhookReader>();
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<LogProver>();
        services.AddSingleton<BundleWriter>();
        services.AddSingleton<Importer>();
        services.AddSingleton<ReadModels>();
        services.AddSingleton<LedgerVerifier>();
        services.AddSingleton(new PersonalStore(new PersonalKeys(DataFiles.Personal(settings.DataDirectory))));

        _ = signer is null ? services.AddSingleton(_ => SignerOf(settings)) : services.AddSingleton(signer);
        services.AddSingleton(provider => new CheckpointPublisher(
            database.Source,
            provider.GetRequiredService<ISigner>(),
            new CheckpointFile(DataFiles.Checkpoints(settings.DataDirectory)),
            DataFiles.Policy(settings.DataDirectory),
            settings.Witness?.Open(Console.Error.WriteLine)
        ));
        return services;
    }

    private static ISigner SignerOf(LedgerSettings settings) =>
        settings.SignerAddress is { } address ? RemoteSigner.At(address) : RemoteSigner.Of(DataFiles.Signer(settings.DataDirectory));
}
