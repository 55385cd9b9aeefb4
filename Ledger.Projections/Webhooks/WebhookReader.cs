using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Webhooks;

/// <summary>Reads webhooks.</summary>
public sealed class WebhookReader(NpgsqlDataSource database)
{
    /// <summary>All of them, by code.</summary>
    public Task<IReadOnlyList<Webhook>> AllAsync(CancellationToken cancel) =>
        LedgerDocuments.AllAsync<Webhook>(database, LedgerStore.WebhookAlias, cancel);
}
