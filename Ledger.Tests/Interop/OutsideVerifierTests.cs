using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Tests.Bundles;
using Ledger.Tests.Support;

namespace Ledger.Tests.Interop;

/// <summary>
/// Our checkpoints and proofs, checked by programs that we did not write: npm's @sigstore/verify, openssl, and the packages
/// behind Go's checksum database. .ci/run installs them; without them these specifications are skipped.
/// </summary>
public sealed class OutsideVerifierTests
{
    private const string GoCode = "/usr/share/gocode";

    private static readonly Lazy<Task<string>> Go = new(BuildGoAsync);

    [SigstoreFact]
    public async Task Sigstore_opens_the_checkpoint_by_its_ECDSA_key_and_finds_the_event_in_it()
    {
        var proof = await ProofAsync();
        Assert.Equal("agrees", await SigstoreAsync(proof));
        Assert.StartsWith("refused", await SigstoreAsync(Changed(proof, "leaf")), StringComparison.Ordinal);
        Assert.StartsWith("refused", await SigstoreAsync(Changed(proof, "inclusion")), StringComparison.Ordinal);
        using var others = SigningKeys.Create((string?)proof["origin"]);
        Assert.StartsWith("refused", await SigstoreAsync(With(proof, "ecdsaPem", Pem(others.EcdsaKey))), StringComparison.Ordinal);
    }

    [ProgramFact("openssl")]
    public async Task Openssl_verifies_the_ECDSA_signature_over_the_checkpoint()
    {
        var proof = await ProofAsync();
        var note = SignedNote.Parse((string)proof["checkpoint"]!, out _)!;
        var directory = Directory.CreateTempSubdirectory("ledger-openssl-").FullName;
        string[] files = [Path.Combine(directory, "key.pem"), Path.Combine(directory, "signature"), Path.Combine(directory, "text")];
        await File.WriteAllTextAsync(files[0], (string)proof["ecdsaPem"]!);
        await File.WriteAllBytesAsync(files[1], note.Signatures[0].Signature);
        await File.WriteAllTextAsync(files[2], note.Text);
        var (status, said) = await ProgramRun.ToEndAsync(
            "openssl",
            ["dgst", "-sha256", "-verify", files[0], "-signature", files[1], files[2]]
        );
        Assert.True(status == 0 && said.Contains("Verified OK", StringComparison.Ordinal), said);
        await File.AppendAllTextAsync(files[2], "more\n");
        Assert.Equal(
            1,
            (await ProgramRun.ToEndAsync("openssl", ["dgst", "-sha256", "-verify", files[0], "-signature", files[1], files[2]])).Status
        );
        Directory.Delete(directory, recursive: true);
    }

    [GoFact]
    public async Task Go_opens_the_checkpoint_by_its_Ed25519_key_and_agrees_with_both_kinds_of_proof()
    {
        var proof = await ProofAsync();
        Assert.Equal("agrees", await GoAsync(proof));
        foreach (var part in new[] { "leaf", "inclusion", "consistency", "oldRoot" })
        {
            Assert.StartsWith("refused", await GoAsync(Changed(proof, part)), StringComparison.Ordinal);
        }

        using var others = SigningKeys.Create((string?)proof["origin"]);
        Assert.StartsWith("refused", await GoAsync(With(proof, "ed25519Key", others.Ed25519Key.ToString())), StringComparison.Ordinal);
    }

    /// <summary>An event of a ledger with its proof, and the consistency with an earlier size.</summary>
    private static async Task<JsonObject> ProofAsync()
    {
        await using var database = await BundleTests.LedgerAsync();
        var ledger = database.Ledger;
        var (policy, published) = (await ledger.Checkpoints.PolicyAsync(default), await ledger.Checkpoints.PublishAsync(default));
        var prover = new LogProver(ledger.Database, ledger.Log);
        var proof = await prover.InclusionAsync(21, published, default);
        var consistency = await prover.ConsistencyAsync(5, published.Checkpoint.Size, published, default);
        return JsonSerializer
            .SerializeToNode(
                new
                {
                    origin = policy.Origin,
                    checkpoint = published.Note.ToString(),
                    ecdsaPem = Pem(policy.Required[0]),
                    ed25519Key = policy.Known[0].ToString(),
                    leaf = proof.Leaf,
                    index = proof.Index,
                    size = published.Checkpoint.Size,
                    root = published.Checkpoint.Root,
                    inclusion = proof.Proof,
                    oldSize = consistency.From,
                    oldRoot = consistency.FromRoot,
                    consistency = consistency.Proof,
                }
            )!
            .AsObject();
    }

    private static string Pem(VerifierKey key) => System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", key.PublicKey);

    private static JsonObject With(JsonObject proof, string part, string value)
    {
        var changed = proof.DeepClone().AsObject();
        changed[part] = value;
        return changed;
    }

    /// <summary>The same with one bit of a hash or of the leaf flipped.</summary>
    private static JsonObject Changed(JsonObject proof, string part)
    {
        var changed = proof.DeepClone().AsObject();
        var bytes = Convert.FromBase64String((string)(changed[part] is JsonArray hashes ? hashes[0]! : changed[part]!)!);
        bytes[3] ^= 0x10;
        if (changed[part] is JsonArray array)
        {
            array[0] = Convert.ToBase64String(bytes);
        }
        else
        {
            changed[part] = Convert.ToBase64String(bytes);
        }

        return changed;
    }

    private static async Task<string> SigstoreAsync(JsonObject proof) =>
        await WithFileAsync(
            proof,
            async file =>
                (
                    await ProgramRun.ToEndAsync(
                        "node",
                        [Path.Combine(AppContext.BaseDirectory, "Interop", "sigstore.cjs"), file],
                        [new("NODE_PATH", Path.Combine(Environment.GetEnvironmentVariable("LEDGER_SIGSTORE")!, "node_modules"))]
                    )
                ).Output.Trim()
        );

    private static async Task<string> GoAsync(JsonObject proof) =>
        await WithFileAsync(proof, async file => (await ProgramRun.ToEndAsync(await Go.Value, [file])).Output.Trim());

    private static async Task<string> WithFileAsync(JsonObject proof, Func<string, Task<string>> run)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, proof.ToJsonString(Domain.Json.LedgerJson.Options));
        var said = await run(file);
        File.Delete(file);
        return said;
    }

    private static async Task<string> BuildGoAsync()
    {
        var directory = Directory.CreateTempSubdirectory("ledger-go-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        var program = Path.Combine(directory, "sumdb");
        var (status, said) = await ProgramRun.ToEndAsync(
            "go",
            ["build", "-o", program, Path.Combine(AppContext.BaseDirectory, "Interop", "sumdb.go")],
            [new("GO111MODULE", "off"), new("GOPATH", GoCode), new("GOCACHE", Path.Combine(directory, "cache")), new("GOFLAGS", "")]
        );
        Assert.True(status == 0, said);
        return program;
    }

    private sealed class SigstoreFactAttribute : FactAttribute
    {
        public SigstoreFactAttribute() =>
            Skip = Environment.GetEnvironmentVariable("LEDGER_SIGSTORE") is null
                ? "LEDGER_SIGSTORE names no directory with npm's @sigstore/verify; .ci/run makes one"
                : null;
    }

    private sealed class GoFactAttribute : FactAttribute
    {
        public GoFactAttribute() =>
            Skip =
                !ProgramRun.Exists("go") || !Directory.Exists(Path.Combine(GoCode, "src", "golang.org", "x", "mod", "sumdb"))
                    ? "golang-go and golang-golang-x-mod-dev are not on this machine; .ci/run installs them"
                    : null;
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ProgramFactAttribute : FactAttribute
    {
        public ProgramFactAttribute(string program) =>
            Skip = ProgramRun.Exists(program) ? null : $"{program} is not on this machine; .ci/run installs it";
    }
}
