using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>Over what repeated failures are counted (reading gmd-4.6.4-window).</summary>
public enum CountingWindow
{
    /// <summary>Each payment period by itself.</summary>
    PaymentPeriod,

    /// <summary>The whole term.</summary>
    Term,
}

/// <summary>
/// So many failures of a clause give the right to suspend the period's payment (gaomidian 4.6.4): its own deductions
/// with the given suffixes count, all but withdrawn, waived and overturned ones, carried ones where they count. Id
/// <c>{clause}-suspension:period-{n}</c> (or <c>:term</c>), arisen on the attributed date of the fifth.
/// </summary>
[Discriminator("suspension_right")]
public sealed record SuspensionRight(int Count, IReadOnlyList<string> Suffixes, CountingWindow Window) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause)
    {
        var prefixes = Suffixes.Select(s => $"{clause.Number}-{s}:").ToList();
        var counted = account
            .Deductions.Values.Where(d =>
                d.Period is not null && d.Stands && prefixes.Exists(p => d.Id.StartsWith(p, StringComparison.Ordinal))
            )
            .OrderBy(d => d.AttributedOn)
            .ThenBy(d => d.Id, StringComparer.Ordinal);
        foreach (var window in counted.GroupBy(d => Window == CountingWindow.Term ? 0 : d.Period!.Value))
        {
            var failures = window.Take(Count).ToList();
            if (failures.Count < Count)
            {
                continue;
            }

            var last = failures[^1];
            yield return new Right(
                Window == CountingWindow.Term ? $"{clause.Number}-suspension:term" : $"{clause.Number}-suspension:period-{window.Key}",
                clause.Number,
                RightKind.Suspend,
                last.AttributedOn,
                account.Periods.Values.Any(p => p.WasSuspended && (Window == CountingWindow.Term || p.Number == window.Key))
                    ? RightState.Exercised
                    : RightState.Open,
                [.. failures.SelectMany(d => d.Evidence).Distinct()],
                last.Period!.Value
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (Count < 1 || Suffixes.Count == 0)
        {
            yield return new Fault(".count", "expected 1 or more failures of at least one suffix");
        }
    }
}

/// <summary>
/// Adjacent cycles rated in this tier give the right to terminate (gaomidian 4.6.5). Id <c>{clause}-ratings:{last
/// cycle}</c>, arisen on the date of the last cycle's rating.
/// </summary>
[Discriminator("repeated_rating_right")]
public sealed record RepeatedRatingRight(Tier Tier, int Cycles) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause)
    {
        foreach (var (cycle, rating) in account.Ratings.OrderBy(r => r.Key))
        {
            var run = Enumerable
                .Range(0, Cycles)
                .Select(back => account.Ratings.GetValueOrDefault(cycle.OnDayOfMonth(1).PlusMonths(-back).ToYearMonth()))
                .ToList();
            if (run.TrueForAll(r => r?.Tier == Tier))
            {
                yield return new Right(
                    $"{clause.Number}-ratings:{MonthlyRatingPublished.CycleText(cycle)}",
                    clause.Number,
                    RightKind.Terminate,
                    rating.On,
                    account.TerminationState(clause.Number),
                    [.. Enumerable.Reverse(run).Select(r => r!.EventId)],
                    account.PeriodOf(rating.On)
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (Cycles < 2)
        {
            yield return new Fault(".cycles", "expected 2 or more adjacent cycles");
        }
    }
}

/// <summary>A share of which monthly fee (reading gmd-4.6.5-basis).</summary>
public enum CapBasis
{
    /// <summary>All lines together.</summary>
    Both,

    /// <summary>Each line by itself: patrol for false records of patrols and issues, the first line for the rest.</summary>
    Service,
}

/// <summary>What one assessment is (reading gmd-4.6.5-single).</summary>
public enum CapMonth
{
    /// <summary>A service month, id <c>month-{k}</c>.</summary>
    ServiceMonth,

    /// <summary>The calendar month of the date, id <c>{yyyy-MM}</c>.</summary>
    RatingCycle,
}

/// <summary>
/// Effective deductions of the given clauses in one month above a percentage of the monthly fee give the right to
/// terminate; with those still proposed above it, the right is at risk (gaomidian 4.6.5). Id <c>{clause}-cap:month-{k}</c>,
/// arisen on the date of the deduction that went over.
/// </summary>
[Discriminator("monthly_cap_right")]
public sealed record MonthlyCapRight(Percentage Percent, IReadOnlyList<string> Clauses, CapBasis Basis, CapMonth Month) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause)
    {
        if (account.Terms.Payment is not ServiceMonthSchedule schedule)
        {
            yield break;
        }

        var counted = account
            .Deductions.Values.Where(d => Clauses.Contains(d.Clause) && (d.Effective.IsPositive || d.Status == DeductionStatus.Proposed))
            .OrderBy(d => d.AttributedOn)
            .ThenBy(d => d.Id, StringComparer.Ordinal);
        foreach (var month in counted.GroupBy(d => MonthKey(account, d.AttributedOn)))
        {
            // A renewal's monthly fees are the first term's in the proportion of the prices.
            var price = account.TermOn(month.First().AttributedOn).Price;
            Cny LimitOf(Cny monthly) => monthly.MulDiv(price.Fen, account.Terms.Total.Fen).Percent(Percent);
            var limits =
                Basis == CapBasis.Both
                    ? [(Limit: LimitOf(schedule.MonthlyTotal), Of: month.ToList())]
                    : schedule
                        .Fees.Select(
                            (fee, i) =>
                                (
                                    Limit: LimitOf(fee.Monthly),
                                    Of: month.Where(d => (account.ConcernsPatrol(d) ? schedule.Fees.Count - 1 : 0) == i).ToList()
                                )
                        )
                        .ToList();
            var crossings = limits.Select(l => Crossing(l.Limit, l.Of)).OfType<(Deduction At, bool Risk, List<Deduction> Of)>().ToList();
            if (crossings.Count == 0)
            {
                continue;
            }

            var first = crossings.OrderBy(c => c.Risk).ThenBy(c => c.At.AttributedOn).First();
            yield return new Right(
                $"{clause.Number}-cap:{month.Key}",
                clause.Number,
                RightKind.Terminate,
                first.At.AttributedOn,
                first.Risk ? RightState.AtRisk : account.TerminationState(clause.Number),
                [.. first.Of.SelectMany(d => d.Evidence).Distinct()],
                account.PeriodOf(first.At.AttributedOn)
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (terms.Payment is not ServiceMonthSchedule)
        {
            yield return new Fault("", "expected a contract with monthly fees");
        }

        foreach (var unknown in Clauses.Where(n => terms.Clauses.All(c => c.Number != n)))
        {
            yield return new Fault(".clauses", $"expected clauses of this contract, got \"{unknown}\"");
        }
    }

    private static (Deduction At, bool Risk, List<Deduction> Of)? Crossing(Cny limit, List<Deduction> month)
    {
        var effective = month.Where(d => d.Effective.IsPositive).ToList();
        if (Over(limit, effective, d => d.Effective) is { } arisen)
        {
            return (arisen, false, effective);
        }

        return Over(limit, month, d => d.Status == DeductionStatus.Proposed ? d.Amount : d.Effective) is { } risk
            ? (risk, true, month)
            : null;
    }

    private static Deduction? Over(Cny limit, List<Deduction> deductions, Func<Deduction, Cny> amount)
    {
        var sum = Cny.Zero;
        return deductions.Find(d => (sum += amount(d)) > limit);
    }

    private string MonthKey(ContractAccount account, LocalDate date)
    {
        var inTerm = LocalDate.Max(account.Terms.From, LocalDate.Min(account.LastDay, date));
        return Month == CapMonth.ServiceMonth
            ? $"month-{ServiceMonths.Of(account.Terms.From, inTerm)}"
            : MonthlyRatingPublished.CycleText(date.ToYearMonth());
    }
}
