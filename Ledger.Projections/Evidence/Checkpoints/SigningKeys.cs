using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Errors;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>
/// The log's private keys: ECDSA P-256, which the policy requires, and Ed25519, which clients of transparency logs know. In a
/// file, two PKCS#8 keys in PEM after a line with the origin; only its owner may read it.
/// </summary>
public sealed class SigningKeys : IDisposable
{
    private const string OriginLine = "origin ";

    // RFC 8410: an Ed25519 seed in PKCS#8 is this and the seed.
    private static readonly byte[] Ed25519Prefix =
    [
        0x30,
        0x2e,
        0x02,
        0x01,
        0x00,
        0x30,
        0x05,
        0x06,
        0x03,
        0x2b,
        0x65,
        0x70,
        0x04,
        0x22,
        0x04,
        0x20,
    ];

    private readonly ECDsa ecdsa;
    private readonly byte[] seed;

    private SigningKeys(string origin, ECDsa ecdsa, byte[] seed)
    {
        (Origin, this.ecdsa, this.seed) = (origin, ecdsa, seed);
        EcdsaKey = new VerifierKey(origin, SignatureType.Ecdsa, ecdsa.ExportSubjectPublicKeyInfo());
        Ed25519Key = new VerifierKey(origin, SignatureType.Ed25519, Ed25519.PublicKey(seed));
    }

    /// <summary>The log's name, which both keys bear.</summary>
    public string Origin { get; }

    /// <summary>The public ECDSA key.</summary>
    public VerifierKey EcdsaKey { get; }

    /// <summary>The public Ed25519 key.</summary>
    public VerifierKey Ed25519Key { get; }

    /// <summary>The policy that others check checkpoints by.</summary>
    public CheckpointPolicy Policy => new([EcdsaKey], [Ed25519Key]);

    /// <summary>New keys; without an origin the log is named after its key.</summary>
    public static SigningKeys Create(string? origin = null)
    {
        var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        origin ??= "ledger.local/" + Convert.ToHexStringLower(SHA256.HashData(ecdsa.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));
        return new SigningKeys(origin, ecdsa, RandomNumberGenerator.GetBytes(Ed25519.KeySize));
    }

    /// <summary>
    /// The keys in a file, made anew where there is none; throws <see cref="LedgerException"/> for a file that holds anything else.
    /// </summary>
    public static SigningKeys Open(string path)
    {
        if (!File.Exists(path))
        {
            using var keys = Create();
            DurableFile.Write(path, Encoding.UTF8.GetBytes(keys.ToPem()), secret: true);
        }

        var pem = File.ReadAllText(path);
        try
        {
            var origin = pem.StartsWith(OriginLine, StringComparison.Ordinal)
                ? pem[OriginLine.Length..pem.IndexOf('\n', StringComparison.Ordinal)]
                : throw new FormatException($"the first line is not \"{OriginLine}\" and the log's name");
            var (first, second) = Two(pem);
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(first, out _);
            return second.AsSpan().StartsWith(Ed25519Prefix) && second.Length == Ed25519Prefix.Length + Ed25519.KeySize
                ? new SigningKeys(origin, ecdsa, second[Ed25519Prefix.Length..])
                : throw new FormatException("the second key is not an Ed25519 key");
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"{path} does not hold the log's keys: {e.Message}; put back the file that the log was signed with",
                e
            );
        }
    }

    /// <summary>A note with both signatures over a text.</summary>
    public SignedNote Sign(string text) =>
        new(
            text,
            [
                new NoteSignature(
                    Origin,
                    EcdsaKey.Id,
                    ecdsa.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ),
                new NoteSignature(Origin, Ed25519Key.Id, Ed25519.Sign(seed, Encoding.UTF8.GetBytes(text))),
            ]
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(seed);
        ecdsa.Dispose();
    }

    private string ToPem() =>
        $"{OriginLine}{Origin}\n{PemEncoding.WriteString("PRIVATE KEY", ecdsa.ExportPkcs8PrivateKey())}\n{PemEncoding.WriteString("PRIVATE KEY", (byte[])[.. Ed25519Prefix, .. seed])}\n";

    private static (byte[] First, byte[] Second) Two(string pem)
    {
        var first = PemEncoding.Find(pem);
        var rest = pem.AsSpan(first.Location.End.Value);
        var second = PemEncoding.Find(rest);
        return (Convert.FromBase64String(pem[first.Base64Data]), Convert.FromBase64String(rest[second.Base64Data].ToString()));
    }
}
