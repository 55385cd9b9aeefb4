using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>
/// Everything that decisions and statements of one contract rest on, folded from its events in log order: terms in
/// force, deductions, payment periods, ratings, claims. Single cases are not in it. Immutable, and sorted throughout, so
/// that equal accounts are written as equal bytes in every process.
/// </summary>
/// <param name="Terms">The terms in force: as registered, with amendments and recorded readings.</param>
/// <param name="RegisteredAt">The position of the registration.</param>
/// <param name="OpenedAt">When the registration was recorded.</param>
/// <param name="Superseded">Terms that amendments replaced, oldest first: they hold for what arose before.</param>
/// <param name="Renewals">The terms of service that renewals added, in order.</param>
/// <param name="Deductions">Every deduction ever proposed, by id.</param>
/// <param name="Periods">What was decided about each period.</param>
/// <param name="Unplaced">Adjustments for which no period was open: they count at the settlement.</param>
/// <param name="Ratings">The city's ratings by cycle.</param>
/// <param name="Obligations">Obligations by name.</param>
/// <param name="Claims">Claims and assessed deductions by subject.</param>
/// <param name="Notices">Notices received, in log order.</param>
/// <param name="ForceMajeure">Spans of force majeure, in log order.</param>
/// <param name="PatrolChecks">Spot checks that found patrol or issue records falsified.</param>
/// <param name="SheetQuarters">Quarters with a score sheet.</param>
/// <param name="Deliverables">Deliverables handed in, by <c>item/ordinal</c>.</param>
/// <param name="InvoiceNumbers">Invoice numbers used before.</param>
/// <param name="Settlement">Audit and settlement.</param>
/// <param name="LastRun">The latest assessment run.</param>
/// <param name="Termination">The termination, if any.</param>
/// <param name="Reviews">How far each finding was looked into that was taken up, by its id; null where none was.</param>
/// <param name="Falsified">Who concluded each spot check that found a falsified record, by the id of its event; null where none was.</param>
/// <param name="Actors">The register of actors by code; null where there is none, and nobody's side is checked.</param>
public sealed partial record ContractAccount(
    ContractTerms Terms,
    long RegisteredAt,
    Instant OpenedAt,
    ImmutableList<SupersededTerms> Superseded,
    ImmutableList<ServiceTerm> Renewals,
    ImmutableSortedDictionary<string, Deduction> Deductions,
    ImmutableSortedDictionary<int, PeriodAccount> Periods,
    ImmutableList<Adjustment> Unplaced,
    ImmutableSortedDictionary<YearMonth, Rating> Ratings,
    ImmutableSortedDictionary<string, ObligationState> Obligations,
    ImmutableSortedDictionary<string, ClaimState> Claims,
    ImmutableList<Notice> Notices,
    ImmutableList<ForceMajeureSpan> ForceMajeure,
    ImmutableSortedSet<string> PatrolChecks,
    ImmutableSortedSet<int> SheetQuarters,
    ImmutableSortedDictionary<string, DeliverableState> Deliverables,
    ImmutableSortedSet<string> InvoiceNumbers,
    SettlementState Settlement,
    AssessmentRun? LastRun = null,
    Termination? Termination = null,
    ImmutableSortedDictionary<string, FindingState>? Reviews = null,
    ImmutableSortedDictionary<string, string>? Falsified = null,
    ImmutableSortedDictionary<string, RegisteredActor>? Actors = null
)
{
    /// <summary>The account after the first <c>contract_registered</c>.</summary>
    public static ContractAccount Open(ContractTerms terms, LedgerEvent registration) =>
        new(
            terms,
            registration.Position,
            registration.RecordedAt,
            [],
            [],
            ImmutableSortedDictionary<string, Deduction>.Empty,
            terms.Payment.Periods(terms.From, terms.To).ToImmutableSortedDictionary(p => p.Number, p => PeriodAccount.New(p.Number)),
            [],
            ImmutableSortedDictionary<YearMonth, Rating>.Empty,
            ImmutableSortedDictionary<string, ObligationState>.Empty,
            ImmutableSortedDictionary<string, ClaimState>.Empty,
            [],
            [],
            [],
            [],
            ImmutableSortedDictionary<string, DeliverableState>.Empty,
            [],
            SettlementState.None
        );

    /// <summary>The contract's id, which is also the key of the account's stream.</summary>
    [JsonIgnore]
    public string Id { get; init; } = Terms.Id;

    /// <summary>The working-day calendar of the moment at which the account is read; it is no part of the fold.</summary>
    [JsonIgnore]
    public WorkingDays Calendar { get; init; } = WorkingDays.Shipped;

    /// <summary>The payment periods of the contract with its renewals, by number.</summary>
    [JsonIgnore]
    public IReadOnlyList<PaymentPeriod> Schedule
    {
        get => field ??= PeriodsUnder(Terms);
        private init;
    }

    /// <summary>The contract's own term and those of its renewals.</summary>
    [JsonIgnore]
    public IEnumerable<ServiceTerm> ServiceTerms => Renewals.Prepend(new ServiceTerm(Terms.From, Terms.To, Terms.Total));

    /// <summary>The last day of service, unless it ends early.</summary>
    [JsonIgnore]
    public LocalDate LastDay => Renewals.IsEmpty ? Terms.To : Renewals[^1].To;

    /// <summary>The latest assessment's <c>asOf</c>.</summary>
    [JsonIgnore]
    public Instant? LastAsOf => LastRun?.AsOf;

    /// <summary>The day in China of the latest assessment's <c>asOf</c>.</summary>
    [JsonIgnore]
    public LocalDate? AssessedOn => LastAsOf is { } asOf ? ChinaTime.DateOf(asOf) : null;

    /// <summary>
    /// The day by which rights and duties are judged: the latest assessment's, so that a statement says the same however late it
    /// is read; a list of findings sets its own moment.
    /// </summary>
    [JsonIgnore]
    public LocalDate? Today
    {
        get => field ?? AssessedOn;
        init;
    }

    /// <summary>The last day of service, early or not.</summary>
    [JsonIgnore]
    public LocalDate ServedUntil => Termination?.On ?? LastDay;

    /// <summary>The account under other terms.</summary>
    public ContractAccount Under(ContractTerms terms) => this with { Terms = terms, Schedule = null! };

    /// <summary>The term of service that contains a date; before all the first, after all the last.</summary>
    public ServiceTerm TermOn(LocalDate date) => ServiceTerms.FirstOrDefault(t => date <= t.To) ?? ServiceTerms.Last();

    /// <summary>The term of service to which a period belongs, and the period's number within it.</summary>
    public (ServiceTerm Term, int Number) Within(int period)
    {
        var first = Terms.Payment.Periods(Terms.From, Terms.To).Count;
        return period <= first || Renewals.IsEmpty
            ? (ServiceTerms.First(), period)
            : (
                TermOn(Schedule[period - 1].From),
                1 + Schedule.Take(period - 1).Count(p => p.From >= TermOn(Schedule[period - 1].From).From)
            );
    }

    /// <summary>The terms that hold for what arises on a date: later amendments leave it alone.</summary>
    public ContractTerms TermsOn(LocalDate date) => Superseded.Find(s => date <= s.Until)?.Terms ?? Terms;

    /// <summary>The number of the period to which a date belongs.</summary>
    public int PeriodOf(LocalDate date) => PaymentSchedule.PeriodOf(Schedule, date);

    /// <summary>
    /// The number of the period to which a deduction of a clause belongs by its date: clauses may take theirs from a
    /// fixed instalment (<see cref="IBorneByInstalment"/>) or settle by assessment periods (<see cref="AssessmentPeriods"/>).
    /// </summary>
    public int PeriodOf(string clause, LocalDate attributedOn)
    {
        if (Terms.RulesOf<IBorneByInstalment>(clause).FirstOrDefault()?.TakenFrom is { } fixedPeriod)
        {
            return fixedPeriod;
        }

        var settled = Terms.Rules<AssessmentPeriods>().Select(r => r.Rule).FirstOrDefault(r => r.Clauses.Contains(clause));
        return PeriodOf(settled?.SettledOn(attributedOn, Terms.From, Terms.To) ?? attributedOn);
    }

    /// <summary>
    /// The terms under which facts are assessed: by date those before or after each amendment, and within them by period
    /// the readings in force for an open one, those of its issue for a locked one. A reading takes effect from then on and
    /// never for a locked period. Locked periods come first: of one id, what they yield stays.
    /// </summary>
    public IEnumerable<TermsInForce> TermsByPeriod()
    {
        foreach (var version in TermsByDate())
        {
            var groups =
                from period in Periods.Values
                orderby period.Locked descending, period.Number
                let readings = period.Issued?.Readings ?? Terms.ReadingsInForce()
                group period.Number by string.Join(';', readings.Select(r => $"{r.Key}={r.Value}"));
            foreach (var same in groups)
            {
                var terms = Periods[same.First()].Issued is { } issued
                    ? issued.Readings.Aggregate(version.Terms, (t, choice) => t.With(choice.Key, choice.Value))
                    : version.Terms;
                yield return version with
                {
                    Terms = terms,
                    Periods = [.. same],
                };
            }
        }
    }

    /// <summary>The terms before and after each amendment, oldest first, with the dates for which they hold; in all periods.</summary>
    public IEnumerable<TermsInForce> TermsByDate()
    {
        LocalDate? after = null;
        foreach (var before in Superseded)
        {
            yield return new TermsInForce(before.Terms, after, before.Until, [.. Periods.Keys]);
            after = before.Until;
        }

        yield return new TermsInForce(Terms, after, null, [.. Periods.Keys]);
    }

    /// <summary>The period itself while its statement is not issued, else the first whose is not; null where none is left.</summary>
    public int? FirstOpen(int number) => Periods[number].Locked ? Periods.Values.FirstOrDefault(p => !p.Locked)?.Number : number;

    /// <summary>The notices of one kind, by the date of their receipt, then by time: the order of import does not matter.</summary>
    public IEnumerable<Notice> NoticesOf(NoticeOf kind) => Notices.Where(n => n.Of == kind).OrderBy(n => n.On).ThenBy(n => n.At);

    /// <summary>Where a right to terminate under a clause stands.</summary>
    public RightState TerminationState(string clause) => Termination?.Clause == clause ? RightState.Exercised : RightState.Open;

    /// <summary>True for a deduction that rests on falsified patrol or issue records.</summary>
    public bool ConcernsPatrol(Deduction deduction) =>
        PatrolChecks.Contains(deduction.Id[(deduction.Id.IndexOf(':', StringComparison.Ordinal) + 1)..]);

    /// <summary>The earliest invoice that was not sent back and is of the net amount, kind and rate; it opens the gate.</summary>
    public Invoice? FittingInvoice(PeriodAccount period, Cny net) =>
        period.Invoices.Where(i => !i.Rejected && MisfitOf(i, net) is null).MinBy(i => i.ReceivedOn);

    /// <summary>Why an invoice opens no gate, in words; null where it is of the net amount, and of the kind and the rate agreed.</summary>
    public string? MisfitOf(Invoice invoice, Cny net)
    {
        var terms = Terms.Rules<InvoiceTerms>().Select(r => r.Rule).FirstOrDefault();
        var reasons = new List<string>();
        if (invoice.Amount != net)
        {
            reasons.Add($"is of {invoice.Amount}, the net payable is {net}");
        }

        if (terms?.Kind is { } kind && kind != invoice.Kind)
        {
            reasons.Add($"is a {Words<InvoiceKind>.Of(invoice.Kind)} invoice, the contract asks for {Words<InvoiceKind>.Of(kind)}");
        }

        if (terms?.TaxRate is { } rate && rate != invoice.TaxRate)
        {
            reasons.Add($"has a tax rate of {invoice.TaxRate} %, the contract asks for {rate} %");
        }

        return reasons.Count > 0 ? $"invoice {invoice.Number} {string.Join(", and ", reasons)}" : null;
    }

    /// <summary>The payment periods as they would be under other terms.</summary>
    internal IReadOnlyList<PaymentPeriod> PeriodsUnder(ContractTerms terms)
    {
        var periods = terms.Payment.Periods(terms.From, terms.To).ToList();
        var first = new ServiceTerm(terms.From, terms.To, terms.Total);
        foreach (var renewal in Renewals)
        {
            periods.AddRange(terms.Payment.Renewed(first, renewal, periods.Count));
        }

        return periods;
    }
}
