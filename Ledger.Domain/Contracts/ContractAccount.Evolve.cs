using System.Collections.Immutable;
using Ledger.Domain.Events;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Contracts;

/// <summary>How each event changes the account.</summary>
public sealed partial record ContractAccount
{
    /// <summary>The account from the contract's events in log order; null where none of them registers it.</summary>
    public static ContractAccount? Fold(IEnumerable<LedgerEvent> events) => events.Aggregate((ContractAccount?)null, Evolve);

    /// <summary>The account after one more event; before the registration there is none.</summary>
    public static ContractAccount? Evolve(ContractAccount? account, LedgerEvent e) =>
        account is not null ? account.Evolve(e)
        : e.Data is ContractRegistered registered ? Open(TermsReader.Recorded(registered), e)
        : null;

    private ContractAccount Evolve(LedgerEvent e) =>
        e.Data switch
        {
            CaseEvent or FieldEvent => this,
            FindingEvent data => Reviewed(e.Key, data is FindingCleared ? FindingState.Cleared : FindingState.UnderReview),
            ContractEvent data => Evolve(e, data),
            ActorEvent data => Evolve(e, data),
            DeductionProposed proposed => With(
                Placed(
                    new Deduction(
                        e.Key,
                        proposed.Clause,
                        proposed.Reading,
                        proposed.Amount,
                        proposed.AttributedOn,
                        proposed.Evidence,
                        DeductionStatus.Proposed,
                        null,
                        null,
                        e.Position
                    )
                )
            ),
            AdjustmentPosted posted => Post(new Adjustment(e.Key, posted.Amount, posted.PostedFor), posted.Period),
            DeductionEvent => With(Deductions[e.Key].Evolve(e)),
            StatementIssued => With(Issue(Periods[PeriodNumber(e)], e.Position)),
            PeriodEvent data => With(Periods[PeriodNumber(e)].Evolve(e)) with
            {
                InvoiceNumbers = data is InvoiceReceived invoice ? InvoiceNumbers.Add(invoice.Number) : InvoiceNumbers,
            },
            LiquidatedDamagesClaimed { By: Party.Vendor } data => Owed(e, data).Claimed(e, data),
            ClaimEvent data => Claimed(e, data),
            ServiceEvent data => Evolve(e, data),
            SettlementEvent data => this with { Settlement = Evolve(e, data) },
            AssessmentRun run => this with { LastRun = run },
            PersonalDataErased or PersonalDataDisclosed or UserEvent => this,
            _ => throw new System.Diagnostics.UnreachableException($"{e.Data.GetType().Name} on a contract's account"),
        };

    private ContractAccount Evolve(LedgerEvent e, ContractEvent data) =>
        data switch
        {
            ReadingRecorded reading => Under(Terms.With(reading.Reading, reading.Choice)) with
            {
                Superseded = [.. Superseded.Select(s => s with { Terms = s.Terms.With(reading.Reading, reading.Choice) })],
            },
            ContractAmended amended => Amended(amended),
            ContractRenewed renewed => (
                this with
                {
                    Renewals = Renewals.Add(new ServiceTerm(renewed.From, renewed.To, renewed.Price)),
                    Schedule = null!,
                }
            ).Rescheduled(),
            ContractTerminated t => this with { Termination = new Termination(t.On, t.Clause, t.Cause, e.Id) },
            ScoringSchemeAdopted or HistoricalLoadDeclared => this,
            ContractRegistered => throw new System.Diagnostics.UnreachableException("refused when it was decided"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private ContractAccount Amended(ContractAmended amended)
    {
        var terms =
            Amendment.Apply(Terms, amended, out var faults)
            ?? throw new System.Diagnostics.UnreachableException("refused when it was decided: " + string.Join("; ", faults));
        var until = amended.EffectiveFrom.PlusDays(-1);

        // The term moves as a whole, its periods with it: only the clauses of before go on judging what arose before.
        var before = Superseded
            .FindAll(s => s.Until < until)
            .Add(new SupersededTerms(TermsOn(until), until))
            .Select(s => s with { Terms = s.Terms with { From = terms.From, To = terms.To, Payment = terms.Payment } });
        return (Under(terms) with { Superseded = [.. before] }).Rescheduled();
    }

    /// <summary>After the periods moved: new ones are open, and whatever is not on an issued statement finds its place anew.</summary>
    private ContractAccount Rescheduled()
    {
        var account = this with
        {
            Periods = Periods
                .RemoveRange(Periods.Keys.Where(n => n > Schedule.Count))
                .AddRange(
                    Schedule
                        .Where(p => !Periods.ContainsKey(p.Number))
                        .Select(p => KeyValuePair.Create(p.Number, PeriodAccount.New(p.Number)))
                ),
        };
        return account with
        {
            Deductions = account.Deductions.SetItems(
                account
                    .Deductions.Where(d =>
                        d.Value.Period is not { } period || !account.Periods.TryGetValue(period, out var place) || !place.Locked
                    )
                    .Select(d => KeyValuePair.Create(d.Key, account.Placed(d.Value)))
            ),
        };
    }

    /// <summary>A deduction in the period of its date, or carried into the first open one.</summary>
    private Deduction Placed(Deduction deduction)
    {
        var natural = PeriodOf(deduction.Clause, deduction.AttributedOn);
        var period = FirstOpen(natural);
        return deduction with { Period = period, CarriedFrom = period == natural ? null : natural };
    }

    /// <summary>Damages that the vendor claims count in its favour in the first period that is open at the claim's date.</summary>
    private ContractAccount Owed(LedgerEvent e, LiquidatedDamagesClaimed claim)
    {
        var period = PeriodOf(e.OccurredOn);
        var share = Terms.RulesOf<IShareOfPrice>(claim.Clause).First().Percent;
        return Post(new Adjustment($"{claim.Clause}:{e.Key}", TermOn(e.OccurredOn).Price.Percent(share), period), FirstOpen(period));
    }

    private ContractAccount Post(Adjustment adjustment, int? period) =>
        period is { } number
            ? With(Periods[number] with { Adjustments = Periods[number].Adjustments.Add(adjustment) })
            : this with
            {
                Unplaced = Unplaced.Add(adjustment),
            };

    private ContractAccount Claimed(LedgerEvent e, ClaimEvent data) =>
        this with
        {
            Claims = Claims.SetItem(
                e.Subject,
                data switch
                {
                    DeductionAssessed assessed => new ClaimState(assessed.Clause, e.OccurredAt, e.Position, e.Id, assessed.Amount),
                    LossClaimed loss => new ClaimState(loss.Clause, e.OccurredAt, e.Position, e.Id, loss.Amount, loss.Kind),
                    LiquidatedDamagesClaimed damages => new ClaimState(damages.Clause, e.OccurredAt, e.Position, e.Id),
                    AdvancePaid advance => new ClaimState("", e.OccurredAt, e.Position, e.Id, advance.Amount),
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            ),
        };

    /// <summary>A step of a review; a finding that was found true stays so.</summary>
    private ContractAccount Reviewed(string finding, FindingState state) =>
        this with
        {
            Reviews =
                Reviews?.GetValueOrDefault(finding) == FindingState.Confirmed
                    ? Reviews
                    : (Reviews ?? ImmutableSortedDictionary<string, FindingState>.Empty).SetItem(finding, state),
        };

    /// <summary>A spot check under the id of a finding that was taken up concludes it.</summary>
    private ContractAccount Checked(LedgerEvent e, SpotCheckConcluded check)
    {
        var falsified = check.Sampled.Where(s => s.Verdict == Verdict.Falsified).ToList();
        var account = falsified.Exists(s => IsPatrol(s.Subject)) ? this with { PatrolChecks = PatrolChecks.Add(e.Subject) } : this;
        account =
            falsified.Count == 0
                ? account
                : account with
                {
                    Falsified = (Falsified ?? ImmutableSortedDictionary<string, string>.Empty).SetItem(e.Id, e.Actor),
                };
        return Reviews?.ContainsKey(e.Key) == true
            ? account.Reviewed(e.Key, falsified.Count > 0 ? FindingState.Confirmed : FindingState.Cleared)
            : account;
    }

    private ContractAccount Evolve(LedgerEvent e, ActorEvent data)
    {
        var known = Actors ?? ImmutableSortedDictionary<string, RegisteredActor>.Empty;
        return this with
        {
            Actors = data switch
            {
                ActorRegistered r => known.SetItem(e.Key, new RegisteredActor(r.Party, r.Roles, r.From, r.Until)),
                ActorWithdrawn => known.SetItem(e.Key, known[e.Key] with { WithdrawnOn = e.OccurredOn }),
                _ => throw new System.Diagnostics.UnreachableException(),
            },
        };
    }

    private ContractAccount Evolve(LedgerEvent e, ServiceEvent data) =>
        data switch
        {
            MonthlyRatingPublished rating => Rated(e, rating),
            InterviewHeld held => this with
            {
                Ratings = Ratings.SetItem(held.Cycle, Ratings[held.Cycle] with { InterviewedOn = e.OccurredOn }),
            },
            RemediationPlanFiled filed => this with
            {
                Ratings = Ratings.SetItem(filed.Cycle, Ratings[filed.Cycle] with { PlannedOn = e.OccurredOn }),
            },
            ObligationOverdue o => Obliged(
                e,
                known => new ObligationState(e.OccurredAt, e.Id, o.DueOn, o.PerformedOn),
                known => known with { DueOn = known.DueOn ?? o.DueOn }
            ),
            ObligationPerformed p => Obliged(e, known => new ObligationState(e.OccurredAt, e.Id, known?.DueOn, p.On), known => known),
            NoticeReceived notice => this with { Notices = Notices.Add(new Notice(e.Subject, notice.On, notice.Of, e.OccurredAt, e.Id)) },
            ForceMajeureNotified span => this with
            {
                ForceMajeure = ForceMajeure.Add(new ForceMajeureSpan(span.From, span.Until, e.Id, e.OccurredAt)),
            },
            ScoreSheetSubmitted sheet => this with { SheetQuarters = SheetQuarters.Add(sheet.Quarter) },
            SpotCheckConcluded check => Checked(e, check),
            DeliverableSubmitted d => With(d.Item, d.Ordinal, new DeliverableState()),
            DeliverableAccepted d => With(d.Item, d.Ordinal, new DeliverableState(e.OccurredOn)),
            DeliverableRejected d => With(d.Item, d.Ordinal, new DeliverableState()),
            ComplaintReceived
            or PatrolQuotaSet
            or StaffReplacementRequested
            or StaffReplaced
            or StaffDeparted
            or WorkReportSubmitted
            or AddedServiceQuoted
            or AddedServiceAnswered
            or BankAccountChanged
            or FundingDelayed
            or FundingArrived => this,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>A cycle's latest rating by time; what was done about an earlier one stays.</summary>
    private ContractAccount Rated(LedgerEvent e, MonthlyRatingPublished published)
    {
        var rating = new Rating(published.Tier, e.OccurredAt, e.Id);
        if (Ratings.TryGetValue(published.Cycle, out var known))
        {
            if (known.At > e.OccurredAt)
            {
                return this;
            }

            rating = rating with { InterviewedOn = known.InterviewedOn, PlannedOn = known.PlannedOn };
        }

        return this with
        {
            Ratings = Ratings.SetItem(published.Cycle, rating),
        };
    }

    /// <summary>An obligation after an event that is the latest of its stream by time, or after one that is not.</summary>
    private ContractAccount Obliged(
        LedgerEvent e,
        Func<ObligationState?, ObligationState> latest,
        Func<ObligationState, ObligationState> earlier
    )
    {
        var known = Obligations.GetValueOrDefault(e.Key);
        return this with
        {
            Obligations = Obligations.SetItem(e.Key, known is null || known.At <= e.OccurredAt ? latest(known) : earlier(known)),
        };
    }

    private SettlementState Evolve(LedgerEvent e, SettlementEvent data) =>
        data switch
        {
            RefundReceived refund => Settlement with { Refunded = Settlement.Refunded + refund.Amount, RefundedOn = refund.On },
            AuditOpened => Settlement with { AuditOpen = true },
            AuditAdjustmentMade made => Settlement with { AuditAdjustments = Settlement.AuditAdjustments + made.Amount },
            AuditConcluded => Settlement with { AuditOpen = false, Concluded = true, ConcludedOn = e.OccurredOn },
            AuditWaived => Settlement with { AuditWaived = true },
            SettlementAgreed => Settlement with { Concluded = true, ConcludedOn = Settlement.ConcludedOn ?? e.OccurredOn, Agreed = true },
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private PeriodAccount Issue(PeriodAccount period, long position)
    {
        var draft = PeriodFigures.Of(this, Schedule[period.Number - 1]);
        return period with
        {
            Issued = new IssuedFigures(draft.Gross, draft.Deductions, draft.Adjustments, Terms.ReadingsInForce(), position),
        };
    }

    private ContractAccount With(string item, int ordinal, DeliverableState state) =>
        this with
        {
            Deliverables = Deliverables.SetItem($"{item}/{ordinal}", state),
        };

    private ContractAccount With(Deduction deduction) => this with { Deductions = Deductions.SetItem(deduction.Id, deduction) };

    private ContractAccount With(PeriodAccount period) => this with { Periods = Periods.SetItem(period.Number, period) };

    private static int PeriodNumber(LedgerEvent e) => int.Parse(e.Key);

    private static bool IsPatrol(string subject) =>
        subject.StartsWith("patrol/", StringComparison.Ordinal) || subject.StartsWith("issue/", StringComparison.Ordinal);
}
