using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
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
    /// The fee earned at the account's termination, served up to and including its day: the terms of service before that day's
    /// in whole, and of its own what the clause leaves; rounded half up once.
    /// </summary>
    public static Cny Earned(ContractAccount account, Termination termination)
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
    public static bool EndsPayment(ContractAccount account) =>
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

/// <summary>
/// A termination under this clause is told so long before (anding, jiuxianqiao 6.5, yangfangdian 9.4, yongdinglu 12.2.4): days
/// counted back from its date never move, working days are counted from the notice. Finding <c>time_limit</c>, rule
/// <c>termination_notice</c>, subject <c>contract</c>, arisen on the termination's date.
/// </summary>
public sealed record TerminationNotice(int Before, DayCount Days) : RuleBlock
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        if (input.Account.Termination is not { } ended || ended.Clause != clause.Number || input.AsOfDate < ended.On)
        {
            yield break;
        }

        var notice = input.Account.NoticesOf(NoticeOf.Termination).FirstOrDefault();
        var earliest =
            notice is null ? (LocalDate?)null
            : Days == DayCount.WorkingDays ? input.Account.Calendar.After(notice.On, Before).On
            : notice.On.PlusDays(Before);
        if (!(earliest <= ended.On))
        {
            yield return Finding.Of(
                FindingKind.TimeLimit,
                "termination_notice",
                "contract",
                ChinaTime.StartOf(ended.On),
                notice is null ? [ended.EventId] : [ended.EventId, notice.EventId],
                ("clause", clause.Number),
                ("expected", $"{Before} {Words<DayCount>.Of(Days).Replace('_', ' ')} before {Iso(ended.On)}"),
                ("told", notice is null ? "no notice is on record" : Iso(notice.On))
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("before", Before);
}
