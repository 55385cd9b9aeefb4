#:property PublishAot=false
// Verifies a bundle of Ledger (ledger-bundle/v2) with nothing but the .NET framework, so that trust in a bundle does not rest
// on the program that made it. Made to be read in one sitting; it shares no code with the rest of the repository.
//
//     dotnet run tools/verify-bundle.cs -- BUNDLE [CHECKPOINT-THAT-WAS-KEPT]...
//
// What it shows: the checkpoint is signed by the log's ECDSA key; every event of the contract, and of the whole ledger, hashes
// into the signed root at its position; no event of the contract is left out, neither inside a stream nor at its end; every
// deduction on a statement was proposed by an event with that amount, rests on events that are there, and the sums add up;
// and the log begins with every older checkpoint that it is given. What it does not: apply the contract's rules
// (`ledger verify-bundle` does), or know the log's key (compare the one it prints with the one that was published).
//
// A bundle is lines of JSON: a header, the tree from left to right (events, and roots of subtrees of other contracts' events),
// the documents, and the SHA-256 of everything before the last line.

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: verify-bundle BUNDLE [CHECKPOINT]...");
    return 2;
}

var number = 0;
try
{
    using var file = File.OpenRead(args[0]);
    using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    using var lines = Lines(file).GetEnumerator();

    // 1. The checkpoint: origin, size, root and the digest of the contracts' event counts, signed by the required key.
    var header = Next();
    Expect(Text(header, "format") == "ledger-bundle/v2", "not a bundle of format ledger-bundle/v2");
    var contract = Text(header, "contract");
    var required = Text(header, "keys").Split('\n').Single(l => l.StartsWith("required ", StringComparison.Ordinal))["required ".Length..];
    var (origin, size, root, signedCounts) = Open(Text(header, "checkpoint"), required);
    Expect(
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text(header, "contracts")))) == signedCounts,
        "the counts of events are not those that were signed"
    );
    var counts = Text(header, "contracts")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(l => l[(l.IndexOf(' ') + 1)..], l => long.Parse(l[..l.IndexOf(' ')]));
    var kept = args.Skip(1)
        .Select(path => (Path: path, Checkpoint: Open(File.ReadAllText(path), required)))
        .OrderBy(k => k.Checkpoint.Size)
        .ToList();
    Expect(
        kept.All(k =>
            k.Checkpoint.Size <= size && k.Checkpoint.Origin == origin && (k.Checkpoint.Size < size || k.Checkpoint.Counts == signedCounts)
        ),
        "a kept checkpoint is larger than the bundle's, of another log, or of other events"
    );

    // 2. The tree, from left to right.
    var (done, frontier, streams, found) = (
        0L,
        new List<(int Level, byte[] Hash)>(),
        new Dictionary<string, long>(),
        new Dictionary<string, long>()
    );
    var (ids, proposed, compared) = (new HashSet<string>(), new Dictionary<string, string>(), new HashSet<string>());
    Compare();
    while (done < size)
    {
        var entry = Next();
        if (entry.TryGetProperty("root", out var subtree))
        {
            Add(subtree.GetBytesFromBase64(), entry.GetProperty("level").GetInt32());
            Expect(done < size, "the log's last event does not stand as itself");
        }
        else
        {
            Add(Event(Text(entry, "leaf"), entry.TryGetProperty("data", out var data) ? data.GetString()! : null), 0);
        }

        Compare();
    }

    Expect(kept.All(k => compared.Contains(k.Path)), "a kept checkpoint ends inside a subtree: export the bundle again with --checkpoint");
    Expect(done == size && Root().AsSpan().SequenceEqual(root), "the events do not hash to the signed root");
    foreach (var name in (string[])[contract, "_ledger"])
    {
        Expect(
            found.GetValueOrDefault(name) == counts.GetValueOrDefault(name),
            $"{found.GetValueOrDefault(name)} events of {name} stand here, {counts.GetValueOrDefault(name)} were signed: some are left out"
        );
    }

    // 3. The statements: every deduction rests on its events, and the sums add up.
    var documents = Next();
    foreach (var statement in documents.GetProperty("statements").EnumerateArray())
    {
        var (period, effective, adjustments) = (statement.GetProperty("period").GetInt32(), 0m, 0m);
        foreach (var deduction in statement.GetProperty("deductions").EnumerateArray())
        {
            var id = Text(deduction, "id");
            Expect(
                proposed.GetValueOrDefault(id) == Text(deduction, "amount"),
                $"period {period}: deduction {id} of {Text(deduction, "amount")} was not proposed so"
            );
            Expect(
                deduction.GetProperty("evidence").EnumerateArray().All(e => ids.Contains(e.GetString()!)),
                $"period {period}: deduction {id} rests on an event that is not there"
            );
            effective += Yuan(deduction, "effective");
        }

        foreach (var adjustment in statement.GetProperty("adjustments").EnumerateArray())
        {
            adjustments += Yuan(adjustment, "amount");
        }

        var due = Yuan(statement, "gross") + adjustments - effective;
        Expect(
            Yuan(statement, "netPayable") == Math.Max(0, due)
                && Yuan(statement, "outstanding") == Yuan(statement, "netPayable") - Yuan(statement, "paid"),
            $"period {period}: the sums do not add up"
        );
        Expect(
            Text(statement.GetProperty("checkpoint"), "root") == Convert.ToHexStringLower(root),
            $"period {period}: the statement is of another checkpoint"
        );
    }

    // 4. The end: the digest of every byte before it, and nothing after it.
    var end = Next();
    Expect(
        Text(end, "sha256") == Convert.ToHexStringLower(digest.GetCurrentHash())
            && end.GetRawText() == $$"""{"sha256":"{{Text(end, "sha256")}}"}""",
        "the file was changed or cut"
    );
    Expect(!lines.MoveNext(), "something stands after the end");

    Console.WriteLine(
        $"verified {found[contract]} events of {contract} in the log {origin} of size {size}, root {Convert.ToHexStringLower(root)}"
    );
    Console.WriteLine($"signed by {required}");
    kept.ForEach(k => Console.WriteLine($"begins with {k.Path}, of size {k.Checkpoint.Size}"));
    return 0;

    JsonElement Next()
    {
        if (number > 0)
        {
            digest.AppendData([.. lines.Current, (byte)'\n']);
        }

        number++;
        Expect(lines.MoveNext(), "the bundle ends too early");
        return JsonDocument.Parse(lines.Current).RootElement;
    }

    // The leaf's own lines say what the event is; gives its leaf hash.
    byte[] Event(string leaf, string? data)
    {
        var part = leaf.Split('\n');
        Expect(part.Length == 17 && part[0] == "ledger-event/v2" && part[1] == $"{done + 1}", $"expected the leaf of position {done + 1}");
        var (of, stream, version, type, id, subject) = (part[2], part[3], long.Parse(part[4]), part[5], part[8], part[9]);
        var hash = SHA256.HashData([0, .. Encoding.UTF8.GetBytes(leaf)]);
        var ours = of == contract || of == "_ledger";
        Expect(ours == data is not null && (ours || done + 1 == size), $"position {done + 1} is of {of} and does not belong here");
        if (ours)
        {
            Expect(
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data!))) == part[15],
                $"position {done + 1}: its data is not what was hashed"
            );
            Expect(
                version == streams.GetValueOrDefault(of + "\n" + stream) + 1,
                $"position {done + 1}: an event of {stream} before it is missing"
            );
            streams[of + "\n" + stream] = version;
            found[of] = found.GetValueOrDefault(of) + 1;
            if (of == contract)
            {
                ids.Add(id);
                if (type == "deduction_proposed")
                {
                    proposed[subject["deduction/".Length..]] = Text(JsonDocument.Parse(data!).RootElement, "amount");
                }
            }
        }

        return hash;
    }

    // RFC 6962: a node is SHA-256(1, left, right); the frontier holds the roots of perfect subtrees, largest first.
    void Add(byte[] hash, int level)
    {
        Expect(
            hash.Length == 32 && level is >= 0 and < 63 && done % (1L << level) == 0 && 1L << level <= size - done,
            $"a subtree does not fit after {done} events"
        );
        done += 1L << level;
        frontier.Add((level, hash));
        while (frontier.Count > 1 && frontier[^1].Level == frontier[^2].Level)
        {
            var joined = (frontier[^1].Level + 1, SHA256.HashData([1, .. frontier[^2].Hash, .. frontier[^1].Hash]));
            frontier.RemoveRange(frontier.Count - 2, 2);
            frontier.Add(joined);
        }
    }

    byte[] Root() =>
        frontier.Count == 0
            ? SHA256.HashData([])
            : frontier.Select(f => f.Hash).Reverse().Aggregate((right, left) => SHA256.HashData([1, .. left, .. right]));

    void Compare()
    {
        foreach (var (path, checkpoint) in kept.Where(k => k.Checkpoint.Size == done))
        {
            Expect(Root().AsSpan().SequenceEqual(checkpoint.Root), $"the log does not begin with {path}: its past was rewritten");
            compared.Add(path);
        }
    }
}
catch (Exception e)
{
    // Whatever a forged file does to it: it is not verified.
    Console.WriteLine($"NOT verified, line {number}: {e.Message}");
    return 1;
}

// A signed note (C2SP signed-note): the text, an empty line, signature lines: a dash, the key's name, base64 of a key id of four
// bytes and the signature. The required key is name+id+base64(2, SPKI); ECDSA P-256 over SHA-256 of the text, ASN.1 DER.
static (string Origin, long Size, byte[] Root, string Counts) Open(string note, string required)
{
    var part = required.Split('+', 3);
    var key = Convert.FromBase64String(part[2]);
    Expect(key[0] == 2, "the required key is not an ECDSA key");
    using var ecdsa = ECDsa.Create();
    ecdsa.ImportSubjectPublicKeyInfo(key.AsSpan(1), out _);
    var id = SHA256.HashData(key.AsSpan(1)).AsSpan(0, 4).ToArray();
    note = note.TrimEnd('\n') + '\n'; // A file of several notes: its last.
    var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
    var text = note[(note.LastIndexOf("\n\n", split - 1, StringComparison.Ordinal) is var before and >= 0 ? before + 2 : 0)..(split + 1)];
    var signatures = note[(split + 2)..]
        .Split('\n')
        .Select(l => l.Split(' '))
        .Where(l => l.Length == 3 && l[0] == "\u2014" && l[1] == part[0])
        .Select(l => Convert.FromBase64String(l[2]));
    Expect(
        signatures
            .Where(s => s.AsSpan(0, 4).SequenceEqual(id))
            .Any(s =>
                ecdsa.VerifyData(Encoding.UTF8.GetBytes(text), s.AsSpan(4), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
            ),
        "the checkpoint is not signed by the required key"
    );
    var lines = text.Split('\n');
    Expect(
        lines.Length == 5 && lines[0] == part[0] && lines[3].StartsWith("contracts ", StringComparison.Ordinal),
        "the note is not a checkpoint of this log"
    );
    return (lines[0], long.Parse(lines[1]), Convert.FromBase64String(lines[2]), lines[3]["contracts ".Length..]);
}

static IEnumerable<byte[]> Lines(Stream file)
{
    using var buffered = new BufferedStream(file, 1 << 20);
    var line = new MemoryStream();
    for (int b; (b = buffered.ReadByte()) >= 0; )
    {
        if (b == '\n')
        {
            yield return line.ToArray();
            line.SetLength(0);
        }
        else
        {
            line.WriteByte((byte)b);
        }
    }

    Expect(line.Length == 0, "the last line does not end");
}

static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

static decimal Yuan(JsonElement element, string name) =>
    decimal.Parse(Text(element, name), System.Globalization.CultureInfo.InvariantCulture);

static void Expect(bool holds, string otherwise)
{
    if (!holds)
    {
        throw new InvalidDataException(otherwise);
    }
}
