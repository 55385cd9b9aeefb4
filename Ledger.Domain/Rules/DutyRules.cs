using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>How a clause counts days.</summary>
public enum DayCount
{
    /// <summary>日历日: every day; a last day that is a rest day does not move.</summary>
    CalendarDays,

    /// <summary>日: as the Civil Code counts; a last day that is a rest day moves to the next working day (art. 203).</summary>
    Days,

    /// <summary>工作日.</summary>
    WorkingDays,
}

/// <summary>
/// After a termination under this clause (or, with <c>anyBreach</c>, for the vendor's breach under any) the vendor pays back
/// what was paid beyond what the clause leaves earned (<see cref="EarlyEnd"/>: everything, or the fees not served) within so many days of
/// receiving the notice (gaomidian 6.5; anding and jiuxianqiao 6.3, 6.4; yongdinglu 8.2, 12.2.3). Id
/// <c>{clause}-refund:termination</c>, arisen on the termination's date; its last day is known once the notice is on record.
/// </summary>
[Discriminator("refund_duty")]
public sealed record RefundDuty(int Within, DayCount Days, bool AnyBreach = false) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Duty> Duties(ContractAccount account, Clause clause)
    {
        if (
            account.Termination is not { } ended
            || !(ended.Clause == clause.Number || (AnyBreach && ended.Cause == TerminationCause.VendorBreach))
        )
        {
            yield break;
        }

        var owed = account.Periods.Values.Sum(p => p.Paid) - EarnedFees.At(account, ended);
        if (!owed.IsPositive)
        {
            yield break;
        }

        var notice = account.NoticesOf(NoticeOf.Termination).FirstOrDefault();
        yield return Duty.Of(
            account,
            $"{clause.Number}-refund:termination",
            clause.Number,
            DutyKind.Refund,
            ended.On,
            notice is null ? null : Last(Days, notice.On, Within, account.Calendar),
            account.Settlement.Refunded >= owed ? account.Settlement.RefundedOn : null,
            notice is null ? [ended.EventId] : [ended.EventId, notice.EventId],
            owed
        );
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("within", Within);

    /// <summary>The last day of so many days after a date.</summary>
    internal static DueDate Last(DayCount count, LocalDate from, int days, WorkingDays calendar) =>
        count switch
        {
            DayCount.CalendarDays => new DueDate(from.PlusDays(days), false),
            DayCount.Days => CivilCode.LastDay(from, days, calendar),
            DayCount.WorkingDays => calendar.After(from, days),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}

/// <summary>
/// What deductions exceed the fee by is paid within so many days of a notice of the shortfall (gaomidian 6.6). Id
/// <c>{clause}-shortfall:{event id of the notice}</c>, arisen on the notice.
/// </summary>
[Discriminator("shortfall_duty")]
public sealed record ShortfallDuty(int WithinDays) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Duty> Duties(ContractAccount account, Clause clause)
    {
        var notices = account.NoticesOf(NoticeOf.Shortfall).ToList();
        if (notices.Count == 0)
        {
            yield break;
        }

        var owed = account.Schedule.Sum(p => PeriodFigures.Of(account, p).Shortfall);
        foreach (var notice in notices.Where(_ => owed.IsPositive))
        {
            yield return Duty.Of(
                account,
                $"{clause.Number}-shortfall:{notice.EventId}",
                clause.Number,
                DutyKind.PayShortfall,
                notice.On,
                CivilCode.LastDay(notice.On, WithinDays, account.Calendar),
                account.Settlement.Refunded >= owed ? account.Settlement.RefundedOn : null,
                [notice.EventId],
                owed
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("withinDays", WithinDays);
}

/// <summary>
/// What is open is settled within so many working days of the end of the contract, early or not (yangfangdian 3.7). Id
/// <c>{clause}-settlement:end</c>, arisen on the last day of service.
/// </summary>
[Discriminator("settlement_duty")]
public sealed record SettlementDuty(int WorkingDays) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Duty> Duties(ContractAccount account, Clause clause) =>
        EndOf(account) is not { } end
            ? []
            :
            [
                Duty.Of(
                    account,
                    $"{clause.Number}-settlement:end",
                    clause.Number,
                    DutyKind.Settle,
                    end.On,
                    account.Calendar.After(end.On, WorkingDays),
                    account.Settlement.ConcludedOn,
                    end.Evidence
                ),
            ];

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("workingDays", WorkingDays);

    /// <summary>The last day of service, once the contract was terminated or assessed beyond its term.</summary>
    internal static (LocalDate On, IReadOnlyList<string> Evidence)? EndOf(ContractAccount account) =>
        account.Termination is { } ended ? (ended.On, [ended.EventId])
        : account.Today > account.LastDay ? (account.LastDay, [])
        : null;
}

/// <summary>
/// Papers are handed over within so many working days of the end (yongdinglu 10.5): met by <c>obligation_performed</c> of the
/// obligation named after the clause. Id <c>{clause}-hand_over:end</c>, arisen on the last day of service.
/// </summary>
[Discriminator("hand_over_duty")]
public sealed record HandOverDuty(int WorkingDays) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Duty> Duties(ContractAccount account, Clause clause) =>
        SettlementDuty.EndOf(account) is not { } end
            ? []
            :
            [
                Duty.Of(
                    account,
                    $"{clause.Number}-hand_over:end",
                    clause.Number,
                    DutyKind.HandOver,
                    end.On,
                    account.Calendar.After(end.On, WorkingDays),
                    account.Obligations.GetValueOrDefault(clause.Number)?.PerformedOn,
                    end.Evidence
                ),
            ];

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("workingDays", WorkingDays);
}

/// <summary>
/// For each calendar month in which a case is carried over, from its carrying over to its closing, one report on it (gaomidian
/// 2.2.5, anding annex 1). Id <c>{clause}-carry_over:{yyyy-MM}</c>, arisen on the first day of that month on which a case without
/// a report was carried over, due by the month's end; the evidence names the carrying over of each such case.
/// </summary>
[Discriminator("carry_over_reports")]
public sealed record CarryOverReports : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<FoundDuty> FindDuties(RuleInput input, Clause clause) =>
        from missing in Missing(input)
        group missing by missing.Month into month
        orderby month.Key
        select new FoundDuty(
            $"{clause.Number}-carry_over:{MonthlyRatingPublished.CycleText(month.Key)}",
            clause.Number,
            DutyKind.CarryOverReport,
            month.Min(m => m.From),
            month.Key.OnDayOfMonth(1).PlusMonths(1).PlusDays(-1),
            [.. month.Select(m => m.Event).Order(Comparer<LedgerEvent>.Create(EventOrder.ByTime)).Select(e => e.Id)]
        );

    /// <summary>The same for each case, once the month is over: <c>time_limit</c>, rule <c>carry_over</c>.</summary>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause) =>
        from missing in Missing(input)
        let over = ChinaTime.EndOf(missing.Month.OnDayOfMonth(1).PlusMonths(1).PlusDays(-1))
        where input.AsOf > over
        select Finding.Of(
            FindingKind.TimeLimit,
            "carry_over",
            missing.Event.Subject,
            over,
            [missing.Event.Id],
            ("clause", clause.Number),
            ("month", MonthlyRatingPublished.CycleText(missing.Month))
        ) with
        {
            Key = MonthlyRatingPublished.CycleText(missing.Month),
        };

    private static IEnumerable<(YearMonth Month, LocalDate From, LedgerEvent Event)> Missing(RuleInput input)
    {
        foreach (var c in input.Facts.Cases)
        {
            if (c.CarriedOver is not { } carried || c.Voided is not null)
            {
                continue;
            }

            var last = c.Closed is { } closed && closed.OccurredAt > carried.OccurredAt ? closed.OccurredOn : input.AsOfDate;
            for (var from = carried.OccurredOn; from <= last; from = from.ToYearMonth().OnDayOfMonth(1).PlusMonths(1))
            {
                var month = from.ToYearMonth();
                if (!c.CarryOverReports.Contains(month))
                {
                    yield return (month, from, carried);
                }
            }
        }
    }
}
