using Ledger.Projections.Identities;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;

namespace Ledger.Api.Identities;

/// <summary>
/// Users and tokens as requests ask for them. They are kept for some seconds: a change in this process is seen at once, one in another
/// process after that time.
/// </summary>
public sealed class KnownUsers(UserReader reader, IClock clock) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>The user of a code; null where there is none, or it was withdrawn.</summary>
    public async Task<User?> FindAsync(string code, CancellationToken cancel) =>
        await KeepAsync($"user/{code}", () => reader.FindAsync(code, cancel)) is { WithdrawnAt: null } user ? user : null;

    /// <summary>Whose token this is; null where it is none, has ended, or was revoked.</summary>
    public async Task<User?> OfTokenAsync(string text, CancellationToken cancel) =>
        Secrets.PartsOf(text) is var (id, secret)
        && await KeepAsync($"token/{id}", () => reader.FindTokenAsync(id, cancel)) is { RevokedAt: null } token
        && token.Until > clock.GetCurrentInstant()
        && Secrets.Match(secret, token.Hash)
            ? await FindAsync(token.User, cancel)
            : null;

    /// <summary>Forgets what was kept: something was changed here.</summary>
    public void Forget() => cache.Clear();

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();

    private async Task<T?> KeepAsync<T>(string key, Func<Task<T?>> read)
        where T : class
    {
        if (cache.TryGetValue(key, out T? known))
        {
            return known;
        }

        var found = await read();
        return cache.Set(key, found, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept });
    }
}
