using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Api.Identities;

/// <summary>Random secrets, which are shown once and kept as hashes: 256 bits need no slow hash.</summary>
internal static class Secrets
{
    private const string Prefix = "ledger_";
    private const int MostCode = 64;

    /// <summary>A new secret of so many bytes in base64url.</summary>
    public static string New(int bytes = 32) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes)).Replace('_', '.');

    /// <summary>What is kept of a secret.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether a secret is the one of a hash, in a time that tells nothing.</summary>
    public static bool Match(string secret, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(hash));

    /// <summary>A token as it is sent: recognisable, so that scanners find one that leaked.</summary>
    public static string TokenOf(string id, string secret) => $"{Prefix}{id}_{secret}";

    /// <summary>The parts of a token; null where it is none of the ledger's.</summary>
    public static (string Id, string Secret)? PartsOf(string token) =>
        token.StartsWith(Prefix, StringComparison.Ordinal) && token[Prefix.Length..].Split('_') is [var id, var secret]
            ? (id, secret)
            : null;

    /// <summary>Whether a text may be a user's code.</summary>
    public static bool IsCode(string code) =>
        code.Length is > 0 and <= MostCode && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
