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
    /// in whole, and of its own what the clause leaves; rounded half up once.
    /// </summary>
    public static Cny At(ContractAccount account, Termination termination)
    {
        var terms = account.Terms;
        var rule =
            terms.RulesOf<EarlyEnd>(termination.Clause).FirstOrDefault(r => !r.AnyBreach)
            ?? terms
                .Rules<EarlyEnd>()
                .Select(r => r.Rule)
                .FirstOrDefault(r => r.AnyBreach && termination.Cause == TerminationCause.VendorBreach);
        var term = account.TermOn(termination.On);
        var before = account.ServiceTerms.TakeWhile(t => t != term).Sum(t => t.Price);
        return rule?.Earns switch
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
