using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>The signature types of C2SP signed-note that are used here, by their identifier bytes.</summary>
#pragma warning disable CA1027 // Numbers given by C2SP, not flags.
public enum SignatureType
#pragma warning restore CA1027
{
    /// <summary>Ed25519 over the note's text.</summary>
    Ed25519 = 1,

    /// <summary>ECDSA P-256 over the SHA-256 of the note's text, ASN.1 DER.</summary>
    Ecdsa = 2,

    /// <summary>A witness's Ed25519 cosignature with a time (C2SP tlog-cosignature).</summary>
    Cosignature = 4,
}

/// <summary>A public key that signs notes: its name, type and encoding (32 bytes for Ed25519, the SPKI in DER for ECDSA).</summary>
public sealed class VerifierKey
{
    private const string CosignatureHeader = "cosignature/v1\ntime ";

    private readonly byte[] publicKey;

    /// <summary>A key; throws <see cref="FormatException"/> for a name or an encoding that none may have.</summary>
    public VerifierKey(string name, SignatureType type, byte[] publicKey)
    {
        if (!SignedNote.IsName(name))
        {
            throw new FormatException($"\"{name}\" is not a key's name: expected no spaces and no plus");
        }

        (Name, Type, this.publicKey) = (name, type, publicKey);
        Id =
            type == SignatureType.Ecdsa
                ? Head(SHA256.HashData(publicKey))
                : Head(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)type, .. publicKey]));
        if (type != SignatureType.Ecdsa)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, Ed25519.KeySize);
            return;
        }

        using var key = ImportEcdsa();
    }

    /// <summary>Whose key it is; the key of a log bears its origin.</summary>
    public string Name { get; }

    /// <summary>How it signs.</summary>
    public SignatureType Type { get; }

    /// <summary>What its signature lines begin with: the first four bytes of a SHA-256 (C2SP signed-note, "Signatures").</summary>
    public uint Id { get; }

    /// <summary>The key's encoding.</summary>
    public ReadOnlySpan<byte> PublicKey => publicKey;

    /// <summary>Reads <c>name+id+base64(type ‖ key)</c>; throws <see cref="FormatException"/> for anything else.</summary>
    public static VerifierKey Parse(string text)
    {
        var parts = text.Split('+', 3);
        if (
            parts.Length == 3
            && SignedNote.Base64(parts[2]) is { Length: > 1 } bytes
            && Enum.IsDefined((SignatureType)bytes[0])
            && (bytes[0] == (byte)SignatureType.Ecdsa || bytes.Length == 1 + Ed25519.KeySize)
            && uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
        )
        {
            try
            {
                var key = new VerifierKey(parts[0], (SignatureType)bytes[0], bytes[1..]);
                return key.Id == id && key.ToString() == text ? key : throw new FormatException($"{text} is not the key that its id names");
            }
            catch (CryptographicException e)
            {
                throw new FormatException($"{text} holds no P-256 key: {e.Message}", e);
            }
        }

        throw new FormatException($"\"{text}\" is not a verifier key: expected name+id+base64 of a type (1, 2 or 4) and a key");
    }

    /// <summary>The key as it is written: <c>name+id+base64(type ‖ key)</c>.</summary>
    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Type, .. publicKey])}";

    /// <summary>Whether a signature line says to be of this key.</summary>
    public bool Names(NoteSignature signature) => signature.Name == Name && signature.KeyId == Id;

    /// <summary>Whether the signature over a note's text is this key's.</summary>
    public bool Verifies(string text, ReadOnlySpan<byte> signature)
    {
        switch (Type)
        {
            case SignatureType.Ecdsa:
                using (var key = ImportEcdsa())
                {
                    return key.VerifyData(
                        Encoding.UTF8.GetBytes(text),
                        signature,
                        HashAlgorithmName.SHA256,
                        DSASignatureFormat.Rfc3279DerSequence
                    );
                }

            case SignatureType.Cosignature when signature.Length == sizeof(long) + Ed25519.SignatureSize:
                return Ed25519.Verifies(
                    publicKey,
                    CosignedMessage(BinaryPrimitives.ReadInt64BigEndian(signature), text),
                    signature[sizeof(long)..]
                );
            default:
                return Type == SignatureType.Ed25519 && Ed25519.Verifies(publicKey, Encoding.UTF8.GetBytes(text), signature);
        }
    }

    /// <summary>What a witness signs: the time in seconds since 1970 before the note's text.</summary>
    public static byte[] CosignedMessage(long time, string text) => Encoding.UTF8.GetBytes($"{CosignatureHeader}{time}\n{text}");

    private static uint Head(byte[] hash) => BinaryPrimitives.ReadUInt32BigEndian(hash);

    private ECDsa ImportEcdsa()
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out var read);
        return read == publicKey.Length && key.KeySize == 256
            ? key
            : throw new CryptographicException("expected the SPKI of a P-256 key and nothing after it");
    }
}
