using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Laws;

/// <summary>
/// Histories made of random steps on one contract: every fact is recorded, every decision is tried, and refused ones leave no
/// trace. Shrinking leaves steps out.
/// </summary>
public sealed class RandomHistory
{
    private const int HoursOfAYear = 366 * 24;
    private const int HoursOfTwoMonths = 60 * 24;

    private static readonly StepKind[] Facts = [.. Enum.GetValues<StepKind>().Where(k => k <= StepKind.ForceMajeure)];

    private static readonly StepKind[] Often =
    [
        StepKind.Confirm,
        StepKind.Confirm,
        StepKind.Confirm,
        StepKind.Dispute,
        StepKind.Decide,
        StepKind.Run,
        StepKind.Run,
        StepKind.Run,
        StepKind.Run,
        StepKind.Report,
        StepKind.Accept,
        StepKind.Accept,
        StepKind.Issue,
        StepKind.Issue,
        StepKind.Invoice,
        StepKind.Invoice,
        StepKind.Pay,
        StepKind.Pay,
        StepKind.Lost,
        StepKind.Assessed,
        StepKind.Sheet,
        StepKind.Scored,
        StepKind.Suspend,
        StepKind.Suspend,
        StepKind.Suspend,
        StepKind.Resume,
        StepKind.Resume,
        StepKind.Resume,
        .. Enumerable.Repeat(StepKind.Closed, 5),
        .. Enumerable.Repeat(StepKind.Received, 7),
    ];

    private int lastRunHours;

    public RandomHistory(string contract) => History = new History(contract);

    public History History { get; }

    /// <summary>Histories of a contract with up to so many steps.</summary>
    public static Arbitrary<Step[]> Of(int steps) => Arbitrary([.. Enum.GetValues<StepKind>(), .. Often], steps);

    /// <summary>Facts only.</summary>
    public static Arbitrary<Step[]> OfFacts(int steps) => Arbitrary([.. Facts, StepKind.Scored, StepKind.Closed, StepKind.Received], steps);

    /// <summary>Does one step; true where something was recorded.</summary>
    public bool Do(Step step, int index) => step.Kind <= StepKind.ForceMajeure ? Record(step, index) : Decide(step, index);

    /// <summary>When a step happens: hours after the first day of the term, apart by a second for each step.</summary>
    public string TimeOf(Step step, int index) =>
        (ChinaTime.StartOf(Terms.Of(History.Contract).From) + Duration.FromHours(step.Hours) + Duration.FromSeconds(index)).ToString(
            "uuuu-MM-dd'T'HH:mm:ss'Z'",
            null
        );

    private static Arbitrary<Step[]> Arbitrary(StepKind[] kinds, int most)
    {
        var step =
            from kind in Gen.Elements(kinds)
            from subject in Gen.Choose(1, 9)
            from hours in Gen.OneOf(Gen.Choose(-48, HoursOfTwoMonths), Gen.Choose(-48, HoursOfAYear))
            from variant in Gen.Choose(0, 11)
            select new Step(kind, subject, hours, variant);
        var steps = from count in Gen.Choose(most / 2, most) from list in Gen.ArrayOf(step, count) select list;
        return Arb.From(steps, list => Enumerable.Range(0, list.Length).Select(i => list.Where((_, n) => n != i).ToArray()));
    }

    private bool Record(Step step, int index)
    {
        var (subject, data) = Fact(step, index);
        History.Add(TimeOf(step, index), subject, data, id: $"f-{index}");
        return true;
    }

    private (string Subject, EventData Data) Fact(Step step, int index)
    {
        var (n, v) = (step.Subject, step.Variant);
        var on = ChinaTime.DateOf(History.At(TimeOf(step, index)));
        var cycle = on.ToYearMonth();
        var person = $"p{n}";
        return step.Kind switch
        {
            StepKind.Received => (
                $"case/{n}",
                new CaseReceived(Platform.City, Channel.Phone, v == 0 ? Urgency.Urgent : Urgency.Routine, v == 0 ? 10 : null)
            ),
            StepKind.Signed => ($"case/{n}", new CaseSigned()),
            StepKind.Dispatched => ($"case/{n}", new CaseDispatched("unit-1")),
            StepKind.Returned => ($"case/{n}", new CaseReturned("elsewhere")),
            StepKind.Contacted => ($"case/{n}", new CitizenContacted()),
            StepKind.Closed => ($"case/{n}", new CaseClosed()),
            StepKind.FollowedUp => ($"case/{n}", new CaseFollowedUp(FollowUpResult.Satisfied, true, true)),
            StepKind.Scored => ($"case/{n}", new CaseScored(cycle, v < 8 ? 0 : 80, true, v >= 8, Satisfaction.Dissatisfied)),
            StepKind.Excluded => ($"case/{n}", new ExclusionDecided(v < 4)),
            StepKind.CarriedOver => ($"case/{n}", new CaseCarriedOver("x")),
            StepKind.CarryOverReported => ($"case/{n}", new CarryOverReported(cycle, "x")),
            StepKind.Complained => ($"complaint/{index}", new ComplaintReceived("x", v < 8)),
            StepKind.Rated => (
                $"rating/{cycle.Year:0000}-{cycle.Month:00}",
                new MonthlyRatingPublished(cycle, v < 6 ? Tier.NeedsImprovement : Tier.Good)
            ),
            StepKind.ReplacementRequested => ($"staff/{person}", new StaffReplacementRequested(person)),
            StepKind.Replaced => ($"staff/{person}", new StaffReplaced(person, "q", v < 8)),
            StepKind.Departed => ($"staff/{person}", new StaffDeparted(person, v < 8, v < 6 ? on.PlusDays(-v * 5) : null)),
            StepKind.Overdue => ($"obligation/o{n}", new ObligationOverdue($"o{n}", on.PlusDays(-1), v < 6 ? on.PlusDays(v - 2) : null)),
            StepKind.Submitted => ("deliverable/2.2.2", new DeliverableSubmitted("2.2.2", n, on)),
            StepKind.Noticed => ("contract", new NoticeReceived(on, (NoticeOf)(v % 3))),
            _ => ("contract", new ForceMajeureNotified(on, "x", on.PlusDays(v))),
        };
    }

    private bool Decide(Step step, int index)
    {
        if (step.Kind == StepKind.Run)
        {
            lastRunHours = Math.Max(lastRunHours, step.Hours);
            History.Assess(TimeOf(step with { Hours = lastRunHours }, index));
            return true;
        }

        var (subject, data, actor) = Decision(step, index);
        return data is not null && History.Decide(subject, data, actor, TimeOf(step, index)).Count == 0;
    }

    private (string Subject, EventData? Data, string Actor) Decision(Step step, int index)
    {
        var (n, v) = (step.Subject, step.Variant);
        var account = History.Account;
        var on = ChinaTime.DateOf(History.At(TimeOf(step, index)));
        var deductions = account.Deductions.Keys.ToList();
        var deduction = deductions.Count == 0 ? "deduction/none" : $"deduction/{deductions[(n + (v * 7)) % deductions.Count]}";
        var number = 1 + ((n + v) % account.Periods.Count);
        var period = $"period/{number}";
        string Clause<T>()
            where T : RuleBlock =>
            account.Terms.Rules<T>().Select(r => r.Clause.Number).ToList() is { Count: > 0 } all ? all[(n + v) % all.Count] : "none";
        switch (step.Kind)
        {
            case StepKind.Lost:
                return (
                    $"claim/{index}",
                    new LossClaimed(Clause<ClaimedLoss>(), Cny.OfFen(1 + (v * 1_234_567L)), "x", (LossKind)(v % 2)),
                    "officer-1"
                );
            case StepKind.Damages:
                return (
                    $"claim/{index}",
                    new LiquidatedDamagesClaimed(Clause<LiquidatedDamages>(), v < 3 ? Party.Vendor : null),
                    "officer-1"
                );
            case StepKind.Advanced:
                return ($"claim/{index}", new AdvancePaid(Cny.OfFen(1 + (v * 7_777L)), "x"), "officer-1");
            case StepKind.Assessed:
                return (
                    $"assessment/{index}",
                    new DeductionAssessed(Clause<OfficerAssessment>(), "x", Cny.Parse(v < 6 ? "1000.00" : "116382.00")),
                    "officer-1"
                );
            case StepKind.Sheet:
                return (
                    $"evaluation/{n}",
                    new ScoreSheetSubmitted(
                        n,
                        $"s{v % 3}",
                        Items(v),
                        [.. Enumerable.Repeat(new SheetPenalty(PenaltyKind.NegligentHarm), v % 3)]
                    ),
                    "officer-1"
                );
            case StepKind.Performed:
                return ($"obligation/o{n}", new ObligationPerformed(on), "officer-1");
            case StepKind.SpotCheck:
                return (
                    $"spotcheck/{n}",
                    new SpotCheckConcluded([
                        new($"case/{n}", v < 8 ? Verdict.Falsified : Verdict.Genuine),
                        new($"case/{1 + (v % 4)}", Verdict.Falsified),
                    ]),
                    "officer-1"
                );
            case StepKind.Interview:
                return (Rating(out var held), new InterviewHeld(held), "officer-1");
            case StepKind.Plan:
                return (Rating(out var filed), new RemediationPlanFiled(filed), "vendor-1");
            case StepKind.DeliverableAccepted:
                return ("deliverable/2.2.2", new Domain.Events.DeliverableAccepted("2.2.2", n), "officer-1");
            case StepKind.Confirm:
                return (deduction, new DeductionConfirmed(), "officer-1");
            case StepKind.Waive:
                return (deduction, new DeductionWaived("x"), "officer-1");
            case StepKind.Dispute:
                return (deduction, new DeductionDisputed("x"), "vendor-1");
            case StepKind.Decide:
                return (
                    deduction,
                    v < 4 ? new DisputeDecided(DisputeOutcome.Upheld, "x")
                    : v < 8 ? new DisputeDecided(DisputeOutcome.Reduced, "x", Cny.OfFen(v * 1_000))
                    : new DisputeDecided(DisputeOutcome.Overturned, "x"),
                    "officer-2"
                );
            case StepKind.Remedy:
                return (deduction, new RemediationAccepted(), "officer-1");
            case StepKind.Report:
                return (period, new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1");
            case StepKind.Accept:
                return (period, new PeriodAccepted(ConfirmedGross: v == 0 ? Cny.Parse("100000.00") : null), "officer-3");
            case StepKind.Reject:
                return (period, new PeriodRejected("x"), "officer-3");
            case StepKind.Issue:
                return (Likely(p => account.Periods[p] is { AcceptedOn: not null, Locked: false }), new StatementIssued(), "finance-1");
            case StepKind.Invoice:
                return (
                    Likely(p => account.Periods[p] is { Locked: true, Invoices.Count: 0 }),
                    new InvoiceReceived(
                        $"N-{index}",
                        History.Statement(LikelyNumber(p => account.Periods[p] is { Locked: true, Invoices.Count: 0 })).NetPayable,
                        InvoiceKind.VatSpecial,
                        Percentage.Of(6),
                        on
                    ),
                    "finance-1"
                );
            case StepKind.RejectInvoice:
                return (
                    period,
                    new InvoiceRejected(account.Periods[number].Invoices.Select(i => i.Number).LastOrDefault() ?? "none", "x"),
                    "finance-1"
                );
            case StepKind.Pay:
                var payable = LikelyNumber(p =>
                    account.Periods[p] is { Locked: true, Invoices.Count: > 0 } && History.Statement(p).Outstanding.IsPositive
                );
                return (
                    $"period/{payable}",
                    new PaymentMade(Cny.OfFen(Math.Max(1, History.Statement(payable).Outstanding.Fen * (v + 1) / 8)), on),
                    "finance-2"
                );
            case StepKind.Suspend:
                return (
                    Likely(p => History.Statement(p).Rights.Any(r => r.Kind == RightKind.Suspend)),
                    new PaymentSuspended("x"),
                    "officer-1"
                );
            case StepKind.Resume:
                return (Likely(p => account.Periods[p].Suspended), new PaymentResumed("x"), "officer-1");
            case StepKind.Reading when account.Terms.Readings.Count > 0:
                var reading = account.Terms.Readings[(n + v) % account.Terms.Readings.Count];
                return (
                    "contract",
                    new ReadingRecorded(reading.Clause, reading.Id, reading.Choices[v % reading.Choices.Count].Choice, "x"),
                    "officer-1"
                );
            case StepKind.Terminate when v < 4:
                return (
                    "contract",
                    new ContractTerminated(
                        on,
                        account.Terms.Clauses[(n * 13) % account.Terms.Clauses.Count].Number,
                        (TerminationCause)(v % 5)
                    ),
                    "officer-1"
                );
            case StepKind.Amend when v < 6:
                return ("contract", Amendment(account, on, v), "officer-1");
            case StepKind.Renew when v < 6:
                return (
                    "contract",
                    new ContractRenewed(
                        account.LastDay.PlusDays(1),
                        account.LastDay.PlusMonths(12),
                        Cny.OfFen(100_000_001),
                        true,
                        Cny.Parse("9999999.00")
                    ),
                    "officer-1"
                );
            case StepKind.OpenAudit:
                return ("settlement", new AuditOpened(), "auditor-1");
            case StepKind.Adjust:
                return ("settlement", new AuditAdjustmentMade($"A{index}", Cny.OfFen((v - 6) * 12_345), "x", []), "auditor-1");
            case StepKind.ConcludeAudit:
                return ("settlement", new AuditConcluded(), "auditor-1");
            case StepKind.WaiveAudit when v < 3:
                return ("settlement", new AuditWaived("x"), "officer-1");
            case StepKind.Agree when v < 3:
                return ("settlement", new SettlementAgreed(), "officer-1");
            case StepKind.Refund:
                return ("settlement", new RefundReceived(Cny.OfFen(1 + (v * 9_999L)), on), "finance-1");
            default:
                return ("contract", null, "officer-1");
        }

        // A period of which something holds, where there is one: else too few tries would come to anything.
        int LikelyNumber(Func<int, bool> holds) => account.Periods.Keys.Where(holds).DefaultIfEmpty(number).First();

        string Likely(Func<int, bool> holds) => $"period/{LikelyNumber(holds)}";

        string Rating(out YearMonth cycle)
        {
            cycle = account.Ratings.Count == 0 ? on.ToYearMonth() : account.Ratings.Keys.ElementAt((n + v) % account.Ratings.Count);
            return $"rating/{cycle.Year:0000}-{cycle.Month:00}";
        }
    }

    /// <summary>Moves the term by days, or changes a clause that does not cost anything yet.</summary>
    private static ContractAmended Amendment(Domain.Contracts.ContractAccount account, LocalDate on, int v) =>
        v < 3
            ? new ContractAmended(on, "x", account.Terms.From.PlusDays(v + 1), account.Terms.To.PlusDays(v + 1))
            : new ContractAmended(on, "x", Terms: JsonSerializer.SerializeToElement(new { title = $"amended {v}" }));

    private static Dictionary<string, int> Items(int v) =>
        Terms
            .Of("anding-2023")
            .Rules<ScoreSheets>()
            .Single()
            .Rule.Items.Select((item, i) => (item.Item, Score: item.Scores[(v + i) % 2 == 0 ? 0 : item.Scores.Count - 1]))
            .ToDictionary(i => i.Item, i => i.Score);
}
