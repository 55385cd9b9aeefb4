using System.CommandLine;
using System.Globalization;
using Ledger.Domain.Json;
using Ledger.Domain.Simulation;
using Ledger.Domain.Vocabulary;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>detectors</c>: precision and recall of every detector on a simulated city of any seed. Fails where a certain one is below 1.0
/// or a lead below 0.9.
/// </summary>
internal static class DetectorBenchmark
{
    private const decimal LeastForLeads = 0.9m;

    public static Command Create()
    {
        var seed = new Option<ulong?>("--seed") { Description = "The city's seed (default: one of chance, printed)" };
        var cases = new Option<int>("--cases-per-month")
        {
            DefaultValueFactory = _ => 1000,
            Description = "Cases a service month and contract",
        };
        var contracts = new Option<int>("--contracts")
        {
            DefaultValueFactory = _ => 5,
            Description = "Contracts, made from the five that ship in turn",
        };
        var command = new Command("detectors", "Precision and recall of the detectors F01 to F18 on a simulated city")
        {
            seed,
            cases,
            contracts,
        };
        command.SetAction(parsed =>
            Run(
                parsed.GetValue(seed) ?? (ulong)System.Diagnostics.Stopwatch.GetTimestamp(),
                parsed.GetValue(cases),
                parsed.GetValue(contracts)
            )
        );
        return command;
    }

    private static int Run(ulong seed, int casesPerMonth, int contracts)
    {
        var plan = new CityPlan(seed, casesPerMonth, ViolationRates.OfCity, CityPlan.UsualForgeries);
        var models = Bench.ShippedContracts.Select(Bench.Terms).ToList();
        var events = 0L;
        var scores = DetectionScore.Of(
            City.Contracts(models, contracts)
                .Select(model =>
                {
                    var contract = City.Of(model, plan);
                    events += contract.Events.Count;
                    return (contract, City.FindingsOf(contract));
                })
        );

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}, {contracts} contracts, {casesPerMonth} cases a month, {events:N0} events"
            )
        );
        Console.WriteLine();
        Console.WriteLine("| rule | certainty | planted | found | findings | right | precision | recall |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var s in scores)
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {s.Rule} | {Words<Certainty>.Of(s.Certainty)} | {s.Planted} | {s.Caught} | {s.Findings} | {s.Right} | "
                        + $"{s.Precision:0.000} | {s.Recall:0.000} |"
                )
            );
        }

        return scores.All(s =>
            s.Certainty == Certainty.Certain
                ? s is { Precision: 1 or null, Recall: 1 or null }
                : s is { Precision: >= LeastForLeads or null, Recall: >= LeastForLeads or null }
        )
            ? 0
            : 1;
    }
}
