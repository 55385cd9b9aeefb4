using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Domain.Simulation;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Tests.Support;

namespace Ledger.Tests.Checkpoints;

/// <summary>The log as followers see it over HTTP (C2SP tlog-tiles), read by a follower that trusts nothing but the public keys.</summary>
public sealed class PublishedLogTests
{
    [Fact]
    public async Task A_follower_rebuilds_the_signed_root_from_entries_and_from_tiles()
    {
        await using var database = await YearAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        var policy = CheckpointPolicy.Parse(await service.Http.GetStringAsync(new Uri("/log/keys", UriKind.Relative)));
        var checkpoint = policy.Open(await service.Http.GetByteArrayAsync(new Uri("/log/checkpoint", UriKind.Relative)), out _)!;
        Assert.Equal((await database.Ledger.Log.HeadAsync(default)).Position, checkpoint.Size);
        Assert.InRange(checkpoint.Size, (256 * 2) + 1, 65_535);

        var (entries, leaves) = (new MerkleTree(), new MerkleTree());
        for (var index = 0L; index * TileStore.Width < checkpoint.Size; index++)
        {
            var width = Math.Min(TileStore.Width, checkpoint.Size - (index * TileStore.Width));
            var path = $"{index:000}{(width < TileStore.Width ? $".p/{width}" : "")}";
            foreach (var entry in Entries(await service.Http.GetByteArrayAsync(new Uri($"/log/tile/entries/{path}", UriKind.Relative))))
            {
                entries.Add(SHA256.HashData([0, .. entry]));
            }

            foreach (
                var hash in (await service.Http.GetByteArrayAsync(new Uri($"/log/tile/0/{path}", UriKind.Relative))).Chunk(
                    MerkleTree.HashSize
                )
            )
            {
                leaves.Add(hash);
            }
        }

        Assert.Equal(checkpoint.Root, entries.Root());
        Assert.Equal(checkpoint.Root, leaves.Root());
        var above = await service.Http.GetByteArrayAsync(new Uri($"/log/tile/1/000.p/{checkpoint.Size / 256}", UriKind.Relative));
        Assert.Equal(
            TileStore.Fold(await service.Http.GetByteArrayAsync(new Uri("/log/tile/0/000", UriKind.Relative))),
            above[..MerkleTree.HashSize]
        );
    }

    [Fact]
    public async Task A_tile_that_the_log_does_not_have_or_that_is_misnamed_is_not_found()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        string[] paths =
        [
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/999",
            "tile/0/x000/001",
            "tile/0/1",
            "tile/0/-01",
            "tile/00/000",
            "tile/64/000",
            "tile/8/000.p/1",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/entries/999",
            "tile/entries/",
            "tile/leaf/000",
        ];
        foreach (var path in paths)
        {
            Assert.Equal(
                (path, HttpStatusCode.NotFound),
                (path, (await service.Http.GetAsync(new Uri("/log/" + path, UriKind.Relative))).StatusCode)
            );
        }
    }

    [Fact]
    public async Task A_partial_tile_is_served_at_each_width_that_the_log_has_and_at_no_other()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        for (var width = 1; width <= 6; width++)
        {
            var tile = await service.Http.GetAsync(new Uri($"/log/tile/0/000.p/{width}", UriKind.Relative));
            Assert.Equal(width <= 5 ? HttpStatusCode.OK : HttpStatusCode.NotFound, tile.StatusCode);
            Assert.True(width > 5 || (await tile.Content.ReadAsByteArrayAsync()).Length == width * MerkleTree.HashSize);
        }
    }

    [Fact]
    public async Task A_checkpoint_is_published_within_a_second_of_an_append_and_kept_in_the_file()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        await service.WaitAsync("/log/checkpoint", (response, _) => response.IsSuccessStatusCode);
        await Ledgers.RegisterAllAsync(database.Ledger);
        var patience = System.Diagnostics.Stopwatch.StartNew();
        var note = await service.WaitAsync("/log/checkpoint", (_, text) => text.Split('\n')[1] == "5");
        Assert.True(patience.Elapsed < TimeSpan.FromSeconds(5), $"{patience.Elapsed}"); // A second on a machine that does nothing else.
        Assert.Equal(note, database.Ledger.Checkpoints.File.Last());
        Assert.Equal(
            5,
            JsonDocument
                .Parse(await service.Http.GetStringAsync(new Uri("/health", UriKind.Relative)))
                .RootElement.GetProperty("checkpoint")
                .GetProperty("size")
                .GetInt64()
        );
    }

    [Fact]
    public async Task Proofs_over_HTTP_hold_against_the_signed_checkpoint_and_positions_outside_are_told()
    {
        await using var database = await YearAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        var policy = await database.Ledger.Checkpoints.PolicyAsync(default);
        var size = (await database.Ledger.Log.HeadAsync(default)).Position;
        foreach (var position in new[] { 1, 2, 256, 257, size })
        {
            var proof = ProofFile.Parse(
                await service.Http.GetStringAsync(new Uri($"/log/proof/{position}", UriKind.Relative)),
                out var problem
            )!;
            Assert.Null(problem);
            var checkpoint = policy.Open(proof.Checkpoint, out _)!;
            Assert.Equal(position, Leaf.Parse(Encoding.UTF8.GetString(proof.Leaf))!.Value.Event.Position);
            Assert.True(
                MerkleProof.ShowsInclusion(proof.Index, checkpoint.Size, SHA256.HashData([0, .. proof.Leaf]), proof.Proof, checkpoint.Root)
            );
        }

        foreach (var from in new[] { 0, 1, 5, 256, size })
        {
            var proof = JsonDocument
                .Parse(await service.Http.GetStringAsync(new Uri($"/log/consistency/{from}/{size}", UriKind.Relative)))
                .RootElement;
            Assert.True(
                MerkleProof.ShowsConsistency(
                    from,
                    size,
                    proof.GetProperty("fromRoot").GetBytesFromBase64(),
                    proof.GetProperty("toRoot").GetBytesFromBase64(),
                    [.. proof.GetProperty("proof").EnumerateArray().Select(h => h.GetBytesFromBase64())]
                )
            );
        }

        foreach (var path in new[] { "proof/0", $"proof/{size + 1}", $"consistency/3/{size + 1}", "consistency/4/3", "consistency/-1/3" })
        {
            var answer = await service.Http.GetAsync(new Uri("/log/" + path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("moment-unknown", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_empty_log_has_a_signed_checkpoint_too()
    {
        await using var database = await TestDatabase.CreateAsync();
        var published = await database.Ledger.Checkpoints.PublishAsync(default);
        Assert.Equal(0, published.Checkpoint.Size);
        Assert.Equal(MerkleTree.EmptyRoot, published.Checkpoint.Root);
        Assert.Same(published, await database.Ledger.Checkpoints.PublishAsync(default));
    }

    /// <summary>A file of checkpoints that a crash, or a hand, left in any state loses no whole note by the next append.</summary>
    [Fact]
    public void A_checkpoint_file_cut_at_any_byte_keeps_its_whole_notes_and_takes_the_next()
    {
        using var keys = SigningKeys.Create("ledger.example/log");
        var notes = Enumerable
            .Range(1, 3)
            .Select(i => keys.Sign(new Checkpoint(keys.Origin, i, MerkleTree.EmptyRoot, null).ToString()))
            .ToList();
        var path = Path.Combine(Directory.CreateTempSubdirectory("ledger-notes-").FullName, "checkpoints");
        var file = new CheckpointFile(path);
        file.Append(notes[0]);
        var whole = File.ReadAllBytes(path);
        file.Append(notes[1]);
        var two = File.ReadAllBytes(path);
        for (var cut = whole.Length; cut <= two.Length; cut++)
        {
            File.WriteAllBytes(path, two[..cut]);
            file.Append(notes[2]);
            var read = file.Read().ToList();
            Assert.Equal(notes[0].ToString(), read[0]);
            Assert.Equal(notes[2].ToString(), read[^1]);
            Assert.Equal(notes[2].ToString(), file.Last());
            Assert.All(read, n => Assert.NotNull(keys.Policy.Open(Encoding.UTF8.GetBytes(n), out _)));
        }

        // One note without the empty line behind it, as `checkpoint` prints it.
        File.WriteAllText(path, notes[0].ToString());
        Assert.Equal(notes[0].ToString(), file.Last());
        file.Append(notes[1]);
        Assert.Equal([notes[0].ToString(), notes[1].ToString()], file.Read());
        foreach (
            var damaged in new[]
            {
                "",
                "anything",
                notes[0].ToString()[..^20],
                notes[0].ToString().Replace("\n", "\r\n", StringComparison.Ordinal),
            }
        )
        {
            File.WriteAllText(path, damaged);
            Assert.Equal(ErrorCode.FileUnreadable, Assert.Throws<LedgerException>(file.NotesOfCopy).Code);
        }
    }

    /// <summary>Each may look at the log before the other and ask after it: that the log seems smaller then is no alarm.</summary>
    [Fact]
    public async Task Two_services_publish_beside_each_other_while_events_arrive_and_neither_raises_a_false_alarm()
    {
        await using var database = await TestDatabase.CreateAsync();
        var directory = Directory.CreateTempSubdirectory("ledger-signer-").FullName;
        using var signer = Signer.Open(directory);
        var policy = Path.Combine(directory, "policy");
        using var first = new CheckpointPublisher(
            database.Ledger.Database,
            signer,
            new CheckpointFile(Path.Combine(directory, "checkpoints")),
            policy
        );
        using var second = new CheckpointPublisher(
            database.Ledger.Database,
            signer,
            new CheckpointFile(Path.Combine(directory, "checkpoints")),
            policy
        );
        var appending = Task.Run(async () =>
        {
            for (var i = 0; i < 400; i++)
            {
                await database.Ledger.Facts.RecordAsync(Fact.Of($"case/{i % 9}", $"e-{i}"), default);
            }
        });
        async Task PublishAsync(CheckpointPublisher publisher)
        {
            while (!appending.IsCompleted)
            {
                await publisher.PublishAsync(default);
            }
        }

        await Task.WhenAll(PublishAsync(first), PublishAsync(second), appending);
        Assert.Equal(400, (await first.PublishAsync(default)).Checkpoint.Size);
        Assert.False(File.Exists(Path.Combine(directory, Signer.AlarmFile)));
        var notes = new CheckpointFile(Path.Combine(directory, "checkpoints")).Read().ToList();
        Assert.All(notes, n => Assert.NotNull(signer.Policy.Open(Encoding.UTF8.GetBytes(n), out _)));
    }

    private static async Task<TestDatabase> YearAsync()
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2027-06-01T00:00:00Z"));
        Assert.Empty((await Ledgers.ImportAsync(database.Ledger, ServiceYear.Of(Terms.Of("gaomidian-2025"), 1, 8))).Errors);
        return database;
    }

    private static IEnumerable<byte[]> Entries(byte[] bundle)
    {
        for (var at = 0; at < bundle.Length; )
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.AsSpan(at));
            yield return bundle[(at + 2)..(at + 2 + length)];
            at += 2 + length;
        }
    }
}
