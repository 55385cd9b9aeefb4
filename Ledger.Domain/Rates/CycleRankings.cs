using System.Text.Json.Serialization;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Rates;

/// <summary>A contract by the city's published rating: by its published rank where all carry one, else by score, else by tier.</summary>
public sealed record ContractRank(
    int Rank,
    string Contract,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? Score,
    Tier Tier
);

/// <summary>
/// A unit of a contract by the composite of the cases first dispatched to it; rates with four places, null where not applicable.
/// </summary>
public sealed record UnitRank(
    int Rank,
    string Contract,
    string Unit,
    int Counted,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Response,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Resolution,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Satisfaction,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Composite
);

/// <summary>
/// A seat of a contract by the share of the time limits that it kept, of those whose clock began in the cycle and that it stopped.
/// </summary>
public sealed record SeatRank(int Rank, string Contract, string Seat, int Kept, int Of, string Share);

/// <summary>
/// A vendor by its effective deductions of the cycle per 10,000 yuan of the cycle's fee (by days of the term), the least first; over those
/// of its contracts that were assessed in the cycle or later. <c>AssessedUntil</c> is the day to which all of them were, at most the
/// cycle's last: before that, deductions may be missing.
/// </summary>
public sealed record VendorRank(int Rank, string Vendor, Cny Deductions, Cny Fee, string PerTenThousand, LocalDate AssessedUntil);

/// <summary>A contract with a fee in the cycle of which nothing was assessed yet, and its vendor.</summary>
public sealed record UnassessedContract(string Contract, string Vendor);

/// <summary>The rankings of one cycle: standard competition ranking (1, 2, 2, 4) on exact values, equals by name.</summary>
/// <param name="Cycle">The cycle.</param>
/// <param name="Scheme">The scoring scheme in force.</param>
/// <param name="Contracts">Contracts by the city's published rating.</param>
/// <param name="Units">Units by composite.</param>
/// <param name="Seats">Seats by limits kept.</param>
/// <param name="Vendors">Vendors by deductions.</param>
/// <param name="NotAssessed">Contracts that are in no vendor's rank; a vendor that has no others is not ranked.</param>
public sealed record CycleRankings(
    string Cycle,
    string Scheme,
    IReadOnlyList<ContractRank> Contracts,
    IReadOnlyList<UnitRank> Units,
    IReadOnlyList<SeatRank> Seats,
    IReadOnlyList<VendorRank> Vendors,
    IReadOnlyList<UnassessedContract> NotAssessed
)
{
    private const int TenThousand = 10_000;

    /// <summary>The rankings of a cycle from the accounts and facts of all contracts.</summary>
    public static CycleRankings Of(IReadOnlyList<(ContractAccount Account, ContractFacts Facts)> contracts, YearMonth cycle)
    {
        var adopted = contracts.SelectMany(c => c.Facts.Of<ScoringSchemeAdopted>()).OrderBy(s => s.Event.Position).Select(s => s.Data);
        var scheme = ScoringScheme.InForce(adopted, cycle);
        var sums =
            from contract in contracts
            let terms = contract.Account.Terms
            select CycleTally.Of(terms.Id, contract.Facts.Cases.Select(facts => CaseFigures.Of(facts, terms)), cycle, scheme);
        var ratings =
            from contract in contracts
            let rating = contract.Facts.Of<MonthlyRatingPublished>().LastOrDefault(r => r.Data.Cycle == cycle)?.Data
            where rating is not null
            select (contract.Account.Terms.Id, rating);
        return Of(cycle, scheme, [.. ratings], CycleTally.Of([.. sums]), [.. contracts.Select(c => c.Account)]);
    }

    /// <summary>
    /// The rankings of a cycle from the contracts' published ratings, the sums over its cases, and the accounts of all contracts.
    /// </summary>
    public static CycleRankings Of(
        YearMonth cycle,
        ScoringScheme scheme,
        IReadOnlyList<(string Contract, MonthlyRatingPublished Rating)> ratings,
        CycleTally cases,
        IReadOnlyList<ContractAccount> accounts
    )
    {
        var (first, last) = scheme.DaysOf(cycle);
        var paid = accounts.Select(a => (Account: a, Fee: FeeOf(a, first, last))).Where(a => a.Fee.IsPositive).ToList();
        var assessed = paid.Where(a => a.Account.AssessedOn >= first).ToList();
        return new(
            MonthlyRatingPublished.CycleText(cycle),
            scheme.Name,
            RankContracts(ratings),
            RankUnits(cases.Units, scheme),
            RankSeats(cases.Seats),
            RankVendors(assessed, cycle, scheme),
            [
                .. from contract in paid.Except(assessed)
                let terms = contract.Account.Terms
                orderby terms.Id
                select new UnassessedContract(terms.Id, terms.Vendor),
            ]
        );
    }

    private static List<ContractRank> RankContracts(IReadOnlyList<(string Contract, MonthlyRatingPublished Rating)> rated)
    {
        Func<MonthlyRatingPublished, decimal> key =
            rated.All(c => c.Rating.Rank is not null) ? r => r.Rank!.Value
            : rated.All(c => c.Rating.Score is not null) ? r => -r.Score!.Value
            : r => (int)r.Tier;
        return Ranked(
            rated,
            c => c.Contract,
            c => key(c.Rating),
            (rank, c) => new ContractRank(rank, c.Contract, c.Rating.Score, c.Rating.Tier)
        );
    }

    /// <summary>The best first; a unit of which nothing counts is ranked behind all others.</summary>
    private static List<UnitRank> RankUnits(IReadOnlyList<UnitTally> units, ScoringScheme scheme) =>
        Ranked(
            units.Select(u => (u.Contract, u.Unit, Rates: ThreeRates.Of(u, scheme))),
            u => $"{u.Unit}\n{u.Contract}",
            u => u.Rates.Composite is { } composite ? Ratio.Of(-1) * composite : Ratio.Of(1),
            (rank, u) =>
                new UnitRank(
                    rank,
                    u.Contract,
                    u.Unit,
                    u.Rates.Counted,
                    u.Rates.Response?.ToString(),
                    u.Rates.Resolution?.ToString(),
                    u.Rates.Satisfaction?.ToString(),
                    u.Rates.Composite?.ToString()
                )
        );

    private static List<SeatRank> RankSeats(IReadOnlyList<SeatTally> seats) =>
        Ranked(
            seats,
            s => $"{s.Seat}\n{s.Contract}",
            s => Ratio.Of(-s.Kept, s.Of),
            (rank, s) => new SeatRank(rank, s.Contract, s.Seat, s.Kept, s.Of, Ratio.Of(s.Kept, s.Of).ToString())
        );

    private static List<VendorRank> RankVendors(
        IReadOnlyList<(ContractAccount Account, Cny Fee)> assessed,
        YearMonth cycle,
        ScoringScheme scheme
    )
    {
        var last = scheme.DaysOf(cycle).To;
        var vendors =
            from contract in assessed
            let deducted = contract.Account.Deductions.Values.Where(d => scheme.CycleOf(d.AttributedOn) == cycle)
            let sums = (contract.Fee, Deductions: deducted.Sum(d => d.Effective), Until: contract.Account.AssessedOn!.Value)
            group sums by contract.Account.Terms.Vendor into vendor
            select (
                Vendor: vendor.Key,
                Fee: vendor.Sum(v => v.Fee),
                Deductions: vendor.Sum(v => v.Deductions),
                Until: LocalDate.Min(last, vendor.Min(v => v.Until))
            );
        return Ranked(
            vendors,
            v => v.Vendor,
            v => Ratio.Of(v.Deductions.Fen, v.Fee.Fen),
            (rank, v) =>
                new VendorRank(
                    rank,
                    v.Vendor,
                    v.Deductions,
                    v.Fee,
                    (Ratio.Of(TenThousand) * Ratio.Of(v.Deductions.Fen, v.Fee.Fen)).ToString(),
                    v.Until
                )
        );
    }

    /// <summary>The fee of the days of a cycle that lie in the contract's terms of service, by days of each term.</summary>
    private static Cny FeeOf(ContractAccount account, LocalDate from, LocalDate to) =>
        account.ServiceTerms.Sum(term =>
        {
            var last = LocalDate.Min(LocalDate.Min(to, term.To), account.ServedUntil);
            var first = LocalDate.Max(from, term.From);
            return first > last ? Cny.Zero : term.Price.MulDiv(Period.DaysBetween(first, last) + 1, term.Days);
        });

    /// <summary>Standard competition ranking by a key, the least first; equals share their rank and stand by name.</summary>
    private static List<TRank> Ranked<T, TKey, TRank>(
        IEnumerable<T> items,
        Func<T, string> name,
        Func<T, TKey> key,
        Func<int, T, TRank> rank
    )
        where TKey : IComparable<TKey>
    {
        var sorted = items
            .Select(i => (Item: i, Key: key(i)))
            .OrderBy(i => i.Key)
            .ThenBy(i => name(i.Item), StringComparer.Ordinal)
            .ToList();
        var ranks = new List<TRank>(sorted.Count);
        var place = 1;
        for (var i = 0; i < sorted.Count; i++)
        {
            place = i > 0 && sorted[i].Key.CompareTo(sorted[i - 1].Key) == 0 ? place : i + 1;
            ranks.Add(rank(place, sorted[i].Item));
        }

        return ranks;
    }
}
