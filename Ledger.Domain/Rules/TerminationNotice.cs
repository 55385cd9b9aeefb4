using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>
/// A termination under this clause is told so long before (anding, jiuxianqiao 6.5, yangfangdian 9.4, yongdinglu 12.2.4): days
/// counted back from its date never move, working days are counted from the notice. Finding <c>time_limit</c>, rule
/// <c>termination_notice</c>, subject <c>contract</c>, arisen on the termination's date.
/// </summary>
[Discriminator("termination_notice")]
public sealed record TerminationNotice(int Before, DayCount Days) : Rule
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
