using System.Security.Cryptography;

namespace Ledger.Projections.Personal;

/// <summary>AES-256-GCM as it is stored: a random nonce, the ciphertext, the tag. What goes with it is authenticated, not stored.</summary>
internal static class AesSeal
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>The bytes that sealing adds.</summary>
    public const int Overhead = NonceSize + TagSize;

    /// <summary>Seals bytes under a key.</summary>
    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> with)
    {
        var bytes = new byte[plain.Length + Overhead];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(bytes.AsSpan(0, NonceSize), plain, bytes.AsSpan(NonceSize, plain.Length), bytes.AsSpan(NonceSize + plain.Length), with);
        return bytes;
    }

    /// <summary>What was sealed; null where it was changed, or sealed under another key or with something else.</summary>
    public static byte[]? Open(byte[] key, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> with)
    {
        if (bytes.Length < Overhead)
        {
            return null;
        }

        var plain = new byte[bytes.Length - Overhead];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(bytes[..NonceSize], bytes[NonceSize..^TagSize], bytes[^TagSize..], plain, with);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
