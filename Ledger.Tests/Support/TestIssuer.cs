using System.Security.Claims;
using System.Security.Cryptography;
using Ledger.Api.Identities;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Tests.Support;

/// <summary>An identity provider whose public keys the service has in a file: it says who somebody is, with no trace in the log.</summary>
public static class TestIssuer
{
    private const string Name = "https://issuer.test";
    private const string Audience = "ledger";

    private static readonly ECDsaSecurityKey Key = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "test" };
    private static readonly string KeyFile = WriteKeys();

    public static IdentitySettings Settings { get; } =
        new(new IssuerSettings(Name, Audience, KeyFile, null, null, "preferred_username", "roles", "contracts"));

    /// <summary>The same for a process.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string>
        {
            ["LEDGER_OIDC_AUTHORITY"] = Name,
            ["LEDGER_OIDC_AUDIENCE"] = Audience,
            ["LEDGER_OIDC_KEYS"] = KeyFile,
        };

    /// <summary>A token of somebody with every role.</summary>
    public static string Anybody => TokenOf("test", Enum.GetValues<Role>().Except([Role.Ledger]));

    /// <summary>A token of somebody; of all contracts where none is named.</summary>
    public static string TokenOf(string code, IEnumerable<Role> roles, params IEnumerable<string> contracts) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Name,
                Audience = Audience,
                Subject = new ClaimsIdentity([
                    new Claim("preferred_username", code),
                    .. roles.Select(r => new Claim("roles", Words<Role>.Of(r))),
                    .. contracts.Select(c => new Claim("contracts", c)),
                ]),
                Expires = DateTime.UtcNow.AddHours(1),
                SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.EcdsaSha256),
            }
        );

    private static string WriteKeys()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ledger-test-keys-{System.Environment.ProcessId}.json");
        var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
            new ECDsaSecurityKey(ECDsa.Create(Key.ECDsa.ExportParameters(false))) { KeyId = Key.KeyId }
        );
        File.WriteAllText(
            path,
            $"{{\"keys\":[{System.Text.Json.JsonSerializer.Serialize(new { kty = key.Kty, crv = key.Crv, x = key.X, y = key.Y, kid = key.Kid })}]}}"
        );
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        return path;
    }
}
