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

/// <summary>
/// A case whose latest scoring in a cycle is 0 and which has no granted exclusion (gaomidian 4.6.1).
/// Id <c>{clause}:case/{no}:{cycle}</c>, attributed to the date of that scoring.
/// </summary>
[Discriminator("zero_score_case")]
public sealed record ZeroScoreCase(Cny Amount) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause) =>
        from c in input.Facts.Cases
        where c.Excluded is null && c.Voided is null
        from scoring in c.Scorings
        let scored = (CaseScored)scoring.Data
        where scored.Score == 0
        select new Found(
            $"{clause.Number}:{c.Subject}:{MonthlyRatingPublished.CycleText(scored.Cycle)}",
            clause.Number,
            [],
            Amount,
            scoring.OccurredOn,
            [scoring.Id]
        );

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("amount", Amount);
}

/// <summary>A duty on a single case that costs an amount when it was not done in time.</summary>
public abstract record LateCaseRule : Rule
{
    /// <summary>What one case costs.</summary>
    public abstract Cny Amount { get; init; }

    /// <summary>What follows the clause in the ids of its deductions.</summary>
    protected abstract string Suffix { get; }

    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        var applied = ReadingOf(input, clause);
        return from late in Owed(input)
            where late.IsLate == true
            select new Found(
                $"{clause.Number}-{Suffix}:{late.Case.Subject}",
                clause.Number,
                applied,
                Amount,
                ChinaTime.DateOf(late.Limit.Latest),
                Evidence(late)
            );
    }

    /// <summary>Where the precision of the times leaves it open no deduction follows, and a finding says so.</summary>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause) =>
        from late in Owed(input)
        where late.IsLate is null
        select Finding
            .Of(
                FindingKind.TimeLimit,
                $"{clause.Number}-{Suffix}",
                late.Case.Subject,
                late.Limit.Earliest,
                Evidence(late),
                ("clause", clause.Number),
                ("what", $"a deduction of {Amount} cannot be decided"),
                ("from", late.Start.TimeInWords),
                ("stopped", late.Stop?.TimeInWords ?? "running")
            )
            .AsUndecidable();

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("amount", Amount);

    /// <summary>The cases with their limit: late, in time, or (null) not to be told.</summary>
    private protected abstract IEnumerable<LateCase> Late(RuleInput input);

    private protected virtual IReadOnlyList<string> ReadingOf(RuleInput input, Clause clause) => [];

    private IEnumerable<LateCase> Owed(RuleInput input) => Late(input).Where(late => late.Case.Voided is null);

    private static IReadOnlyList<string> Evidence(LateCase late) => late.Stop is { } stop ? [late.Start.Id, stop.Id] : [late.Start.Id];
}

/// <summary>A case with what started a limit, the limit, and what came in time or late; null where nothing did.</summary>
internal readonly record struct LateCase(CaseFacts Case, LedgerEvent Start, TimeRange Limit, LedgerEvent? Stop, bool? IsLate);

/// <summary>
/// A closed case whose citizen was not contacted at or before its first closing (gaomidian 4.6.4, 响应率).
/// Id <c>{clause}-response:case/{no}</c>, attributed to the date of the first closing.
/// </summary>
[Discriminator("missing_response")]
public sealed record MissingResponse(Cny Amount) : LateCaseRule
{
    /// <inheritdoc/>
    protected override string Suffix => "response";

    /// <inheritdoc/>
    private protected override IEnumerable<LateCase> Late(RuleInput input) =>
        from c in input.Facts.Cases
        let closed = c.Closed
        where closed is not null
        select new LateCase(c, closed, closed.When, c.Contacted, (c.Contacted?.When ?? TimeRange.Never).IsAfter(closed.When));
}

/// <summary>
/// A case neither dispatched nor returned within the limit of its receipt: the routine minutes, or the urgent case's
/// own. Exactly the limit is in time. Id <c>{clause}-dispatch:case/{no}</c>, attributed to the date of the limit.
/// </summary>
[Discriminator("late_dispatch")]
public sealed record LateDispatch(Cny Amount, int RoutineMinutes) : LateCaseRule
{
    /// <inheritdoc/>
    protected override string Suffix => "dispatch";

    /// <inheritdoc/>
    private protected override IEnumerable<LateCase> Late(RuleInput input)
    {
        foreach (var c in input.Facts.Cases)
        {
            if (c.Received is not { Data: CaseReceived received } start)
            {
                continue;
            }

            var minutes = received.Urgency == Urgency.Urgent ? received.DispatchLimitMinutes!.Value : RoutineMinutes;
            var limit = start.When + Duration.FromMinutes(minutes);
            var handled = TimeRange.First(c.Dispatched?.When, c.Returned?.When) ?? TimeRange.At(input.AsOf);
            yield return new LateCase(c, start, limit, CaseFacts.First(c.Dispatched, c.Returned), handled.IsAfter(limit));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) =>
        RoutineMinutes is < 1 or > 10_080
            ? base.Faults(terms).Append(new Fault(".routineMinutes", "expected 1 to 10080 minutes"))
            : base.Faults(terms);
}

/// <summary>When a call-back is omitted (reading gmd-4.6.4-followup).</summary>
public enum CallBackDeadline
{
    /// <summary>7×24 hours after the first closing.</summary>
    SevenDays,

    /// <summary>The end of the last day of the payment period of the first closing.</summary>
    PeriodEnd,
}

/// <summary>
/// A closed case without a call-back up to the deadline, once that has passed (gaomidian 4.6.4, 回访遗漏).
/// Id <c>{clause}-followup:case/{no}</c>, attributed to the date of the deadline.
/// </summary>
[Discriminator("missed_call_back")]
public sealed record MissedCallBack(Cny Amount, CallBackDeadline Deadline) : LateCaseRule
{
    /// <inheritdoc/>
    protected override string Suffix => "followup";

    /// <inheritdoc/>
    private protected override IEnumerable<LateCase> Late(RuleInput input)
    {
        var periods = input.Account.Schedule;
        var now = TimeRange.At(input.AsOf);
        foreach (var c in input.Facts.Cases)
        {
            if (c.Closed is { } closed)
            {
                var limit =
                    Deadline == CallBackDeadline.SevenDays
                        ? closed.When + Duration.FromDays(7)
                        : EndOf(periods[PaymentSchedule.PeriodOf(periods, closed.OccurredOn) - 1].To);
                var late = now.IsAfter(limit) == false ? false : (c.FollowedUp?.When ?? now).IsAfter(limit);
                yield return new LateCase(c, closed, limit, c.FollowedUp, late);
            }
        }
    }

    private protected override IReadOnlyList<string> ReadingOf(RuleInput input, Clause clause) => Applied(input.Terms, clause, "deadline");

    private static TimeRange EndOf(LocalDate date) => TimeRange.At(ChinaTime.EndOf(date));
}
