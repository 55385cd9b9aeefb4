using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Ledger.Api.Webhooks;

/// <summary>
/// The secrets that webhooks are signed with. Unlike a token's they cannot be kept as hashes: they are sealed with the keys by which the
/// service seals its cookies, so that a copy of the database alone signs nothing.
/// </summary>
public sealed class WebhookSecrets(IDataProtectionProvider keys)
{
    private const int Bytes = 32;
    private readonly IDataProtector protector = keys.CreateProtector("Ledger.Webhooks");

    /// <summary>A new secret, as Standard Webhooks writes it, and sealed.</summary>
    public (string Secret, string Sealed) New()
    {
        var secret = $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))}";
        return (secret, protector.Protect(secret));
    }

    /// <summary>A secret that was sealed; throws <see cref="CryptographicException"/> where the keys are others.</summary>
    public string Open(string sealedSecret) => protector.Unprotect(sealedSecret);
}
