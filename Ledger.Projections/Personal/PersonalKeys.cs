using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Projections.Personal;

/// <summary>
/// The keys of personal data, in files outside the database and its backups: a master key, and under it one key a person,
/// each in a slot of its own of 96 bytes (nonce, encrypted key, tag, what the person is looked up by, and four bytes of
/// nothing). Erasing a person overwrites its slot. Persons are numbered from 1.
/// </summary>
public sealed class PersonalKeys(string directory)
{
    /// <summary>The file of the master key.</summary>
    public const string MasterFile = "master.key";

    /// <summary>The file of the persons' keys.</summary>
    public const string PersonsFile = "persons.keys";

    private const int KeySize = 32;
    private const int SlotSize = 96;
    private const int SealedSize = KeySize + AesSeal.Overhead;

    private byte[]? wrapKey;
    private byte[]? lookupKey;

    private string PersonsPath => Path.Combine(directory, PersonsFile);

    /// <summary>The number that the next person would get by the file alone.</summary>
    public long Next => File.Exists(PersonsPath) ? Math.Max(1, (new FileInfo(PersonsPath).Length + SlotSize - 1) / SlotSize) : 1;

    /// <summary>What a person is looked up by: a digest under the master key, of no use without it.</summary>
    public byte[] Lookup(string who) => HMACSHA256.HashData(lookupKey ??= Derived("lookup"), Encoding.UTF8.GetBytes(who));

    /// <summary>Every person that has a key, by what it is looked up by, in hex.</summary>
    public IReadOnlyDictionary<string, long> Persons()
    {
        var slots = File.Exists(PersonsPath) ? File.ReadAllBytes(PersonsPath) : [];
        var persons = new Dictionary<string, long>();
        for (var person = 1; (person + 1) * SlotSize <= slots.Length; person++)
        {
            var slot = slots.AsSpan(person * SlotSize, SlotSize);
            if (slot.ContainsAnyExcept((byte)0))
            {
                persons[Convert.ToHexString(slot.Slice(SealedSize, SHA256.HashSizeInBytes))] = person;
            }
        }

        return persons;
    }

    /// <summary>A new key.</summary>
    public static byte[] Create() => RandomNumberGenerator.GetBytes(KeySize);

    /// <summary>A person's key; null where it has none, or has none any more.</summary>
    public byte[]? Find(long person)
    {
        if (person >= Next)
        {
            return null;
        }

        using var file = new FileStream(PersonsPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var slot = new byte[SlotSize];
        file.Seek(person * SlotSize, SeekOrigin.Begin);
        if (file.ReadAtLeast(slot, SlotSize, throwOnEndOfStream: false) < SlotSize || !slot.AsSpan().ContainsAnyExcept((byte)0))
        {
            return null;
        }

        return AesSeal.Open(wrapKey ??= Derived("wrap"), slot.AsSpan(0, SealedSize), Name(person));
    }

    /// <summary>Keeps the keys of new persons, and waits until they are on disk.</summary>
    public void Add(IReadOnlyCollection<(long Person, byte[] Key, byte[] Lookup)> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }

        wrapKey ??= Derived("wrap");
        using var file = new FileStream(PersonsPath, DurableFile.Options(FileMode.OpenOrCreate, secret: true));
        foreach (var (person, key, lookup) in keys)
        {
            var slot = new byte[SlotSize];
            AesSeal.Seal(wrapKey, key, Name(person)).CopyTo(slot, 0);
            lookup.CopyTo(slot, SealedSize);
            file.Seek(person * SlotSize, SeekOrigin.Begin);
            file.Write(slot);
        }

        file.Flush(flushToDisk: true);
    }

    /// <summary>Destroys a person's key, where it has one, and waits until that is on disk.</summary>
    public void Erase(long person)
    {
        if (person >= Next)
        {
            return;
        }

        using var file = new FileStream(PersonsPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Seek(person * SlotSize, SeekOrigin.Begin);
        file.Write(new byte[SlotSize]);
        file.Flush(flushToDisk: true);
    }

    private byte[] Derived(string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, OpenMaster(), KeySize, info: Encoding.UTF8.GetBytes("ledger/personal/v1/" + use));

    private byte[] OpenMaster()
    {
        var path = Path.Combine(directory, MasterFile);
        if (!File.Exists(path) && File.Exists(PersonsPath))
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} is missing, and personal data is encrypted under it: put it back");
        }

        if (!File.Exists(path))
        {
            DurableFile.CreateSecretDirectory(directory);
            DurableFile.Write(path, RandomNumberGenerator.GetBytes(KeySize), secret: true);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeySize
            ? key
            : throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"{path} does not hold a master key: expected {KeySize} bytes, got {key.Length}; put it back"
            );
    }

    private static byte[] Name(long person)
    {
        var name = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(name, person);
        return name;
    }
}
