using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>The rating of a cycle as an account knows it: the latest by time.</summary>
public sealed record Rating(Tier Tier, Instant At, string EventId, bool Interviewed, bool Planned)
{
    /// <summary>The date on which it was published.</summary>
    [JsonIgnore]
    public LocalDate On => ChinaTime.DateOf(At);
}

/// <summary>An obligation as an account knows it: the latest event of its stream by time decides.</summary>
public sealed record ObligationState(Instant At, string EventId, LocalDate? DueOn = null, LocalDate? PerformedOn = null);

/// <summary>What is open about the contract as a whole: audit, settlement, refunds.</summary>
public sealed record SettlementState(bool AuditOpen, bool Concluded, bool AuditWaived, Cny Refunded, Cny AuditAdjustments)
{
    /// <summary>Nothing settled yet.</summary>
    public static SettlementState None { get; } = new(false, false, false, Cny.Zero, Cny.Zero);
}

/// <summary>
/// Everything that decisions and statements of one contract rest on, folded from its events in log order: terms in
/// force, deductions, payment periods, ratings, claims. Single cases are not in it. Immutable, and sorted throughout, so
/// that equal accounts are written as equal bytes in every process.
/// </summary>
/// <param name="Terms">The terms in force: as registered, with amendments and recorded readings.</param>
/// <param name="RegisteredAt">The position of the registration.</param>
/// <param name="Deductions">Every deduction ever proposed, by id.</param>
/// <param name="Periods">What was decided about each period.</param>
/// <param name="Unplaced">Adjustments for which no period was open: they count at the settlement.</param>
/// <param name="Ratings">The city's ratings by cycle.</param>
/// <param name="Obligations">Obligations by name.</param>
/// <param name="Claims">Claim streams taken, with the clause each names.</param>
/// <param name="PatrolChecks">Spot checks that found patrol or issue records falsified.</param>
/// <param name="SheetQuarters">Quarters with a score sheet.</param>
/// <param name="Submitted">Deliverables handed in, <c>item/ordinal</c>, and whether accepted.</param>
/// <param name="InvoiceNumbers">Invoice numbers used before.</param>
/// <param name="LastAsOf">The <c>asOf</c> of the latest assessment run.</param>
/// <param name="Settlement">Audit and settlement.</param>
/// <param name="Termination">The termination, if any.</param>
public sealed record ContractAccount(
    ContractTerms Terms,
    long RegisteredAt,
    ImmutableSortedDictionary<string, Deduction> Deductions,
    ImmutableSortedDictionary<int, PeriodAccount> Periods,
    ImmutableList<Adjustment> Unplaced,
    ImmutableSortedDictionary<YearMonth, Rating> Ratings,
    ImmutableSortedDictionary<string, ObligationState> Obligations,
    ImmutableSortedDictionary<string, string> Claims,
    ImmutableSortedSet<string> PatrolChecks,
    ImmutableSortedSet<int> SheetQuarters,
    ImmutableSortedDictionary<string, bool> Submitted,
    ImmutableSortedSet<string> InvoiceNumbers,
    SettlementState Settlement,
    Instant? LastAsOf = null,
    ContractTerminated? Termination = null)
{
    /// <summary>The account after the first <c>contract_registered</c>.</summary>
    public static ContractAccount Open(ContractTerms terms, long position) => new(
        terms,
        position,
        ImmutableSortedDictionary<string, Deduction>.Empty,
        terms.Payment.Periods(terms.From, terms.To).ToImmutableSortedDictionary(p => p.Number, p => PeriodAccount.New(p.Number)),
        [],
        ImmutableSortedDictionary<YearMonth, Rating>.Empty,
        ImmutableSortedDictionary<string, ObligationState>.Empty,
        ImmutableSortedDictionary<string, string>.Empty,
        [],
        [],
        ImmutableSortedDictionary<string, bool>.Empty,
        [],
        SettlementState.None);

    /// <summary>The account from the contract's events in log order; null where none of them registers it.</summary>
    public static ContractAccount? Fold(IEnumerable<LedgerEvent> events) => events.Aggregate((ContractAccount?)null, Evolve);

    /// <summary>The account after one more event; before the registration there is none.</summary>
    public static ContractAccount? Evolve(ContractAccount? account, LedgerEvent e) =>
        account is not null ? account.Evolve(e)
        : e.Data is ContractRegistered registered ? Open(registered.Terms, e.Position)
        : null;

    /// <summary>The payment periods of the term in force, by number.</summary>
    [JsonIgnore]
    public IReadOnlyList<PaymentPeriod> Schedule { get => field ??= Terms.Payment.Periods(Terms.From, Terms.To); private init; }

    /// <summary>The same account under other terms.</summary>
    public ContractAccount Under(ContractTerms terms) => this with { Terms = terms, Schedule = null! };

    /// <summary>The number of the period to which a date belongs.</summary>
    public int PeriodOf(LocalDate date) => PaymentSchedule.PeriodOf(Schedule, date);

    /// <summary>
    /// The number of the period to which a deduction of a clause belongs by its date: clauses may take theirs from a
    /// fixed instalment (<see cref="ClaimedLoss"/>) or settle by assessment periods (<see cref="AssessmentPeriods"/>).
    /// </summary>
    public int PeriodOf(string clause, LocalDate attributedOn)
    {
        if (Terms.RulesOf<ClaimedLoss>(clause).FirstOrDefault()?.TakenFrom is { } fixedPeriod)
        {
            return fixedPeriod;
        }

        var settled = Terms.Rules<AssessmentPeriods>().Select(r => r.Rule).FirstOrDefault(r => r.Clauses.Contains(clause));
        return PeriodOf(settled?.SettledOn(attributedOn, Terms.From, Terms.To) ?? attributedOn);
    }

    /// <summary>
    /// The terms under which each period is assessed: those in force for an open one, those with the readings of its issue
    /// for a locked one. A reading takes effect from then on and never for a locked period.
    /// </summary>
    public IEnumerable<(ContractTerms Terms, IReadOnlyList<int> Periods)> TermsByPeriod() =>
        from period in Periods.Values
        let readings = period.Issued?.Readings ?? Terms.ReadingsInForce()
        group period.Number by string.Join(';', readings.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key}={r.Value}")) into same
        let choices = Periods[same.First()].Issued?.Readings
        select (choices is null ? Terms : choices.Aggregate(Terms, (terms, c) => terms.Readings.Single(r => r.Id == c.Key).Apply(terms, c.Value)!), (IReadOnlyList<int>)[.. same]);

    /// <summary>
    /// The period itself while its statement is not issued, else the first open one after it, else the first open one of
    /// all; null where none is left.
    /// </summary>
    public int? FirstOpen(int number) =>
        (Periods.Values.FirstOrDefault(p => p.Number >= number && !p.Locked) ?? Periods.Values.FirstOrDefault(p => !p.Locked))?.Number;

    /// <summary>Where a right to terminate under a clause stands.</summary>
    public RightState TerminationState(string clause) => Termination?.Clause == clause ? RightState.Exercised : RightState.Open;

    /// <summary>True for a deduction that rests on falsified patrol or issue records.</summary>
    public bool ConcernsPatrol(Deduction deduction) => PatrolChecks.Contains(deduction.Id[(deduction.Id.IndexOf(':', StringComparison.Ordinal) + 1)..]);

    private ContractAccount Evolve(LedgerEvent e) => e.Data switch
    {
        CaseEvent or FieldEvent or FindingEvent => this,
        ContractEvent data => Evolve(data),
        DeductionProposed proposed => With(Proposed(e, proposed)),
        AdjustmentPosted posted => Evolve(e.Key, posted),
        DeductionEvent => With(Deductions[e.Key].Evolve(e)),
        StatementIssued => With(Issue(Periods[PeriodNumber(e)], e.Position)),
        PeriodEvent data => With(Periods[PeriodNumber(e)].Evolve(e)) with
        {
            InvoiceNumbers = data is InvoiceReceived invoice ? InvoiceNumbers.Add(invoice.Number) : InvoiceNumbers,
        },
        LiquidatedDamagesClaimed { By: Party.Vendor } data => Owed(e, data) with { Claims = Claims.SetItem(e.Subject, data.Clause) },
        ClaimEvent data => this with { Claims = Claims.SetItem(e.Subject, ClauseOf(data)) },
        ServiceEvent data => Evolve(e, data),
        SettlementEvent data => this with { Settlement = Evolve(data) },
        AssessmentRun run => this with { LastAsOf = run.AsOf },
        PersonalDataErased or PersonalDataDisclosed => this,
        _ => throw new System.Diagnostics.UnreachableException($"{e.Data.GetType().Name} on a contract's account"),
    };

    private ContractAccount Evolve(ContractEvent data) => data switch
    {
        ReadingRecorded reading => Under(Terms.Readings.Single(r => r.Id == reading.Reading).Apply(Terms, reading.Choice)!),
        ContractTerminated terminated => this with { Termination = terminated },
        ScoringSchemeAdopted => this,
        ContractRegistered or ContractAmended or ContractRenewed => throw new System.Diagnostics.UnreachableException("refused when it was decided"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Damages that the vendor claims count in its favour in the first period that is open at the claim's date.</summary>
    private ContractAccount Owed(LedgerEvent e, LiquidatedDamagesClaimed claim)
    {
        var period = PeriodOf(e.OccurredOn);
        var share = Terms.RulesOf<LiquidatedDamages>(claim.Clause).First().Percent;
        return Post(new Adjustment($"{claim.Clause}:{e.Key}", Terms.Total.Percent(share), period), FirstOpen(period));
    }

    private ContractAccount Evolve(string deduction, AdjustmentPosted posted) =>
        Post(new Adjustment(deduction, posted.Amount, posted.PostedFor), posted.Period);

    private ContractAccount Post(Adjustment adjustment, int? period)
    {
        return period is { } number
            ? With(Periods[number] with { Adjustments = Periods[number].Adjustments.Add(adjustment) })
            : this with { Unplaced = Unplaced.Add(adjustment) };
    }

    private ContractAccount Evolve(LedgerEvent e, ServiceEvent data) => data switch
    {
        MonthlyRatingPublished r => Ratings.TryGetValue(r.Cycle, out var known)
            ? known.At > e.OccurredAt ? this : this with { Ratings = Ratings.SetItem(r.Cycle, known with { Tier = r.Tier, At = e.OccurredAt, EventId = e.Id }) }
            : this with { Ratings = Ratings.SetItem(r.Cycle, new Rating(r.Tier, e.OccurredAt, e.Id, false, false)) },
        InterviewHeld held => this with { Ratings = Ratings.SetItem(held.Cycle, Ratings[held.Cycle] with { Interviewed = true }) },
        RemediationPlanFiled filed => this with { Ratings = Ratings.SetItem(filed.Cycle, Ratings[filed.Cycle] with { Planned = true }) },
        ObligationOverdue o => Obliged(e, known => new ObligationState(e.OccurredAt, e.Id, o.DueOn, o.PerformedOn), known => known with { DueOn = known.DueOn ?? o.DueOn }),
        ObligationPerformed p => Obliged(e, known => new ObligationState(e.OccurredAt, e.Id, known?.DueOn, p.On), known => known),
        ScoreSheetSubmitted sheet => this with { SheetQuarters = SheetQuarters.Add(sheet.Quarter) },
        SpotCheckConcluded check when check.Sampled.Any(s => s.Verdict == Verdict.Falsified && IsPatrol(s.Subject)) =>
            this with { PatrolChecks = PatrolChecks.Add(e.Subject) },
        DeliverableSubmitted d => this with { Submitted = Submitted.SetItem($"{d.Item}/{d.Ordinal}", false) },
        DeliverableAccepted d => this with { Submitted = Submitted.SetItem($"{d.Item}/{d.Ordinal}", true) },
        DeliverableRejected d => this with { Submitted = Submitted.SetItem($"{d.Item}/{d.Ordinal}", false) },
        _ => this,
    };

    /// <summary>An obligation after an event that is the latest of its stream by time, or after one that is not.</summary>
    private ContractAccount Obliged(LedgerEvent e, Func<ObligationState?, ObligationState> latest, Func<ObligationState, ObligationState> earlier)
    {
        var known = Obligations.GetValueOrDefault(e.Key);
        return this with { Obligations = Obligations.SetItem(e.Key, known is null || known.At <= e.OccurredAt ? latest(known) : earlier(known)) };
    }

    private SettlementState Evolve(SettlementEvent data) => data switch
    {
        RefundReceived refund => Settlement with { Refunded = Settlement.Refunded + refund.Amount },
        AuditOpened => Settlement with { AuditOpen = true },
        AuditAdjustmentMade made => Settlement with { AuditAdjustments = Settlement.AuditAdjustments + made.Amount },
        AuditConcluded => Settlement with { AuditOpen = false, Concluded = true },
        AuditWaived => Settlement with { AuditWaived = true },
        SettlementAgreed => Settlement with { Concluded = true },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Deduction Proposed(LedgerEvent e, DeductionProposed p)
    {
        var natural = PeriodOf(p.Clause, p.AttributedOn);
        var period = FirstOpen(natural);
        return new Deduction(
            e.Key, p.Clause, p.Reading, p.Amount, p.AttributedOn, p.Evidence, DeductionStatus.Proposed,
            period, period == natural ? null : natural, e.Position);
    }

    private PeriodAccount Issue(PeriodAccount period, long position)
    {
        var draft = StatementBuilder.Build(this, period.Number);
        return period with { Issued = new IssuedFigures(draft.Gross, draft.Deductions, draft.Adjustments, Terms.ReadingsInForce(), position) };
    }

    private ContractAccount With(Deduction deduction) => this with { Deductions = Deductions.SetItem(deduction.Id, deduction) };

    private ContractAccount With(PeriodAccount period) => this with { Periods = Periods.SetItem(period.Number, period) };

    private static int PeriodNumber(LedgerEvent e) => int.Parse(e.Key);

    private static bool IsPatrol(string subject) =>
        subject.StartsWith("patrol/", StringComparison.Ordinal) || subject.StartsWith("issue/", StringComparison.Ordinal);

    private static string ClauseOf(ClaimEvent data) => data switch
    {
        DeductionAssessed assessed => assessed.Clause,
        LossClaimed loss => loss.Clause,
        LiquidatedDamagesClaimed damages => damages.Clause,
        AdvancePaid => "",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
