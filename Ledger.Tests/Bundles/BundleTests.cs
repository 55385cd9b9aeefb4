using Ledger.Domain.Errors;
using Ledger.Domain.Simulation;
using Ledger.Projections.Evidence.Bundles;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Tests.Support;

namespace Ledger.Tests.Bundles;

/// <summary>A contract's bundle is verified from its file alone, and nothing about it can be changed.</summary>
public sealed class BundleTests
{
    private const string Contract = "gaomidian-2025";

    [Fact]
    public async Task It_holds_every_event_and_statement_of_the_contract_and_both_verifiers_say_so()
    {
        await using var database = await LedgerAsync();
        using var bundle = await BundleFile.OfAsync(database, Contract);
        var verified = await bundle.VerifyAsync();
        Assert.True(verified.Ok, verified.Problem);
        Assert.Equal(
            await database.ScalarAsync<long>($"select count(*) from ledger.mt_events where tenant_id = '{Contract}'"),
            verified.Events
        );
        Assert.Equal((4, 1), (verified.Statements, verified.Assessments));
        var (status, said) = await TinyVerifier.RunAsync(bundle.Path);
        Assert.True(status == 0, said);
        Assert.Contains($"verified {verified.Events} events of {Contract}", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_verified_by_the_command_line_without_a_database_or_a_data_directory()
    {
        await using var database = await LedgerAsync();
        using var bundle = await BundleFile.OfAsync(database, Contract);
        using var command = new Command();
        KeyValuePair<string, string>[] nowhere = [new("ConnectionStrings__Ledger", "Host=nowhere.invalid")];
        var (status, output, error) = await command.RunAsync(
            nowhere,
            "verify-bundle",
            bundle.Path,
            "--checkpoint",
            bundle.CheckpointPath,
            "--keys",
            bundle.KeysPath
        );
        Assert.True(status == 0, error + output);
        Assert.Contains("as trusted", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(command.DataDirectory));
        (status, _, error) = await command.RunAsync(nowhere, "verify-bundle", bundle.Path + "-not-there");
        Assert.Equal(3, status);
        Assert.Contains("cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_thousand_random_bytes_changed_one_at_a_time_are_each_noticed()
    {
        await using var database = await LedgerAsync();
        using var bundle = await BundleFile.OfAsync(database, Contract);
        var bytes = await File.ReadAllBytesAsync(bundle.Path);
        var dice = new Dice(20261121);
        var changes = Enumerable
            .Range(0, 2_000)
            .Select(_ => (At: dice.Between(0, bytes.Length - 1), Xor: dice.Between(1, 255)))
            .Distinct()
            .ToList();
        await Parallel.ForEachAsync(
            changes,
            async (change, _) =>
            {
                var changed = bytes.ToArray();
                changed[change.At] ^= (byte)change.Xor;
                var verified = await BundleVerifier.VerifyAsync(() => new MemoryStream(changed), null, [], default);
                Assert.False(verified.Ok, $"byte {change.At} changed by {change.Xor}");
                Assert.NotNull(verified.Problem);
            }
        );
    }

    [Fact]
    public async Task The_tiny_verifier_notices_changed_bytes_too()
    {
        await using var database = await LedgerAsync();
        using var bundle = await BundleFile.OfAsync(database, Contract);
        var bytes = await File.ReadAllBytesAsync(bundle.Path);
        var dice = new Dice(7);
        for (var i = 0; i < 40; i++)
        {
            var (at, xor) = (dice.Between(0, bytes.Length - 1), (byte)dice.Between(1, 255));
            bytes[at] ^= xor;
            await File.WriteAllBytesAsync(bundle.Path, bytes);
            var (status, said) = await TinyVerifier.RunAsync(bundle.Path);
            Assert.True(status == 1, $"byte {at}: {said}");
            Assert.StartsWith("NOT verified", said, StringComparison.Ordinal);
            bytes[at] ^= xor;
        }
    }

    /// <summary>Whoever changes a bundle can also hash it again: what then must hold is the signed checkpoint.</summary>
    [Theory]
    [InlineData(
        "\"clause\":\"4.6.1\",\"amount\":\"5000.00\"",
        "\"clause\":\"4.6.1\",\"amount\":\"500.00\"",
        "statement of period",
        "not proposed so"
    )]
    [InlineData("\"netPayable\":\"", "\"netPayable\":\"1", "statement of period", "sums do not add up")]
    [InlineData("\"final\":\"", "\"final\":\"1", "settlement", null)]
    [InlineData("\\\"platform\\\":\\\"city\\\"", "\\\"platform\\\":\\\"district\\\"", "does not hash to its leaf", "not what was hashed")]
    [InlineData("\"contracts\":\"1 ", "\"contracts\":\"2 ", "numbers of events", "counts of events")]
    [InlineData("{\"leaf\":", "{ \"leaf\":", "not canonical", null)]
    public async Task A_bundle_that_was_changed_and_hashed_again_is_refused_for_what_was_changed(
        string text,
        string instead,
        string reason,
        string? tiny
    )
    {
        await using var database = await LedgerAsync();
        using var bundle = await BundleFile.OfAsync(database, Contract);
        await bundle.RewriteAsync(lines =>
        {
            // Money stands in the documents at the end, everything else before them.
            var at =
                instead[0] == '"' && text[0] == '"' && !text.StartsWith("\"contracts", StringComparison.Ordinal)
                    ? lines.Count - 1
                    : lines.FindIndex(l => l.Contains(text, StringComparison.Ordinal));
            var found = lines[at].IndexOf(text, StringComparison.Ordinal);
            lines[at] = lines[at][..found] + instead + lines[at][(found + text.Length)..];
        });
        Assert.Contains(reason, (await bundle.VerifyAsync()).Problem, StringComparison.Ordinal);
        if (tiny is not null)
        {
            Assert.Contains(tiny, (await TinyVerifier.RunAsync(bundle.Path)).Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_older_checkpoint_that_somebody_kept_is_compared_and_one_of_another_history_is_refused()
    {
        await using var database = await LedgerAsync();
        var before = await database.Ledger.Checkpoints.PublishAsync(default);
        await Ledgers.ImportAsync(database.Ledger, [Fact("c-1")]);
        using var bundle = await BundleFile.OfAsync(database, "anding-2023");
        Assert.True((await bundle.VerifyAsync(before.Note.ToString())).Ok);
        await File.WriteAllTextAsync(bundle.CheckpointPath, before.Note.ToString());
        Assert.Equal(0, (await TinyVerifier.RunAsync(bundle.Path, bundle.CheckpointPath)).Status);

        // The same keys over another past: what only whoever holds the signer's host can make.
        using var keys = SigningKeys.Open(Path.Combine(Api.Hosting.DataFiles.Signer(database.Ledger.DataDirectory), "keys.pem"));
        var forged = keys.Sign((before.Checkpoint with { Root = System.Security.Cryptography.SHA256.HashData([1]) }).ToString()).ToString();
        Assert.Contains("past was rewritten", (await bundle.VerifyAsync(forged)).Problem, StringComparison.Ordinal);
        await File.WriteAllTextAsync(bundle.CheckpointPath, forged);
        Assert.Contains(
            "past was rewritten",
            (await TinyVerifier.RunAsync(bundle.Path, bundle.CheckpointPath)).Output,
            StringComparison.Ordinal
        );

        var newer = keys.Sign((before.Checkpoint with { Size = 1_000_000 }).ToString()).ToString();
        Assert.Contains("an older log is shown", (await bundle.VerifyAsync(newer)).Problem, StringComparison.Ordinal);
        var never = keys.Sign((before.Checkpoint with { Size = 3 }).ToString()).ToString();
        Assert.Contains("export it again with --checkpoint", (await bundle.VerifyAsync(never)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_were_trusted_before_must_have_signed_it()
    {
        await using var database = await LedgerAsync();
        using var bundle = await BundleFile.OfAsync(database, Contract);
        using var others = SigningKeys.Create((await database.Ledger.Checkpoints.PolicyAsync(default)).Origin);
        var refused = await BundleVerifier.VerifyAsync(() => File.OpenRead(bundle.Path), others.Policy, [], default);
        Assert.Contains("not signed by", refused.Problem, StringComparison.Ordinal);
        Assert.Equal(1, refused.Line);
    }

    [Fact]
    public async Task A_contract_that_is_not_registered_has_no_bundle()
    {
        await using var database = await LedgerAsync();
        Assert.Equal(
            ErrorCode.ContractUnknown,
            (await Assert.ThrowsAsync<LedgerException>(() => BundleFile.OfAsync(database, "nobody"))).Code
        );
    }

    [Fact]
    public async Task Each_contract_of_a_ledger_of_several_has_a_bundle_that_holds()
    {
        await using var database = await LedgerAsync();
        await Ledgers.ImportAsync(database.Ledger, ServiceYear.Of(Terms.Of(Contract), 3, 10).Skip(100));
        await Ledgers.ImportAsync(database.Ledger, [Fact("c-1"), Fact("c-2")]);
        foreach (var contract in Terms.Ids)
        {
            using var bundle = await BundleFile.OfAsync(database, contract);
            var verified = await bundle.VerifyAsync();
            Assert.True(verified.Ok, $"{contract}: {verified.Problem}");
            var (status, said) = await TinyVerifier.RunAsync(bundle.Path);
            Assert.True(status == 0, said);
        }
    }

    internal static async Task<TestDatabase> LedgerAsync()
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2027-06-01T00:00:00Z"));
        Assert.Empty((await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter")).Errors);
        await database.Ledger.AssessAsync(Contract, History.At("2026-02-28T23:59:59+08:00"));
        return database;
    }

    private static Domain.Events.NewEvent Fact(string id) =>
        new(
            "jiuxianqiao-2025",
            "complaint/" + id,
            id,
            "test",
            History.At("2026-01-10T10:00:00+08:00"),
            "a",
            new Domain.Events.ComplaintReceived("x", true)
        );
}
