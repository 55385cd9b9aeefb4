using System.Security.Cryptography;
using System.Text;
using Ledger.Projections.Evidence.Bundles;

namespace Ledger.Tests.Support;

/// <summary>A contract's bundle in a file, beside the checkpoint and the keys that somebody kept.</summary>
public sealed class BundleFile : IDisposable
{
    private readonly string directory = System.IO.Directory.CreateTempSubdirectory("ledger-bundle-").FullName;

    private BundleFile() { }

    public string Path => System.IO.Path.Combine(directory, "bundle.ndjson");

    public string CheckpointPath => System.IO.Path.Combine(directory, "checkpoint");

    public string KeysPath => System.IO.Path.Combine(directory, "keys");

    public static async Task<BundleFile> OfAsync(TestDatabase database, string contract)
    {
        var (ledger, file) = (database.Ledger, new BundleFile());
        try
        {
            var (policy, published) = (await ledger.Checkpoints.PolicyAsync(default), await ledger.Checkpoints.PublishAsync(default));
            var sizes = ledger.Checkpoints.File.Read().Select(n => long.Parse(n.Split('\n')[1]));
            await using (var output = File.Create(file.Path))
            {
                await new BundleWriter(ledger.Database, ledger.Accounts, ledger.Log).WriteAsync(
                    output,
                    contract,
                    published,
                    policy,
                    sizes,
                    default
                );
            }

            await File.WriteAllTextAsync(file.CheckpointPath, published.Note.ToString());
            await File.WriteAllTextAsync(file.KeysPath, policy.ToString());
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public Task<BundleVerification> VerifyAsync(params string[] kept) =>
        BundleVerifier.VerifyAsync(() => File.OpenRead(Path), null, [.. kept.Select((note, i) => ($"kept {i + 1}", note))], default);

    /// <summary>Changes the lines before the last, and makes the last one right again.</summary>
    public async Task RewriteAsync(Action<List<string>> change)
    {
        var lines = (await File.ReadAllLinesAsync(Path)).SkipLast(1).ToList();
        change(lines);
        var text = string.Concat(lines.Select(l => l + "\n"));
        await File.WriteAllTextAsync(
            Path,
            $"{text}{{\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}\"}}\n"
        );
    }

    public void Dispose() => System.IO.Directory.Delete(directory, recursive: true);
}
