using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>What of the price a contract that ends early leaves (<see cref="EarlyEnd"/>).</summary>
public static class EarnedFees
{
    /// <summary>
    /// The fee earned at the account's termination, served up to and including its day: the terms of service before that day's
    /// in whole, and of its own what the clause leaves; rounded half up once. What was confirmed lower is not paid back by the end: it is
    /// less by the work of the periods up to the end's that was not confirmed, unless nothing is earned, or only what was paid.
    /// </summary>
    public static Cny At(ContractAccount account, Termination termination)
    {
        var (earned, rule) = (Scheduled(account, termination), RuleOf(account, termination));
        return rule?.Earns is EarnedFee.Nothing or EarnedFee.AlreadyPaid
            ? earned
            : Cny.Max(Cny.Zero, earned - NotConfirmed(account, termination));
    }

    /// <summary>What the periods before the end's leave of the earned fee for that one, by their scheduled fees.</summary>
    public static Cny LeftForLast(ContractAccount account, Termination termination) =>
        Cny.Max(Cny.Zero, Scheduled(account, termination) - Before(account, termination).Sum(p => p.Gross));

    private static IEnumerable<PaymentPeriod> Before(ContractAccount account, Termination termination) =>
        account.Schedule.Take(account.PeriodOf(termination.On) - 1);

    private static Cny NotConfirmed(ContractAccount account, Termination termination)
    {
        var last = account.Schedule[account.PeriodOf(termination.On) - 1];
        var left = Cny.Min(last.Gross, LeftForLast(account, termination));
        var confirmed = account.Periods[last.Number].ConfirmedGross ?? last.Gross;
        return Before(account, termination).Sum(p => p.Gross - Confirmed(account, p)) + Cny.Max(Cny.Zero, left - confirmed);
    }

    private static Cny Confirmed(ContractAccount account, PaymentPeriod period) =>
        account.Periods[period.Number] is var decided && decided.Issued is { } issued
            ? issued.Gross
            : decided.ConfirmedGross ?? period.Gross;

    private static EarlyEnd? RuleOf(ContractAccount account, Termination termination) =>
        account.Terms.RulesOf<EarlyEnd>(termination.Clause).FirstOrDefault(r => !r.AnyBreach)
        ?? account
            .Terms.Rules<EarlyEnd>()
            .Select(r => r.Rule)
            .FirstOrDefault(r => r.AnyBreach && termination.Cause == TerminationCause.VendorBreach);

    /// <summary>The earned fee where all work is confirmed.</summary>
    private static Cny Scheduled(ContractAccount account, Termination termination)
    {
        var term = account.TermOn(termination.On);
        var before = account.ServiceTerms.TakeWhile(t => t != term).Sum(t => t.Price);
        return RuleOf(account, termination)?.Earns switch
        {
            EarnedFee.Nothing => before,
            EarnedFee.AlreadyPaid => account.Periods.Values.Sum(p => p.Paid),
            EarnedFee.ByDaysOfTerm => before + term.Price.MulDiv(term.DaysServed(termination.On), term.Days),
            null => before + ByServiceMonths(term, termination.On),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Whether the contract ended under a clause that leaves nothing but what was paid (yongdinglu 8.3).</summary>
    public static bool EndPayment(ContractAccount account) =>
        account.Termination is { } ended && account.Terms.RulesOf<EarlyEnd>(ended.Clause).Any(r => r.Earns == EarnedFee.AlreadyPaid);

    private static Cny ByServiceMonths(ServiceTerm term, LocalDate on)
    {
        var month = ServiceMonths.Of(term.From, on);
        var served = new ServiceTerm(ServiceMonths.Month(term.From, month).From, ServiceMonths.Month(term.From, month).To, term.Price);

        // (month − 1) whole months and the days served of this one, as one fraction of the price: one rounding. The price is for
        // the whole months of the term; days beyond them earn nothing more.
        var months = Math.Max(1L, Period.Between(term.From, term.To.PlusDays(1), PeriodUnits.Months).Months);
        return Cny.Min(term.Price, term.Price.MulDiv(((month - 1) * (long)served.Days) + served.DaysServed(on), months * served.Days));
    }
}
