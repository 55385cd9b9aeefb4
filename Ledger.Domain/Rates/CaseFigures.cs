using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Domain.Rates;

/// <summary>
/// What a case scored in a cycle counts for: its latest scoring of the cycle, and the unit to which it was first dispatched.
/// </summary>
public sealed record CaseScore(YearMonth Cycle, string? Unit, bool Counted, bool Responded, bool Resolved, Satisfaction Satisfaction);

/// <summary>A time limit whose clock a seat stopped: the day on which the clock began, and whether the limit was kept.</summary>
public sealed record SeatClock(LocalDate Began, string Seat, bool Kept);

/// <summary>Everything that one case adds to the rates and rankings of cycles.</summary>
public sealed record CaseFigures(IReadOnlyList<CaseScore> Scores, IReadOnlyList<SeatClock> Clocks)
{
    /// <summary>The figures of a case under the terms in force.</summary>
    public static CaseFigures Of(CaseFacts facts, ContractTerms terms) =>
        new(
            [
                .. from scoring in facts.Scorings
                let scored = (CaseScored)scoring.Data
                select new CaseScore(
                    scored.Cycle,
                    UnitOf(facts),
                    facts.Excluded is null && facts.Voided is null,
                    scored.Responded,
                    scored.Resolved,
                    scored.Satisfaction
                ),
            ],
            [
                .. ClocksOf(facts, terms)
                    .Select(c => new SeatClock(c.Start.OccurredOn, c.Stop!.Actor, c.IsBroken(c.Stop.OccurredAt) == false)),
            ]
        );

    /// <summary>
    /// The months that an event of a case may count in: that in which it occurred, and the cycle that it scores. A case keeps every month
    /// that any of its events gave it.
    /// </summary>
    public static IEnumerable<YearMonth> MonthsOf(LedgerEvent e) =>
        e.Data is CaseScored scored ? [e.OccurredOn.ToYearMonth(), scored.Cycle] : [e.OccurredOn.ToYearMonth()];

    /// <summary>The clocks by which seats are ranked: those that were stopped and can be judged, save those that others stop.</summary>
    internal static IEnumerable<CaseLimits.Clock> ClocksOf(CaseFacts facts, ContractTerms terms) =>
        from block in terms.Rules<CaseLimits>()
        from clock in block.Rule.ClocksOf(facts)
        where
            clock.Step is not (CaseStep.Handling or CaseStep.Contact)
            && clock.Stop is { } stop
            && clock.IsBroken(stop.OccurredAt) is not null
        select clock;

    internal static string? UnitOf(CaseFacts c) => (c.Dispatched?.Data as CaseDispatched)?.Unit;
}

/// <summary>The cases of one unit of a contract scored in a cycle: how many count, and of these how many were what.</summary>
public sealed record UnitTally(string Contract, string Unit, int Counted, int Responded, int Resolved, int Satisfied, int MostlySatisfied);

/// <summary>The limits whose clocks one seat of a contract stopped: how many of how many were kept.</summary>
public sealed record SeatTally(string Contract, string Seat, int Kept, int Of);

/// <summary>
/// The sums that a cycle's rankings of units and seats are made of. Codes of units and seats are a contract's own: two contracts may use
/// the same.
/// </summary>
public sealed record CycleTally(IReadOnlyList<UnitTally> Units, IReadOnlyList<SeatTally> Seats)
{
    /// <summary>The sums over some cases of a contract.</summary>
    public static CycleTally Of(string contract, IEnumerable<CaseFigures> cases, YearMonth cycle, ScoringScheme scheme)
    {
        var all = cases.ToList();
        return new CycleTally(
            [
                .. from score in all.SelectMany(c => c.Scores)
                where score.Cycle == cycle && score.Unit is not null
                group score by score.Unit into unit
                let counted = unit.Where(s => s.Counted).ToList()
                select new UnitTally(
                    contract,
                    unit.Key,
                    counted.Count,
                    counted.Count(s => s.Responded),
                    counted.Count(s => s.Resolved),
                    counted.Count(s => s.Satisfaction == Satisfaction.Satisfied),
                    counted.Count(s => s.Satisfaction == Satisfaction.MostlySatisfied)
                ),
            ],
            [
                .. from clock in all.SelectMany(c => c.Clocks)
                where scheme.CycleOf(clock.Began) == cycle
                group clock.Kept by clock.Seat into seat
                select new SeatTally(contract, seat.Key, seat.Count(kept => kept), seat.Count()),
            ]
        );
    }

    /// <summary>Several sums together.</summary>
    public static CycleTally Of(IReadOnlyList<CycleTally> sums) =>
        new(
            [
                .. from u in sums.SelectMany(s => s.Units)
                group u by (u.Contract, u.Unit) into unit
                select new UnitTally(
                    unit.Key.Contract,
                    unit.Key.Unit,
                    unit.Sum(u => u.Counted),
                    unit.Sum(u => u.Responded),
                    unit.Sum(u => u.Resolved),
                    unit.Sum(u => u.Satisfied),
                    unit.Sum(u => u.MostlySatisfied)
                ),
            ],
            [
                .. from s in sums.SelectMany(s => s.Seats)
                group s by (s.Contract, s.Seat) into seat
                select new SeatTally(seat.Key.Contract, seat.Key.Seat, seat.Sum(s => s.Kept), seat.Sum(s => s.Of)),
            ]
        );
}
