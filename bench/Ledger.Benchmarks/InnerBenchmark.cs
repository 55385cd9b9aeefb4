using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Simulation;
using Ledger.Domain.Statements;
using Ledger.Projections.Evidence;
using Ledger.Projections.Store;

namespace Ledger.Benchmarks;

/// <summary><c>inner</c>: what one event or statement costs in memory, by BenchmarkDotNet.</summary>
internal static class InnerBenchmark
{
    public static Command Create()
    {
        var command = new Command("inner", "Leaves, tree, encoding and decoding of one event, in memory, by BenchmarkDotNet");
        command.SetAction(_ =>
        {
            // In this process: the generated project of the default toolchain would be restored from a registry.
            BenchmarkRunner.Run<InnerLoops>(DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
        });
        return command;
    }
}

/// <summary>The loops that every event goes through, each over the same thousand events of a simulated year.</summary>
[MemoryDiagnoser]
public class InnerLoops
{
    private const int Events = 1_000;
    private const string Contract = "gaomidian-2025";

    private NewEvent[] events = [];
    private StoredEvent[] stored = [];
    private byte[][] leaves = [];
    private byte[] statement = [];

    /// <summary>Makes the events.</summary>
    [GlobalSetup]
    public void Fill()
    {
        var terms = Bench.Terms(Contract);
        events = [.. ServiceYear.Of(terms, 20251028, 100).Take(Events)];
        stored = [.. events.Select((e, i) => PendingEvent.Of(e).At(i + 1, 1, 0))];
        leaves = [.. stored.Select(e => Leaf.Hash(e))];
        var account = stored
            .Select(EventMapping.ToEvent)
            .Prepend(Registered(terms))
            .Aggregate((ContractAccount?)null, ContractAccount.Evolve)!;
        statement = LedgerJson.Write(StatementBuilder.BuildAll(account)[0]);
    }

    /// <summary>The limit of a leaf: the two digests.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public byte Sha256OfDataAndOfALeafsBytes()
    {
        byte sum = 0;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> leaf = stackalloc byte[420];
        foreach (var e in stored)
        {
            SHA256.HashData(e.Data.Span, digest);
            SHA256.HashData(leaf, digest);
            sum ^= digest[0];
        }

        return sum;
    }

    /// <summary>The leaf hash of an event.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public byte LeafHash()
    {
        byte sum = 0;
        foreach (var e in stored)
        {
            sum ^= Leaf.Hash(e)[0];
        }

        return sum;
    }

    /// <summary>A leaf added to the tree.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public long TreeAdd()
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves)
        {
            tree.Add(leaf);
        }

        return tree.Size;
    }

    /// <summary>The canonical bytes of an event's data.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int Encode()
    {
        var bytes = 0;
        foreach (var e in events)
        {
            bytes += PendingEvent.Of(e).Data.Length;
        }

        return bytes;
    }

    /// <summary>The limit of decoding: a walk over the tokens.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int Tokens()
    {
        var tokens = 0;
        foreach (var e in stored)
        {
            var reader = new Utf8JsonReader(e.Data.Span);
            while (reader.Read())
            {
                tokens++;
            }
        }

        return tokens;
    }

    /// <summary>An event decoded from its row.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int Decode()
    {
        var length = 0;
        foreach (var e in stored)
        {
            length += EventMapping.ToEvent(e).Subject.Length;
        }

        return length;
    }

    /// <summary>A period statement decoded from its row.</summary>
    [Benchmark]
    public PeriodStatement? DecodeStatement() => JsonSerializer.Deserialize<PeriodStatement>(statement, LedgerJson.Options);

    private static LedgerEvent Registered(Domain.Terms.ContractTerms terms) =>
        new(0, terms.Id, "contract", 1, "registered", "bench", default, default, "bench", terms.Registration());
}
