using System.Text.Json.Serialization;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Terms;

/// <summary>A line of a period's fee.</summary>
public sealed record FeeLine(string Line, Cny Amount)
{
    /// <summary>The line of what was not confirmed in writing, below zero.</summary>
    public const string NotConfirmed = "not_confirmed";

    /// <summary>The line of what an early end leaves unearned, below zero.</summary>
    public const string NotEarned = "not_earned";
}

/// <summary>
/// One payment period: both days inclusive. A deduction belongs to it when its date lies in it, or, for an instalment,
/// on or before its cut-off and after the one before.
/// </summary>
public sealed record PaymentPeriod(int Number, LocalDate From, LocalDate To, IReadOnlyList<FeeLine> Fees)
{
    /// <summary>The fee before any deduction.</summary>
    public Cny Gross => Fees.Sum(f => f.Amount);
}

/// <summary>How the price is cut into payment periods.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "schedule")]
[JsonDerivedType(typeof(ServiceMonthSchedule), "service_months")]
[JsonDerivedType(typeof(InstalmentSchedule), "instalments")]
public abstract record PaymentSchedule
{
    /// <summary>The payment periods of a term, in order.</summary>
    public abstract IReadOnlyList<PaymentPeriod> Periods(LocalDate from, LocalDate to);

    /// <summary>
    /// The periods of a renewal, numbered on: cut as the first term was, its price shared out in the same proportions.
    /// Each share is rounded half up, and the last takes the rest, so that they add up to the price.
    /// </summary>
    public abstract IEnumerable<PaymentPeriod> Renewed(ServiceTerm first, ServiceTerm renewal, int numberedAfter);

    /// <summary>The schedule of a term that begins on another day: dates of its own move as far as the first day does.</summary>
    public virtual PaymentSchedule Moved(LocalDate from, LocalDate to) => this;

    /// <summary>What is wrong with the schedule for these terms.</summary>
    public virtual IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (terms.To < terms.From)
        {
            yield break;
        }

        var sum = Periods(terms.From, terms.To).Sum(p => p.Gross);
        if (sum != terms.Total)
        {
            yield return new Fault(".payment", $"the periods' fees sum to {sum}, expected the total {terms.Total}");
        }
    }

    /// <summary>
    /// The number of the period to which a date belongs: the first whose last day is on or after it; a date before the
    /// term belongs to the first, one after it to the last.
    /// </summary>
    public static int PeriodOf(IReadOnlyList<PaymentPeriod> periods, LocalDate date) =>
        (periods.FirstOrDefault(p => date <= p.To) ?? periods[^1]).Number;
}

/// <summary>A monthly fee for one line of service.</summary>
public sealed record MonthlyFee(string Line, Cny Monthly);

/// <summary>Periods of whole service months, each with its monthly fees.</summary>
public sealed record ServiceMonthSchedule(int Months, IReadOnlyList<MonthlyFee> Fees) : PaymentSchedule
{
    /// <summary>All lines of one service month together.</summary>
    [JsonIgnore]
    public Cny MonthlyTotal => Fees.Sum(f => f.Monthly);

    /// <inheritdoc/>
    public override IReadOnlyList<PaymentPeriod> Periods(LocalDate from, LocalDate to)
    {
        var periods = new List<PaymentPeriod>();
        var all = ServiceMonths.Of(from, to);
        for (var month = 1; month <= all; month += Months)
        {
            var (first, last) = ServiceMonths.Months(from, month, Months);
            var months = Math.Min(Months, all - month + 1);
            periods.Add(
                new PaymentPeriod(
                    periods.Count + 1,
                    first,
                    LocalDate.Min(last, to),
                    [.. Fees.Select(f => new FeeLine(f.Line, f.Monthly * months))]
                )
            );
        }

        return periods;
    }

    /// <inheritdoc/>
    public override IEnumerable<PaymentPeriod> Renewed(ServiceTerm first, ServiceTerm renewal, int numberedAfter)
    {
        var months = ServiceMonths.Of(renewal.From, renewal.To);
        var rest = renewal.Price;
        for (var month = 1; month <= months; month += Months)
        {
            var (from, last) = ServiceMonths.Months(renewal.From, month, Months);
            var upTo = Math.Min(month - 1 + Months, months);
            var sum = upTo == months ? rest : renewal.Price.MulDiv(upTo - month + 1, months);
            rest -= sum;
            var lines = Fees.SkipLast(1).Select(f => new FeeLine(f.Line, sum.MulDiv(f.Monthly.Fen, MonthlyTotal.Fen))).ToList();
            lines.Add(new FeeLine(Fees[^1].Line, sum - lines.Sum(l => l.Amount)));
            yield return new PaymentPeriod(++numberedAfter, from, LocalDate.Min(last, renewal.To), lines);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (Months is < 1 or > 12 || Fees.Count == 0)
        {
            yield return new Fault(".payment", "expected periods of 1 to 12 months with at least one fee line");
            yield break;
        }

        var (_, last) = ServiceMonths.Month(terms.From, terms.To < terms.From ? 1 : ServiceMonths.Of(terms.From, terms.To));
        if (terms.To != last)
        {
            yield return new Fault(
                ".to",
                $"expected the last day of a service month, such as {last:uuuu-MM-dd}: the fee is paid by the month"
            );
            yield break;
        }

        foreach (var fault in base.Faults(terms))
        {
            yield return fault;
        }
    }
}

/// <summary>One instalment; the last has no cut-off and takes the rest.</summary>
public sealed record Instalment(Cny Amount, LocalDate? CutOff = null);

/// <summary>A price paid in instalments.</summary>
public sealed record InstalmentSchedule(IReadOnlyList<Instalment> Instalments) : PaymentSchedule
{
    /// <inheritdoc/>
    public override IReadOnlyList<PaymentPeriod> Periods(LocalDate from, LocalDate to)
    {
        var periods = new List<PaymentPeriod>();
        foreach (var instalment in Instalments)
        {
            var number = periods.Count + 1;
            var first = number == 1 ? from : periods[^1].To.PlusDays(1);
            periods.Add(
                new PaymentPeriod(number, first, instalment.CutOff ?? to, [new FeeLine($"instalment-{number}", instalment.Amount)])
            );
        }

        return periods;
    }

    /// <inheritdoc/>
    public override PaymentSchedule Moved(LocalDate from, LocalDate to) =>
        this with
        {
            Instalments = [.. Instalments.Select(i => i with { CutOff = i.CutOff is { } cutOff ? MovedDate(from, to, cutOff) : null })],
        };

    /// <inheritdoc/>
    public override IEnumerable<PaymentPeriod> Renewed(ServiceTerm first, ServiceTerm renewal, int numberedAfter)
    {
        var (from, rest) = (renewal.From, renewal.Price);
        for (var i = 0; i < Instalments.Count; i++)
        {
            // A cut-off lies as many months and days into the renewal as it lies into the first term.
            var to = Instalments[i].CutOff is { } cutOff ? MovedDate(first.From, renewal.From, cutOff) : renewal.To;
            var amount = i == Instalments.Count - 1 ? rest : renewal.Price.MulDiv(Instalments[i].Amount.Fen, first.Price.Fen);
            rest -= amount;
            yield return new PaymentPeriod(++numberedAfter, from, to, [new FeeLine($"instalment-{numberedAfter}", amount)]);
            from = to.PlusDays(1);
        }
    }

    /// <summary>The day as many months and days after one day as a date lies after another.</summary>
    private static LocalDate MovedDate(LocalDate from, LocalDate to, LocalDate date) =>
        to + Period.Between(from, date, PeriodUnits.Months | PeriodUnits.Days);

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (
            Instalments.Count == 0
            || Instalments.SkipLast(1).Any(i => i.CutOff is null)
            || Instalments[^1].CutOff is not null
            || Instalments.SkipLast(1).Zip(Instalments.SkipLast(1).Skip(1)).Any(p => p.Second.CutOff <= p.First.CutOff)
        )
        {
            yield return new Fault(".payment.instalments", "expected rising cut-offs on all instalments but the last, which has none");
            yield break;
        }

        if (Instalments.Any(i => i.CutOff < terms.From || i.CutOff >= terms.To))
        {
            yield return new Fault(
                ".payment.instalments",
                $"expected cut-offs from {terms.From:uuuu-MM-dd} to the day before {terms.To:uuuu-MM-dd}"
            );
            yield break;
        }

        foreach (var fault in base.Faults(terms))
        {
            yield return fault;
        }
    }
}
