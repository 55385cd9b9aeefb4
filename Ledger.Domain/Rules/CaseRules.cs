using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
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
        where c.Excluded is null
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

/// <summary>
/// A closed case whose citizen was not contacted at or before its first closing (gaomidian 4.6.4, 响应率).
/// Id <c>{clause}-response:case/{no}</c>, attributed to the date of the first closing.
/// </summary>
[Discriminator("missing_response")]
public sealed record MissingResponse(Cny Amount) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause) =>
        from c in input.Facts.Cases
        where c.Closed is { } closed && !(c.Contacted?.OccurredAt <= closed.OccurredAt)
        select new Found(
            $"{clause.Number}-response:{c.Subject}",
            clause.Number,
            [],
            Amount,
            c.Closed!.OccurredOn,
            c.Contacted is { } late ? [c.Closed.Id, late.Id] : [c.Closed.Id]
        );

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("amount", Amount);
}

/// <summary>
/// A case neither dispatched nor returned within the limit of its receipt: the routine minutes, or the urgent case's
/// own. Exactly the limit is in time. Id <c>{clause}-dispatch:case/{no}</c>, attributed to the date of the limit.
/// </summary>
[Discriminator("late_dispatch")]
public sealed record LateDispatch(Cny Amount, int RoutineMinutes) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        foreach (var c in input.Facts.Cases)
        {
            if (c.Received is not { Data: CaseReceived received } start)
            {
                continue;
            }

            var minutes = received.Urgency == Urgency.Urgent ? received.DispatchLimitMinutes!.Value : RoutineMinutes;
            var limit = start.OccurredAt + Duration.FromMinutes(minutes);
            var handled = CaseFacts.First(c.Dispatched, c.Returned);
            if ((handled?.OccurredAt ?? input.AsOf) > limit)
            {
                yield return new Found(
                    $"{clause.Number}-dispatch:{c.Subject}",
                    clause.Number,
                    [],
                    Amount,
                    ChinaTime.DateOf(limit),
                    handled is null ? [start.Id] : [start.Id, handled.Id]
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) =>
        RoutineMinutes is < 1 or > 10_080
            ? Positive("amount", Amount).Append(new Fault(".routineMinutes", "expected 1 to 10080 minutes"))
            : Positive("amount", Amount);
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
public sealed record MissedCallBack(Cny Amount, CallBackDeadline Deadline) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        var reading = Applied(input.Terms, clause, "deadline");
        var periods = input.Account.Schedule;
        foreach (var c in input.Facts.Cases)
        {
            if (c.Closed is not { } closed)
            {
                continue;
            }

            var deadline =
                Deadline == CallBackDeadline.SevenDays
                    ? closed.OccurredAt + Duration.FromDays(7)
                    : ChinaTime.EndOf(periods[PaymentSchedule.PeriodOf(periods, closed.OccurredOn) - 1].To);
            if (input.AsOf > deadline && !(c.FollowedUp?.OccurredAt <= deadline))
            {
                yield return new Found(
                    $"{clause.Number}-followup:{c.Subject}",
                    clause.Number,
                    reading,
                    Amount,
                    ChinaTime.DateOf(deadline),
                    c.FollowedUp is { } late ? [closed.Id, late.Id] : [closed.Id]
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("amount", Amount);
}
