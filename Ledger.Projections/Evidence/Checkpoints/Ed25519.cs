using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>Ed25519 (RFC 8032) of BouncyCastle, since the framework has none.</summary>
public static class Ed25519
{
    /// <summary>The bytes of a private key (its seed), and of a public key.</summary>
    public const int KeySize = 32;

    /// <summary>The bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>The public key of a private one.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey) => Private(privateKey).GeneratePublicKey().GetEncoded();

    /// <summary>The signature over a message.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> message)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, Private(privateKey));
        signer.BlockUpdate(message);
        return signer.GenerateSignature();
    }

    /// <summary>Whether a signature over a message is this key's.</summary>
    public static bool Verifies(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        try
        {
            var signer = new Ed25519Signer();
            signer.Init(forSigning: false, new Ed25519PublicKeyParameters(publicKey));
            signer.BlockUpdate(message);
            return signer.VerifySignature(signature.ToArray());
        }
        catch (ArgumentException)
        {
            // Bytes that are no point of the curve.
            return false;
        }
    }

    private static Ed25519PrivateKeyParameters Private(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        return new Ed25519PrivateKeyParameters(key);
    }
}
