using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Projections.Personal;

/// <summary>
/// A personal value on its own: the commitment that stands in the event, and the sealed form of salt and value that is stored
/// apart. The salt is a keyed digest of the event's id and the field, under the person's key: as unknown as a random one to
/// whoever lacks that key, gone with it, and the same for the same event again.
/// </summary>
public static class PersonalField
{
    private const int SaltSize = 32;
    private const string PersonPrefix = "p-";

    /// <summary>A person as events name it.</summary>
    public static string NameOf(long person) => PersonPrefix + person.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of a person's name; null for what is none.</summary>
    public static long? NumberOf(string name) =>
        name.StartsWith(PersonPrefix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(PersonPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && NameOf(number) == name
            ? number
            : null;

    /// <summary>The salt of a field of an event: 32 bytes.</summary>
    public static byte[] Salt(byte[] key, string source, string eventId, string field) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"salt/v1\n{source}\n{eventId}\n{field}"));

    /// <summary>SHA-256("pii/v1\n" ‖ field ‖ 0x00 ‖ salt ‖ value), in hex.</summary>
    public static string Commitment(string field, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> value) =>
        Convert.ToHexStringLower(SHA256.HashData([.. "pii/v1\n"u8, .. Encoding.UTF8.GetBytes(field), 0, .. salt, .. value]));

    /// <summary>Salt and value sealed under the person's key; the commitment goes with it.</summary>
    public static byte[] Seal(byte[] key, string commitment, byte[] salt, string value) =>
        AesSeal.Seal(key, [.. salt, .. Encoding.UTF8.GetBytes(value)], Encoding.UTF8.GetBytes(commitment));

    /// <summary>The value that was sealed; null where it is not what was committed to, or of another key.</summary>
    public static string? Open(byte[] key, string field, string commitment, ReadOnlySpan<byte> bytes) =>
        AesSeal.Open(key, bytes, Encoding.UTF8.GetBytes(commitment)) is { Length: >= SaltSize } plain
        && Commitment(field, plain.AsSpan(0, SaltSize), plain.AsSpan(SaltSize)) == commitment
            ? Encoding.UTF8.GetString(plain.AsSpan(SaltSize))
            : null;
}
