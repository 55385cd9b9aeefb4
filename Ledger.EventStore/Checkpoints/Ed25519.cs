using System.Runtime.InteropServices;

namespace Ledger.EventStore.Checkpoints;

/// <summary>
/// Ed25519 (RFC 8032) by OpenSSL's libcrypto, since the framework has none. Throws <see cref="LedgerException"/> on a machine
/// without that library.
/// </summary>
public static partial class Ed25519
{
    /// <summary>The bytes of a private key (its seed), and of a public key.</summary>
    public const int KeySize = 32;

    /// <summary>The bytes of a signature.</summary>
    public const int SignatureSize = 64;

    private const string Library = "libcrypto";
    private const int KeyType = 1087; // EVP_PKEY_ED25519

    private static readonly string[] Names = ["libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto.so.1.1"];

    static Ed25519() => NativeLibrary.SetDllImportResolver(typeof(Ed25519).Assembly, static (name, assembly, _) =>
    {
        foreach (var candidate in name == Library ? Names : [])
        {
            if (NativeLibrary.TryLoad(candidate, assembly, DllImportSearchPath.SafeDirectories, out var handle))
            {
                return handle;
            }
        }

        return name == Library ? throw new LedgerException(ErrorCode.FileUnreadable, "OpenSSL's libcrypto is not on this machine, and checkpoints are signed with it: install OpenSSL 3") : IntPtr.Zero;
    });

    /// <summary>The public key of a private one.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey)
    {
        var key = Private(privateKey);
        try
        {
            var publicKey = new byte[KeySize];
            var length = (nuint)KeySize;
            return Check(GetPublicKey(key, publicKey, ref length), publicKey);
        }
        finally
        {
            FreeKey(key);
        }
    }

    /// <summary>The signature over a message.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> message)
    {
        var (key, context) = (Private(privateKey), NewContext());
        try
        {
            var signature = new byte[SignatureSize];
            var length = (nuint)SignatureSize;
            return Check(SignInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, key) & SignMessage(context, signature, ref length, message, (nuint)message.Length), signature);
        }
        finally
        {
            FreeContext(context);
            FreeKey(key);
        }
    }

    /// <summary>Whether a signature over a message is this key's.</summary>
    public static bool Verifies(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeySize || signature.Length != SignatureSize)
        {
            return false;
        }

        var (key, context) = (NewPublicKey(KeyType, IntPtr.Zero, publicKey, KeySize), NewContext());
        try
        {
            return key != IntPtr.Zero
                && VerifyInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, key) == 1
                && VerifyMessage(context, signature, SignatureSize, message, (nuint)message.Length) == 1;
        }
        finally
        {
            FreeContext(context);
            FreeKey(key);
        }
    }

    private static IntPtr Private(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        return NewPrivateKey(KeyType, IntPtr.Zero, key, KeySize) is var handle && handle != IntPtr.Zero ? handle : throw new InvalidOperationException("libcrypto refused an Ed25519 key");
    }

    private static byte[] Check(int done, byte[] result) => done == 1 ? result : throw new InvalidOperationException("libcrypto refused an Ed25519 key");

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial IntPtr NewPrivateKey(int type, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial IntPtr NewPublicKey(int type, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetPublicKey(IntPtr key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeKey(IntPtr key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial IntPtr NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeContext(IntPtr context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignInit(IntPtr context, IntPtr keyContext, IntPtr digest, IntPtr engine, IntPtr key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignMessage(IntPtr context, Span<byte> signature, ref nuint length, ReadOnlySpan<byte> message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int VerifyInit(IntPtr context, IntPtr keyContext, IntPtr digest, IntPtr engine, IntPtr key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int VerifyMessage(IntPtr context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);
}
