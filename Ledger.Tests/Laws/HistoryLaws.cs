using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Assessments;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Tests.Support;

namespace Ledger.Tests.Laws;

/// <summary>What holds for every history of every contract, whatever happens in it.</summary>
public sealed class HistoryLaws
{
    private const int Steps = 60;

    /// <summary>How many histories a law is tried on; LEDGER_HISTORIES asks for more.</summary>
    private static readonly int Histories = int.Parse(Environment.GetEnvironmentVariable("LEDGER_HISTORIES") ?? "50");

    public static TheoryData<string> Contracts => Terms.All;

    [Theory]
    [MemberData(nameof(Contracts))]
    public void The_figures_of_every_statement_and_of_the_settlement_add_up(string contract) =>
        Holds(
            contract,
            history =>
            {
                var account = history.Account;
                var statements = StatementBuilder.BuildAll(account);
                foreach (var s in statements)
                {
                    Assert.Equal(
                        s.Gross + s.Adjustments.Sum(a => a.Amount) - s.Deductions.Sum(d => d.Effective),
                        s.NetPayable - s.Shortfall
                    );
                    Assert.True(
                        !s.NetPayable.IsNegative && !s.Shortfall.IsNegative && !(s.NetPayable.IsPositive && s.Shortfall.IsPositive)
                    );
                    Assert.True(s.Exposure <= s.NetPayable && s.Totals.Disputed <= s.Totals.Effective);
                    Assert.Equal(s.NetPayable, s.Paid + s.Outstanding);
                }

                var settlement = Settlement.Build(account);
                Assert.Equal(statements.Select(s => s.NetPayable), settlement.Periods.Select(p => p.NetPayable));
                Assert.Equal(
                    settlement.Balance,
                    settlement.Earned - settlement.Effective + settlement.Adjustments - settlement.Paid + settlement.Refunded
                );
            }
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_deduction_that_stands_is_in_exactly_one_period_or_at_the_settlement(string contract) =>
        Holds(
            contract,
            history =>
            {
                var account = history.Account;
                var placed = StatementBuilder.BuildAll(account).SelectMany(s => s.Deductions).Select(d => d.Id).ToList();
                Assert.Equal(placed.Count, placed.Distinct().Count());
                foreach (var deduction in account.Deductions.Values.Where(d => d.Status != DeductionStatus.Withdrawn))
                {
                    Assert.Equal(deduction.Period is not null, placed.Contains(deduction.Id));
                }
            }
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void The_order_in_which_facts_are_imported_leaves_the_assessment_unchanged(string contract) =>
        Check(
            RandomHistory.OfFacts(Steps),
            steps =>
            {
                var order = steps.Select((s, i) => (s, i)).ToArray();
                var inOrder = Facts(contract, order);
                new Random(steps.Length).Shuffle(order);
                var shuffled = Facts(contract, order);
                Assert.Equal(RunOf(inOrder).Digest, RunOf(shuffled).Digest);
                Assert.Equal(LedgerJson.Write(RunOf(inOrder).Duties), LedgerJson.Write(RunOf(shuffled).Duties));
                Assert.Equal(LedgerJson.Write(FindingsOf(inOrder)), LedgerJson.Write(FindingsOf(shuffled)));
            }
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_finding_has_an_id_of_its_own(string contract) =>
        Holds(
            contract,
            history =>
            {
                var ids = history.FindingsAt("2027-05-31").Select(f => f.Id).ToList();
                Assert.Equal(ids.Distinct(), ids);
            }
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_recorded_assessment_reproduces_at_its_place(string contract) =>
        Holds(
            contract,
            history =>
            {
                foreach (var run in history.Events.Where(e => e.Data is AssessmentRun))
                {
                    var recorded = (AssessmentRun)run.Data;
                    var again = new Assessment(recorded.AsOf);
                    foreach (var e in history.Events.TakeWhile(e => e.Position <= recorded.Position))
                    {
                        again.Add(e);
                    }

                    Assert.Equal(
                        LedgerJson.Write(recorded),
                        LedgerJson.Write(again.Run(recorded.Position, WorkingDays.Shipped, default).Run)
                    );
                }
            }
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void No_decision_moves_a_locked_figure_or_pays_more_than_is_payable(string contract) =>
        Check(
            RandomHistory.Of(Steps),
            steps =>
            {
                var random = new RandomHistory(contract);
                var locked = new Dictionary<int, string>();
                for (var i = 0; i < steps.Length; i++)
                {
                    random.Do(steps[i], i);
                    foreach (
                        var s in StatementBuilder
                            .BuildAll(random.History.Account)
                            .Where(s => random.History.Account.Periods[s.Period].Locked)
                    )
                    {
                        var figures =
                            $"{s.From} {s.To} {s.Gross} {s.Totals} {s.NetPayable} {s.Exposure} {s.Shortfall} "
                            + $"{string.Join(',', s.Deductions.Select(d => $"{d.Id} {d.Effective} {d.Status}"))} {string.Join(',', s.Adjustments)}";
                        Assert.True(
                            locked.TryAdd(s.Period, figures) || locked[s.Period] == figures,
                            $"step {i} {steps[i]} moved\n{locked[s.Period]}\nto\n{figures}"
                        );
                        Assert.False(s.Outstanding.IsNegative);
                    }

                    Assert.All(random.History.Account.Periods.Values, p => Assert.True(p.Locked || p.Paid == Cny.Zero));
                }
            }
        );

    [Theory]
    [MemberData(nameof(Contracts))]
    public void What_is_posted_for_an_issued_statement_is_the_change_that_it_does_not_show(string contract) =>
        Holds(
            contract,
            history =>
            {
                var account = history.Account;
                foreach (var period in account.Periods.Values.Where(p => p.Locked))
                {
                    var frozen = period.Issued!.Deductions.Sum(d => d.Effective);
                    var now = period.Issued.Deductions.Sum(d => account.Deductions[d.Id].Effective);
                    var posted = account
                        .Periods.Values.SelectMany(p => p.Adjustments)
                        .Concat(account.Unplaced)
                        .Where(a => period.Issued.Deductions.Any(d => d.Id == a.Deduction))
                        .Sum(a => a.Amount);
                    Assert.Equal(frozen - now, posted);
                }
            }
        );

    [Fact]
    public void The_generated_histories_reach_every_kind_of_step()
    {
        var missing = Enum.GetValues<StepKind>().ToHashSet();
        for (var n = 0; n < 2_000 && missing.Count > 0; n++)
        {
            var random = new RandomHistory(Terms.Ids[n % Terms.Ids.Count]);
            foreach (var (i, step) in RandomHistory.Of(Steps).Generator.Sample(1, new Rnd((ulong)n), 50).Single().Index())
            {
                if (random.Do(step, i))
                {
                    missing.Remove(step.Kind);
                }
            }
        }

        Assert.Empty(missing);
    }

    private static void Holds(string contract, Action<History> law) =>
        Check(
            RandomHistory.Of(Steps),
            steps =>
            {
                var random = new RandomHistory(contract);
                for (var i = 0; i < steps.Length; i++)
                {
                    random.Do(steps[i], i);
                }

                law(random.History);
            }
        );

    private static void Check(Arbitrary<Step[]> histories, Action<Step[]> law) =>
        Prop.ForAll(histories, law).Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));

    private static History Facts(string contract, IEnumerable<(Step Step, int Index)> steps)
    {
        var random = new RandomHistory(contract);
        foreach (var (step, index) in steps)
        {
            random.Do(step, index);
        }

        random.History.Assess("2027-05-31");
        return random.History;
    }

    private static AssessmentRun RunOf(History history) => (AssessmentRun)history.Events[^1].Data;

    /// <summary>All but those that are about the recording itself.</summary>
    private static IEnumerable<Finding> FindingsOf(History history) =>
        history.FindingsAt("2027-05-31").Where(f => f.Rule is not ("F08" or "F10"));
}
