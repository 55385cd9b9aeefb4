using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>What is earned of the price when a contract ends early under a clause.</summary>
public enum EarnedFee
{
    /// <summary>Nothing: everything paid is refunded (gaomidian 6.5, yongdinglu 8.2, 12.2.3).</summary>
    Nothing,

    /// <summary>What was already paid, and nothing more (yongdinglu 8.3).</summary>
    AlreadyPaid,

    /// <summary>Total × days served ÷ days of the term (yongdinglu 12.2.4, yangfangdian 9.4).</summary>
    ByDaysOfTerm,
}

/// <summary>
/// How much of the price a termination under this clause leaves; with <c>anyBreach</c>, every termination for the vendor's
/// breach, whatever clause it names. Any other leaves whole service months, and the days served of the last one, of the
/// monthly fee.
/// </summary>
public sealed record EarlyEnd(EarnedFee Earns, bool AnyBreach = false) : RuleBlock
{
    /// <summary>
    /// The fee earned of a price under a termination, served up to and including its day; rounded half up once.
    /// </summary>
    public static Cny Earned(ContractTerms terms, ContractTerminated termination, Cny paid)
    {
        var rule = terms.RulesOf<EarlyEnd>(termination.Clause).FirstOrDefault(r => !r.AnyBreach)
            ?? terms.Rules<EarlyEnd>().Select(r => r.Rule).FirstOrDefault(r => r.AnyBreach && termination.Cause == TerminationCause.VendorBreach);
        return rule?.Earns switch
        {
            EarnedFee.Nothing => Cny.Zero,
            EarnedFee.AlreadyPaid => paid,
            EarnedFee.ByDaysOfTerm => terms.Total.MulDiv(Days(terms.From, termination.On), Days(terms.From, terms.To)),
            null => ByServiceMonths(terms, termination.On),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Cny ByServiceMonths(ContractTerms terms, LocalDate on)
    {
        var month = ServiceMonths.Of(terms.From, on);
        var (from, to) = ServiceMonths.Month(terms.From, month);
        var months = ServiceMonths.Of(terms.From, terms.To);

        // (month − 1) whole months and the days served of this one, as one fraction of the total: one rounding.
        var daysOfMonth = Days(from, to);
        return terms.Total.MulDiv(((month - 1) * daysOfMonth) + Days(from, on), (long)months * daysOfMonth);
    }

    private static long Days(LocalDate from, LocalDate to) => Period.DaysBetween(from, to) + 1;
}
