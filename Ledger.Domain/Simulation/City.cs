using Ledger.Domain.Assessments;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Simulation;

/// <summary>How a city is made up.</summary>
/// <param name="Seed">The same seed gives the same city.</param>
/// <param name="CasesPerMonth">Cases a service month and contract.</param>
/// <param name="Violations">How often terms are broken.</param>
/// <param name="Forgeries">By rule (<see cref="UsualForgeries"/> names them), of how many in a thousand of the records it concerns a false
/// one is made.</param>
public sealed record CityPlan(ulong Seed, int CasesPerMonth, ViolationRates Violations, IReadOnlyDictionary<string, int> Forgeries)
{
    /// <summary>The kinds of forgery and the share, in a thousand of the records that each concerns, where none is chosen.</summary>
    public static IReadOnlyDictionary<string, int> UsualForgeries { get; } =
        new SortedDictionary<string, int>(StringComparer.Ordinal)
        {
            ["F01"] = 10,
            ["F02"] = 10,
            ["F03"] = 10,
            ["F04"] = 10,
            ["F05"] = 10,
            ["F06"] = 10,
            ["F07"] = 10,
            ["F08"] = 10,
            ["F09"] = 10,
            ["F10"] = 5,
            ["F11"] = 2,
            ["F12"] = 5,
            ["F13"] = 5,
            ["F14"] = 10,
            ["F15"] = 340,
            ["F16"] = 100,
            ["F17"] = 3,
            ["F18"] = 10,
        };
}

/// <summary>A forgery that was put in: the rule that should find it, what it is about and the events that are false.</summary>
public sealed record PlantedForgery(
    string Rule,
    Certainty Certainty,
    string Contract,
    string Subject,
    IReadOnlyList<string> Events,
    string What
);

/// <summary>An event and the moment at which somebody wrote it down.</summary>
public sealed record WrittenEvent(NewEvent Event, Instant WrittenAt);

/// <summary>
/// One simulated contract-year: terms with grids and a roster, events in the order in which they were written down, and the truth.
/// </summary>
public sealed record SimulatedContract(ContractTerms Terms, IReadOnlyList<WrittenEvent> Events, IReadOnlyList<PlantedForgery> Truth)
{
    /// <summary>The same up to a moment: without what happens after it, and the forgeries that need it.</summary>
    public SimulatedContract Until(Instant end)
    {
        var kept = Events.Where(e => e.Event.OccurredAt <= end).ToList();
        var ids = kept.Select(e => e.Event.Id).ToHashSet();
        return this with { Events = kept, Truth = [.. Truth.Where(f => f.Events.All(ids.Contains))] };
    }
}

/// <summary>
/// A made-up city: any number of contracts with their hotline, patrols and people, a chosen share of each violation and of each
/// kind of forgery, and the truth about what was forged. A contract depends on its terms and the plan alone.
/// </summary>
public static class City
{
    private const int DelayFrom = 5;
    private const int DelayTo = 300;

    /// <summary>So many contracts made from the given terms in turn; copies carry the number in their id.</summary>
    public static IEnumerable<ContractTerms> Contracts(IReadOnlyList<ContractTerms> models, int count) =>
        Enumerable
            .Range(0, count)
            .Select(n =>
                models[n % models.Count] with { } is var model && count > models.Count
                    ? model with
                    {
                        Id = $"{model.Id}-{(n / models.Count) + 1:000}",
                    }
                    : model
            );

    /// <summary>
    /// What an investigator is shown of a simulated contract at the year's end, each event recorded when it was written down.
    /// </summary>
    public static IReadOnlyList<Finding> FindingsOf(SimulatedContract contract)
    {
        var end = ServiceYear.EndOf(contract.Terms);
        var findings = new FindingFold(end);
        foreach (var e in RecordedEvents(contract))
        {
            findings.Add(e);
        }

        return findings.At(end, WorkingDays.Shipped);
    }

    /// <summary>A simulated contract's events from its registration on, each recorded when it was written down.</summary>
    public static IEnumerable<LedgerEvent> RecordedEvents(SimulatedContract contract)
    {
        var registration = Registration(contract.Terms, 0);
        var position = 1L;
        yield return Recorded(position, registration, registration.OccurredAt);
        foreach (var (e, at) in contract.Events)
        {
            yield return Recorded(++position, e, at);
        }
    }

    /// <summary>The registration that a contract's events need before them.</summary>
    public static NewEvent Registration(ContractTerms terms, ulong seed) =>
        new(
            terms.Id,
            "contract",
            "sim-terms",
            ServiceYear.SourceOf(terms, seed),
            ChinaTime.StartOf(terms.From),
            "principal",
            terms.Registration()
        );

    private static LedgerEvent Recorded(long position, NewEvent e, Instant at) =>
        new(position, e.Contract, e.Subject, 0, e.Id, e.Source, e.OccurredAt, at, e.Actor, e.Data);

    /// <summary>One contract of the city.</summary>
    public static SimulatedContract Of(ContractTerms model, CityPlan plan)
    {
        var terms = WithPeople(model);
        var dice = new Dice(plan.Seed ^ Salt(terms.Id));
        var rushers = Forger.Rushers(dice, plan.Forgeries);
        var hotline = ServiceYear.Hotline(
            terms,
            dice,
            plan.CasesPerMonth,
            plan.Violations with
            {
                CarriesDueTimes = true,
                Rushers = rushers,
            }
        );
        var end = ServiceYear.EndOf(terms);
        var drafts = hotline.Concat(FieldYear.Of(terms, dice)).Where(d => d.At <= end).ToList();
        foreach (var draft in drafts)
        {
            draft.RecordedAt = draft.At + Duration.FromSeconds(dice.Between(DelayFrom, DelayTo));
        }

        var forged = new Forger(dice, drafts, plan.Forgeries, rushers).Run();
        var source = ServiceYear.SourceOf(terms, plan.Seed);
        var events = drafts
            .OrderBy(d => d.RecordedAt)
            .Select((d, i) => new WrittenEvent(d.Numbered(terms.Id, i + 1, source), d.RecordedAt))
            .ToList();
        return new SimulatedContract(
            terms,
            events,
            [.. forged.Select(f => new PlantedForgery(f.Rule, f.Certainty, terms.Id, f.Subject, [.. f.Drafts.Select(d => d.Id)], f.What))]
        );
    }

    private static ContractTerms WithPeople(ContractTerms model) =>
        model with
        {
            Detection = (model.Detection ?? new DetectionTerms()) with
            {
                Grids = FieldYear.DrawGrids(),
                Roster =
                [
                    .. FieldYear.People.Select(p => new RosterEntry(p, model.From)),
                    new RosterEntry(Forger.LeftEarly, model.From, model.From.PlusDays(-1).PlusMonths(1)),
                ],
            },
        };

    /// <summary>Contracts of one city differ: a name's FNV-1a hash.</summary>
    private static ulong Salt(string id) =>
        id.Aggregate(14_695_981_039_346_656_037UL, (hash, c) => unchecked((hash ^ c) * 1_099_511_628_211UL));
}
