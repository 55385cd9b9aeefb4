using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using NodaTime;

namespace Ledger.Domain.Rates;

/// <summary>
/// The three rates of one contract in one cycle, with a row for every case scored in it; rates with four places, null where not applicable.
/// </summary>
public sealed record CycleRates(
    string Contract,
    string Cycle,
    string Scheme,
    int Scored,
    int Counted,
    string? Response,
    string? Resolution,
    string? Satisfaction,
    string? Composite,
    IReadOnlyList<CaseRow> Cases
);

/// <summary>A position in a ranking and the events it rests on; of units and seats with the contract that they work under.</summary>
public sealed record RankEvidence(string Ranking, string? Contract, string Name, int Rank, string Value, IReadOnlyList<LedgerEvent> Events);

/// <summary>
/// Who moved between two moments: rank and value before and after (null: not ranked), the events recorded in between on which its own
/// value rests, and, where its own value stayed, the others whose change moved it.
/// </summary>
public sealed record RankMove(
    string Ranking,
    string? Contract,
    string Name,
    int? RankBefore,
    int? RankAfter,
    string? ValueBefore,
    string? ValueAfter,
    IReadOnlyList<string> Events,
    IReadOnlyList<string> MovedBy
);

/// <summary>All contracts as recorded up to a position, for rates and rankings of any cycle.</summary>
public sealed class CycleBook(long position, IReadOnlyList<(ContractAccount Account, ContractFacts Facts)> contracts)
{
    /// <summary>The four rankings of a cycle.</summary>
    public CycleRankings Rankings(YearMonth cycle) => CycleRankings.Of(contracts, cycle);

    /// <summary>The cycles in which cases of a contract were scored, or a rating of it was published.</summary>
    public IReadOnlyList<YearMonth> CyclesOf(string contract) =>
        [
            .. contracts
                .Where(c => c.Account.Terms.Id == contract)
                .SelectMany(c =>
                    c.Facts.Cases.SelectMany(f => f.Scorings)
                        .Select(s => ((CaseScored)s.Data).Cycle)
                        .Concat(c.Facts.Of<MonthlyRatingPublished>().Select(r => r.Data.Cycle))
                )
                .Distinct()
                .Order(),
        ];

    /// <summary>The rates of a contract in a cycle; null where it is not registered.</summary>
    public CycleRates? Rates(string contract, YearMonth cycle)
    {
        var scheme = Scheme(cycle);
        var facts = contracts.Where(c => c.Account.Terms.Id == contract).Select(c => c.Facts).FirstOrDefault();
        if (facts is null)
        {
            return null;
        }

        var rows = ThreeRates.RowsOf(facts, cycle);
        var rates = ThreeRates.Of(rows, scheme);
        return new CycleRates(
            contract,
            MonthlyRatingPublished.CycleText(cycle),
            scheme.Name,
            rows.Count,
            rates.Counted,
            rates.Response?.ToString(),
            rates.Resolution?.ToString(),
            rates.Satisfaction?.ToString(),
            rates.Composite?.ToString(),
            rows
        );
    }

    /// <summary>Every position of a cycle's rankings with its events, in the order of the log.</summary>
    public IReadOnlyList<RankEvidence> Evidence(YearMonth cycle)
    {
        var (scheme, rankings) = (Scheme(cycle), Rankings(cycle));
        var cases = contracts.SelectMany(c => c.Facts.Cases).Where(c => c.Scorings.Any(s => ((CaseScored)s.Data).Cycle == cycle)).ToList();
        var units = cases.ToLookup(c => (c.Dispatched?.Contract, (c.Dispatched?.Data as CaseDispatched)?.Unit));
        var seats = contracts
            .SelectMany(c => c.Facts.Cases.SelectMany(facts => CaseFigures.ClocksOf(facts, c.Account.Terms)))
            .Where(c => scheme.CycleOf(c.Start.OccurredOn) == cycle)
            .ToLookup(c => (c.Stop!.Contract, c.Stop.Actor));
        return
        [
            .. rankings.Contracts.Select(r => new RankEvidence(
                "contracts",
                null,
                r.Contract,
                r.Rank,
                r.Score?.ToString() ?? Json.Words<Tier>.Of(r.Tier),
                InOrder(RatingsOf(r.Contract, cycle))
            )),
            .. rankings.Units.Select(r => new RankEvidence(
                "units",
                r.Contract,
                r.Unit,
                r.Rank,
                r.Composite ?? "not applicable",
                InOrder(units[(r.Contract, r.Unit)].SelectMany(c => EventsOf(c, cycle)))
            )),
            .. rankings.Seats.Select(r => new RankEvidence(
                "seats",
                r.Contract,
                r.Seat,
                r.Rank,
                $"{r.Kept} of {r.Of}",
                InOrder(seats[(r.Contract, r.Seat)].SelectMany(c => new[] { c.Start, c.Stop! }))
            )),
            .. rankings.Vendors.Select(r => new RankEvidence(
                "vendors",
                null,
                r.Vendor,
                r.Rank,
                r.PerTenThousand,
                InOrder(DeductionsOf(r.Vendor, cycle, scheme))
            )),
        ];
    }

    /// <summary>Who stands elsewhere, or with another value, than in an earlier book, and because of which events.</summary>
    public IReadOnlyList<RankMove> MovesSince(CycleBook earlier, YearMonth cycle)
    {
        var before = earlier.Evidence(cycle).ToDictionary(e => (e.Ranking, e.Contract, e.Name));
        var after = Evidence(cycle).ToDictionary(e => (e.Ranking, e.Contract, e.Name));
        var changed = before
            .Keys.Union(after.Keys)
            .Where(k => before.GetValueOrDefault(k)?.Value != after.GetValueOrDefault(k)?.Value)
            .ToHashSet();
        return
        [
            .. from key in before.Keys.Union(after.Keys)
            let was = before.GetValueOrDefault(key)
            let now = after.GetValueOrDefault(key)
            where was?.Rank != now?.Rank || changed.Contains(key)
            orderby Order(key.Ranking), now?.Rank ?? int.MaxValue, key.Name, key.Contract
            select new RankMove(
                key.Ranking,
                key.Contract,
                key.Name,
                was?.Rank,
                now?.Rank,
                was?.Value,
                now?.Value,
                changed.Contains(key) ? [.. NewEvents(was, now, earlier.Position)] : [],
                changed.Contains(key)
                    ? []
                    : [.. changed.Where(c => c.Ranking == key.Ranking).Select(c => Label(c.Contract, c.Name)).Order(StringComparer.Ordinal)]
            ),
        ];
    }

    /// <summary>The position up to which it was read.</summary>
    public long Position { get; } = position;

    /// <summary>Who is meant, for people: codes of units and seats are a contract's own.</summary>
    public static string Label(string? contract, string name) => contract is null ? name : $"{name} ({contract})";

    private static int Order(string ranking) => Array.IndexOf(["contracts", "units", "seats", "vendors"], ranking);

    private static IEnumerable<string> NewEvents(RankEvidence? was, RankEvidence? now, long since)
    {
        var known = (was?.Events ?? []).Select(e => e.Id).ToHashSet();
        return (now?.Events ?? []).Where(e => e.Position > since || !known.Contains(e.Id)).Select(e => e.Id);
    }

    private static IReadOnlyList<LedgerEvent> InOrder(IEnumerable<LedgerEvent> events) =>
        [.. events.DistinctBy(e => e.Position).OrderBy(e => e.Position)];

    private static IEnumerable<LedgerEvent> EventsOf(CaseFacts c, YearMonth cycle) =>
        c
            .Scorings.Where(s => ((CaseScored)s.Data).Cycle == cycle)
            .Append(c.Dispatched)
            .Append(c.Excluded)
            .Append(c.Voided)
            .OfType<LedgerEvent>();

    private IEnumerable<LedgerEvent> RatingsOf(string contract, YearMonth cycle) =>
        contracts
            .Where(c => c.Account.Terms.Id == contract)
            .SelectMany(c => c.Facts.Of<MonthlyRatingPublished>())
            .Where(r => r.Data.Cycle == cycle)
            .Select(r => r.Event);

    private IEnumerable<LedgerEvent> DeductionsOf(string vendor, YearMonth cycle, ScoringScheme scheme)
    {
        foreach (var (account, facts) in contracts.Where(c => c.Account.Terms.Vendor == vendor))
        {
            var counted = account.Deductions.Values.Where(d => scheme.CycleOf(d.AttributedOn) == cycle).Select(d => d.Id).ToHashSet();
            foreach (var e in facts.OfAny<DeductionEvent>().Where(e => counted.Contains(e.Key)))
            {
                yield return e;
            }
        }
    }

    private ScoringScheme Scheme(YearMonth cycle) =>
        ScoringScheme.InForce(
            contracts.SelectMany(c => c.Facts.Of<ScoringSchemeAdopted>()).OrderBy(s => s.Event.Position).Select(s => s.Data),
            cycle
        );
}
