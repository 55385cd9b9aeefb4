using System.CommandLine;
using System.Diagnostics;
using JasperFx.Events;
using JasperFx.Events.Projections;
using JasperFx.MultiTenancy;
using Ledger.Api.Operations;
using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Projections.Store;
using Marten;
using NodaTime;
using Weasel.Core;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>decide</c>: a decision on an account of many deductions, sent as a command in process, beside what plain Marten does for it: fetch
/// for writing from an async snapshot, append, save; one after the other, in turn.
/// </summary>
internal static class DecideBenchmark
{
    private const string Contract = "gaomidian-2025";

    public static Command Create()
    {
        var deductions = new Option<int>("--deductions")
        {
            DefaultValueFactory = _ => 2000,
            Description = "Deductions proposed on the account",
        };
        var decisions = new Option<int>("--decisions") { DefaultValueFactory = _ => 300, Description = "Decisions of each, in turn" };
        var command = new Command("decide", "A decision on a large account beside plain Marten") { deductions, decisions };
        command.SetAction(parsed => RunAsync(parsed.GetValue(deductions), parsed.GetValue(decisions)));
        return command;
    }

    private static async Task<int> RunAsync(int deductions, int decisions)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        var terms = Bench.Terms(Contract);
        await bench.RegisterAsync(terms);
        NewEvent[] proposed = [.. Enumerable.Range(0, deductions).Select(i => Proposed(terms, i))];
        await using (var session = bench.Get<IDocumentStore>().LightweightSession(Contract))
        {
            Array.ForEach(proposed, e => session.Record(e));
            await session.SaveChangesAsync();
        }

        await bench.Get<ReadModels>().CatchUpAsync(CancellationToken.None);
        await using var plain = await PlainAsync(bench, [Registered(terms), .. proposed]);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var i = -20; i < decisions; i++)
        {
            var decision = Decision(i + 20);
            var (a, b) = (await TimeAsync(() => DecideAsync(bench, decision)), await TimeAsync(() => PlainDecideAsync(plain, decision)));
            if (i >= 0)
            {
                ours.Add(a);
                theirs.Add(b);
            }
        }

        Bench.Head("plain Marten");
        return Bench.Row(
            $"one decision on an account of {deductions:N0} deductions, p50",
            Bench.Median(theirs),
            Bench.Median(ours),
            "µs",
            0.5,
            atLeast: false
        )
            ? 0
            : 1;
    }

    private static async Task<DocumentStore> PlainAsync(Bench bench, IReadOnlyList<NewEvent> events)
    {
        var store = DocumentStore.For(options =>
        {
            options.Connection(bench.Connection);
            options.DatabaseSchemaName = "plain";
            options.UseSystemTextJsonForSerialization(LedgerJson.Options, EnumStorage.AsInteger, Casing.CamelCase);
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.TenancyStyle = TenancyStyle.Conjoined;
            options.Policies.AllDocumentsAreMultiTenanted();
            options.Events.MetadataConfig.HeadersEnabled = true;
            options.Projections.AsyncMode = JasperFx.Events.Daemon.DaemonMode.ExternallyManaged;
            options.Projections.Add(new PlainAccounts(), ProjectionLifecycle.Async);
            foreach (var type in EventCatalogue.All)
            {
                options.Events.MapEventType(type.Data, type.Alias);
            }
        });
        await using (var session = store.LightweightSession(Contract))
        {
            session.Events.StartStream<ContractAccount>(Contract, events.Select(e => (object)EventMapping.ToMarten(e)));
            await session.SaveChangesAsync();
        }

        using var daemon = await store.BuildProjectionDaemonAsync();
        await daemon.CatchUpAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        return store;
    }

    private static async Task DecideAsync(Bench bench, NewEvent decision)
    {
        var outcome = await bench.SendAsync<DecisionOutcome>(Contract, new RecordDecision(decision));
        if (outcome.Refusals.Count > 0)
        {
            throw new InvalidOperationException(string.Join("; ", outcome.Refusals));
        }
    }

    private static async Task PlainDecideAsync(DocumentStore store, NewEvent decision)
    {
        await using var session = store.LightweightSession(Contract);
        var stream = await session.Events.FetchForWriting<ContractAccount>(Contract);
        stream.AppendOne(EventMapping.ToMarten(decision));
        await session.SaveChangesAsync(CancellationToken.None);
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static NewEvent Registered(ContractTerms terms) =>
        new(Contract, "contract", "register", "bench", Instant.FromUtc(2025, 11, 1, 0, 0), "bench", terms.Registration());

    private static NewEvent Proposed(ContractTerms terms, int number) =>
        new(
            Contract,
            $"deduction/4.6.1:case-{number}",
            $"proposed-{number}",
            LedgerSource.Name,
            Instant.FromUtc(2025, 11, 2, 0, 0),
            LedgerSource.Name,
            new DeductionProposed("4.6.1", [], Cny.OfFen(100), terms.From.PlusDays(number % 300), [])
        );

    private static NewEvent Decision(int number) =>
        new(
            Contract,
            $"deduction/4.6.1:case-{number}",
            $"confirmed-{number}",
            "bench",
            Instant.FromUtc(2025, 11, 3, 0, 0),
            "officer-1",
            new DeductionConfirmed()
        );
}
