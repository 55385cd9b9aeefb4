using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Identities;

/// <summary>Reads users and tokens.</summary>
public sealed class UserReader(NpgsqlDataSource database)
{
    /// <summary>A user by its code; null where there is none.</summary>
    public Task<User?> FindAsync(string code, CancellationToken cancel) =>
        LedgerDocuments.OneAsync<User>(database, LedgerStore.UserAlias, code, cancel);

    /// <summary>A token by its public part; null where there is none.</summary>
    public Task<ApiToken?> FindTokenAsync(string id, CancellationToken cancel) =>
        LedgerDocuments.OneAsync<ApiToken>(database, LedgerStore.TokenAlias, id, cancel);

    /// <summary>All users, by code.</summary>
    public Task<IReadOnlyList<User>> AllAsync(CancellationToken cancel) =>
        LedgerDocuments.AllAsync<User>(database, LedgerStore.UserAlias, cancel);

    /// <summary>All tokens, by their public part.</summary>
    public Task<IReadOnlyList<ApiToken>> TokensAsync(CancellationToken cancel) =>
        LedgerDocuments.AllAsync<ApiToken>(database, LedgerStore.TokenAlias, cancel);
}
