using System.CommandLine;
using System.Globalization;
using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Simulation;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary>
/// <c>simulate ID… --seed S --cases-per-month N --out FILE</c>: a made-up year as NDJSON, without a database; with <c>--truth</c> or
/// <c>--contracts</c> a city with its patrols and forgeries, and the truth beside it.
/// </summary>
internal static class SimulateCommand
{
    private const int Thousand = 1000;
    private const int MostContracts = 10_000;

    private static readonly Argument<string[]> Ids = new("ID")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "Contracts that ship with the product, or terms files",
    };
    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "The same seed gives the same year",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<int> Cases = new("--cases-per-month")
    {
        Description = "Cases a service month and contract, 0 to 1,000,000",
        DefaultValueFactory = _ => 1000,
    };
    private static readonly Option<string?> Until = new("--until")
    {
        Description = "Leaves out what happens after this date or time (default: now, so that a ledger takes all of it)",
    };
    private static readonly Option<int?> Months = new("--months")
    {
        Description = "Leaves out what happens after so many service months of the contract",
    };
    private static readonly Option<string> Output = new("--out")
    {
        Required = true,
        Description = "The file to write; - is standard output",
    };
    private static readonly Option<int?> Contracts = new("--contracts")
    {
        Description = "A city of so many contracts, made from the named ones in turn and registered in the file itself",
    };
    private static readonly Option<string?> Truth = new("--truth")
    {
        Description = "A city; writes what was forged to this file, one JSON object a line",
    };
    private static readonly Option<string[]> Forge = new("--forge")
    {
        Description =
            "A city; RULE=SHARE of the records it concerns, such as F06=0.02, several times; none=0 forges nothing else (usual: "
            + $"{string.Join(' ', CityPlan.UsualForgeries.Select(f => $"{f.Key}={f.Value / 1000m}"))})",
    };
    private static readonly Option<string[]> Violate = new("--violate")
    {
        Description = $"A city; NAME=SHARE of the cases, of {string.Join(", ", ViolationRates.Names)}",
    };

    public static Command Create()
    {
        var command = new Command("simulate", "Writes a made-up year of events, or a city with forgeries and the truth about them")
        {
            Ids,
            Seed,
            Cases,
            Until,
            Months,
            Output,
            Contracts,
            Truth,
            Forge,
            Violate,
        };
        command.SetAction(
            (parsed, cancel) =>
                CommandLine.GuardAsync(
                    parsed,
                    async terminal =>
                    {
                        var months = parsed.GetValue(Months) is { } m ? Between("--months", m, 1, 1_200) : (int?)null;
                        var until = parsed.GetValue(Until) is { } moment
                            ? Moments.Parse(moment, "--until")
                            : SystemClock.Instance.GetCurrentInstant();
                        var perMonth = Between("--cases-per-month", parsed.GetValue(Cases), 0, 1_000_000);
                        var count = parsed.GetValue(Contracts) is { } n ? Between("--contracts", n, 1, MostContracts) : (int?)null;
                        var models = new List<ContractTerms>();
                        foreach (var id in parsed.GetRequiredValue(Ids))
                        {
                            models.Add(await ReadTermsAsync(id, cancel));
                        }

                        var isCity =
                            count is not null
                            || models.Count > 1
                            || parsed.GetValue(Truth) is not null
                            || parsed.GetValue(Forge) is { Length: > 0 }
                            || parsed.GetValue(Violate) is { Length: > 0 };
                        return isCity
                            ? await WriteCityAsync(
                                terminal,
                                parsed,
                                City.Contracts(models, count ?? models.Count),
                                PlanOf(parsed, perMonth),
                                terms => EndOf(terms, until, months),
                                cancel
                            )
                            : await WriteYearAsync(
                                terminal,
                                parsed,
                                [
                                    .. ServiceYear
                                        .Of(models[0], parsed.GetValue(Seed), perMonth)
                                        .Where(e => e.OccurredAt <= EndOf(models[0], until, months)),
                                ],
                                cancel
                            );
                    }
                )
        );
        return command;
    }

    private static async Task<int> WriteYearAsync(
        Terminal terminal,
        ParseResult parsed,
        IReadOnlyList<NewEvent> events,
        CancellationToken cancel
    )
    {
        var path = parsed.GetRequiredValue(Output);
        await using (var stream = CreateFile(path))
        {
            foreach (var e in events)
            {
                await WriteAsync(stream, EventWriter.Write(e), cancel);
            }
        }

        if (path != "-")
        {
            terminal.Show(new { file = path, events = events.Count }, console => console.WriteLine($"{events.Count} events in {path}"));
        }

        return CommandLine.Done;
    }

    private static async Task<int> WriteCityAsync(
        Terminal terminal,
        ParseResult parsed,
        IEnumerable<ContractTerms> models,
        CityPlan plan,
        Func<ContractTerms, Instant> endOf,
        CancellationToken cancel
    )
    {
        var (path, truthPath) = (parsed.GetRequiredValue(Output), parsed.GetValue(Truth));
        var (contracts, events, planted) = (0, 0L, 0);
        await using (var stream = CreateFile(path))
        await using (var truth = truthPath is null ? Stream.Null : CreateFile(truthPath))
        {
            foreach (var model in models)
            {
                var contract = City.Of(model, plan).Until(endOf(model));
                await WriteAsync(stream, EventWriter.Write(City.Registration(contract.Terms, plan.Seed)), cancel);
                foreach (var (e, _) in contract.Events)
                {
                    await WriteAsync(stream, EventWriter.Write(e), cancel);
                }

                foreach (var forgery in contract.Truth)
                {
                    await WriteAsync(truth, LedgerJson.Write(forgery), cancel);
                }

                (contracts, events, planted) = (contracts + 1, events + contract.Events.Count + 1, planted + contract.Truth.Count);
            }
        }

        if (path != "-")
        {
            terminal.Show(
                new
                {
                    file = path,
                    contracts,
                    events,
                    forgeries = planted,
                    truth = truthPath,
                },
                console =>
                    console.WriteLine(
                        $"{events} events of {contracts} contracts in {path}, {planted} forgeries among "
                            + $"them{(truthPath is null ? "" : $": {truthPath} names them")}"
                    )
            );
        }

        return CommandLine.Done;
    }

    private static Instant EndOf(ContractTerms terms, Instant until, int? months) =>
        months is { } some ? Instant.Min(until, ChinaTime.EndOf(ServiceMonths.Months(terms.From, 1, some).To)) : until;

    private static CityPlan PlanOf(ParseResult parsed, int perMonth)
    {
        var forgeries = new SortedDictionary<string, int>(CityPlan.UsualForgeries.ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, share) in Shares("--forge", parsed.GetValue(Forge) ?? []))
        {
            if (name == "none")
            {
                forgeries.Clear();
            }
            else
            {
                forgeries[
                    CityPlan.UsualForgeries.ContainsKey(name)
                        ? name
                        : throw Expected("--forge", string.Join(", ", CityPlan.UsualForgeries.Keys.Prepend("none")), name)
                ] = share;
            }
        }

        var violations = Shares("--violate", parsed.GetValue(Violate) ?? [])
            .Aggregate(
                ViolationRates.OfCity,
                (rates, v) => rates.With(v.Name, v.PerMille) ?? throw Expected("--violate", string.Join(", ", ViolationRates.Names), v.Name)
            );
        return new CityPlan(parsed.GetValue(Seed), perMonth, violations, forgeries);
    }

    private static IEnumerable<(string Name, int PerMille)> Shares(string option, string[] texts)
    {
        foreach (var text in texts)
        {
            var parts = text.Split('=');
            yield return parts.Length == 2
            && decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && share is >= 0 and <= 1
                ? (parts[0], (int)(share * Thousand))
                : throw Expected(option, "NAME=SHARE with a share from 0 to 1, in thousandths", text);
        }
    }

    private static LedgerException Expected(string option, string what, string got) =>
        new(ErrorCode.BadRequest, $"{option}: expected {what}, got \"{got}\"");

    private static int Between(string option, int value, int from, int to) =>
        value >= from && value <= to ? value : throw Expected(option, $"{from} to {to}", value.ToString(CultureInfo.InvariantCulture));

    private static async Task<ContractTerms> ReadTermsAsync(string id, CancellationToken cancel) =>
        TermsReader.Read(ShippedContracts.Find(id) ?? await CommandLine.ReadFileAsync(id, cancel), out var faults)
        ?? throw new LedgerException(ErrorCode.Refused, $"{id}: {string.Join("; ", faults)}");

    private static async Task WriteAsync(Stream stream, byte[] line, CancellationToken cancel)
    {
        await stream.WriteAsync(line, cancel);
        stream.WriteByte((byte)'\n');
    }

    private static BufferedStream CreateFile(string path) =>
        new(path == "-" ? Console.OpenStandardOutput() : CommandLine.CreateFile(path), 1 << 16);
}
