using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Rules;

/// <summary>How often a series of complaints costs (reading gmd-4.6.3-repeat).</summary>
public enum SeriesRepeat
{
    /// <summary>At every third complaint.</summary>
    EveryThird,

    /// <summary>Once, at the third.</summary>
    Once,
}

/// <summary>Which complaints count (reading gmd-4.6.3-which).</summary>
public enum SeriesMembers
{
    /// <summary>Only those upheld.</summary>
    Upheld,

    /// <summary>Every complaint.</summary>
    All,
}

/// <summary>
/// Each n-th complaint over the whole term (gaomidian 4.6.3): a complaint is one stream, its latest report decides.
/// Id <c>{clause}:{n}</c>, attributed to the date of the n-th.
/// </summary>
[Discriminator("complaint_series")]
public sealed record ComplaintSeries(Cny Amount, int Each, SeriesRepeat Repeat, SeriesMembers Which) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        var reading = Applied(input.Terms, clause, "repeat", "which");
        var counted = input
            .Facts.Of<ComplaintReceived>()
            .GroupBy(c => c.Event.Subject)
            .Select(g => g.Last())
            .Where(c => Which == SeriesMembers.All || c.Data.Upheld)
            .OrderBy(c => c.At)
            .ThenBy(c => c.Event.Position)
            .ToList();
        for (var n = Each; n <= counted.Count; n += Each)
        {
            yield return new Found(
                $"{clause.Number}:{n}",
                clause.Number,
                reading,
                Amount,
                counted[n - 1].On,
                [.. counted.GetRange(n - Each, Each).Select(c => c.Id)]
            );
            if (Repeat == SeriesRepeat.Once)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) =>
        Each < 1 ? Positive("amount", Amount).Append(new Fault(".each", "expected 1 or more")) : Positive("amount", Amount);
}

/// <summary>What a falsified spot check costs per (reading gmd-4.6.6-each).</summary>
public enum FalseRecordUnit
{
    /// <summary>The spot check.</summary>
    SpotCheck,

    /// <summary>Each distinct falsified subject.</summary>
    Record,
}

/// <summary>
/// A spot check that finds at least one falsified record (gaomidian 4.6.6). Id <c>{clause}:spotcheck/{id}</c>,
/// attributed to its date; concluded again, the first conclusion with a falsified record dates it.
/// </summary>
[Discriminator("false_record")]
public sealed record FalseRecord(Cny Amount, FalseRecordUnit Each) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        var reading = Applied(input.Terms, clause, "each");
        foreach (
            var check in input
                .Facts.Of<SpotCheckConcluded>()
                .Where(c => c.Data.Sampled.Any(s => s.Verdict == Verdict.Falsified))
                .GroupBy(c => c.Event.Subject)
        )
        {
            var falsified = check
                .SelectMany(c => c.Data.Sampled)
                .Where(s => s.Verdict == Verdict.Falsified)
                .Select(s => s.Subject)
                .Distinct()
                .Count();
            yield return new Found(
                $"{clause.Number}:{check.Key}",
                clause.Number,
                reading,
                Each == FalseRecordUnit.Record ? Amount * falsified : Amount,
                check.First().On,
                [.. check.Select(c => c.Id)]
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("amount", Amount);
}

/// <summary>
/// A cycle rated in this tier calls for an interview and a remediation plan, without money (gaomidian 4.6.2): the duty is
/// open until both are recorded, and these decisions are refused for a cycle that was not rated so. Id
/// <c>{clause}:{cycle}</c>, arisen on the date of the rating.
/// </summary>
[Discriminator("rating_interview")]
public sealed record RatingInterview(Tier Tier) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Duty> Duties(ContractAccount account, Clause clause) =>
        from rating in account.Ratings
        where rating.Value.Tier == Tier
        select Duty.Of(
            account,
            $"{clause.Number}:{MonthlyRatingPublished.CycleText(rating.Key)}",
            clause.Number,
            DutyKind.InterviewAndPlan,
            rating.Value.On,
            null,
            rating.Value is { InterviewedOn: { } held, PlannedOn: { } planned } ? NodaTime.LocalDate.Max(held, planned) : null,
            [rating.Value.EventId]
        );
}

/// <summary>
/// An obligation performed late (gaomidian 6.1): calendar days from <c>dueOn</c> to <c>performedOn</c> × a percentage of
/// the total, none if not positive. Not performed at all, it is proposed once the term is over, with the term's last day.
/// Id <c>{clause}:{obligation}</c>, attributed to <c>performedOn</c>. Unperformed <c>terminationAfterDays</c> after its
/// due date, it gives the right to terminate, which arises on the day after.
/// </summary>
[Discriminator("late_obligation")]
public sealed record LateObligation(Percentage PercentPerDay, int TerminationAfterDays) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        var lastDay = input.Facts.Of<ContractTerminated>().FirstOrDefault()?.Data.On ?? input.Account.LastDay;
        foreach (var obligation in Obligation.All(input.Facts))
        {
            var performedOn = obligation.PerformedOn ?? (input.AsOfDate > lastDay ? lastDay : null);
            if (performedOn is { } on && on > obligation.DueOn)
            {
                yield return new Found(
                    $"{clause.Number}:{obligation.Name}",
                    clause.Number,
                    [],
                    Accrued(input.Account, obligation, on),
                    on,
                    obligation.Evidence
                );
            }
        }
    }

    /// <summary>
    /// What accrues until an obligation is performed: <c>duty</c>, rule <c>obligation_accruing</c>, with the days and the amount so far.
    /// </summary>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        var today = NodaTime.LocalDate.Min(input.AsOfDate, input.Account.ServedUntil);
        foreach (var obligation in Obligation.All(input.Facts).Where(o => o.PerformedOn is null && today > o.DueOn))
        {
            yield return Finding.Of(
                FindingKind.Duty,
                "obligation_accruing",
                $"obligation/{obligation.Name}",
                ChinaTime.StartOf(obligation.DueOn.PlusDays(1)),
                obligation.Evidence,
                ("clause", clause.Number),
                ("dueOn", Iso(obligation.DueOn)),
                ("days", $"{NodaTime.Period.DaysBetween(obligation.DueOn, today)}"),
                ("amount", Accrued(input.Account, obligation, today).ToString())
            );
        }
    }

    private Cny Accrued(ContractAccount account, Obligation obligation, NodaTime.LocalDate until) =>
        account.TermOn(obligation.DueOn).Price.Percent(PercentPerDay) * NodaTime.Period.DaysBetween(obligation.DueOn, until);

    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause)
    {
        foreach (var (name, obligation) in account.Obligations.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            if (obligation.DueOn is not { } due)
            {
                continue;
            }

            var last = due.PlusDays(TerminationAfterDays);
            if (!(obligation.PerformedOn <= last) && account.Today > last)
            {
                var arisen = last.PlusDays(1);
                yield return new Right(
                    $"{clause.Number}-termination:{name}",
                    clause.Number,
                    RightKind.Terminate,
                    arisen,
                    account.TerminationState(clause.Number),
                    [obligation.EventId],
                    account.PeriodOf(arisen)
                );
            }
        }
    }
}

/// <summary>Where an obligation stands: its stream's latest event decides.</summary>
internal sealed record Obligation(string Name, NodaTime.LocalDate DueOn, NodaTime.LocalDate? PerformedOn, IReadOnlyList<string> Evidence)
{
    public static IEnumerable<Obligation> All(ContractFacts facts)
    {
        var performed = facts.Of<ObligationPerformed>().ToLookup(p => p.Key);
        foreach (var stream in facts.Of<ObligationOverdue>().GroupBy(o => o.Key))
        {
            var overdue = stream.Last();
            var later = performed[stream.Key].LastOrDefault(p => EventOrder.ByTime(p.Event, overdue.Event) > 0);
            yield return later is null
                ? new Obligation(stream.Key, overdue.Data.DueOn, overdue.Data.PerformedOn, [overdue.Id])
                : new Obligation(stream.Key, overdue.Data.DueOn, later.Data.On, [overdue.Id, later.Id]);
        }
    }
}
