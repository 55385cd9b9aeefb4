using System.Security.Cryptography;
using System.Text;

namespace Ledger.Projections.Store;

/// <summary>
/// An event's id in Marten: the UUIDv5 (RFC 9562, section 5.5) of its contract and its CloudEvents id under a namespace of the
/// ledger's. Its unique index is the last line of idempotency. The source is left out of it: inside a contract an id belongs to
/// one source, and so the index refuses another one that takes it, and an event is found by its id alone.
/// </summary>
public static class EventIds
{
    /// <summary>The namespace, itself the UUIDv5 of "ledger" in the URL namespace.</summary>
    public static readonly Guid Namespace = new("114347ba-f414-5bb9-9e45-731220f2394e");

    /// <summary>The id of an event of a contract.</summary>
    public static Guid Of(string contract, string id)
    {
        var name = Encoding.UTF8.GetByteCount(contract) + 1 + Encoding.UTF8.GetByteCount(id);
        Span<byte> input = name <= 1024 ? stackalloc byte[16 + name] : new byte[16 + name];
        Namespace.TryWriteBytes(input, bigEndian: true, out _);
        var at = 16 + Encoding.UTF8.GetBytes(contract, input[16..]);
        input[at++] = (byte)'\n';
        Encoding.UTF8.GetBytes(id, input[at..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // UUIDv5 is defined over SHA-1; nothing rests on it but that ids differ.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
