using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Rules;

/// <summary>
/// A replacement was requested and no qualified one came by the n-th day (Civil Code art. 203 moves it), or an unqualified
/// one was sent by then before any qualified one (yongdinglu 6.1.3). Only replacements of that person at or after the
/// request count. Id <c>{clause}:{event id of the request}</c>, attributed to the day after the deadline, or to the
/// unqualified replacement if earlier.
/// </summary>
[Discriminator("staff_replacement")]
public sealed record StaffReplacement(Cny Amount, int WithinDays) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        foreach (var request in input.Facts.Of<StaffReplacementRequested>())
        {
            var deadline = CivilCode.LastDay(request.On, WithinDays, input.Account.Calendar).On;
            var first = input
                .Facts.Of<StaffReplaced>()
                .FirstOrDefault(r => r.Data.Person == request.Data.Person && r.At >= request.At && r.On <= deadline);
            if (first is { Data.Qualified: false })
            {
                yield return new Found($"{clause.Number}:{request.Id}", clause.Number, [], Amount, first.On, [request.Id, first.Id]);
            }
            else if (first is null && input.AsOfDate > deadline)
            {
                yield return new Found($"{clause.Number}:{request.Id}", clause.Number, [], Amount, deadline.PlusDays(1), [request.Id]);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("amount", Amount);
}

/// <summary>
/// A departure before the n-th working day after notice (or without notice), without approval, or without a qualified
/// replacement within m working days after it (yongdinglu 6.2.11): once per departure. Leaving on the n-th working day
/// itself is in time. Id <c>{clause}:{event id of the departure}</c>, attributed to the departure, or to the day after the
/// deadline if only that was missed. Who came as a replacement stays so many months: a finding <c>duty</c>, rule
/// <c>months_in_post</c>, without money.
/// </summary>
[Discriminator("staff_departure")]
public sealed record StaffDeparture(Cny Amount, int NoticeWorkingDays, int ReplaceWithinWorkingDays, int MonthsInPost = 0) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause) =>
        from departure in input.Facts.Of<StaffDeparted>()
        let came = input.Facts.Of<StaffReplaced>().LastOrDefault(r => r.Data.By == departure.Data.Person && r.At < departure.At)
        where came is not null && departure.On < CivilCode.CorrespondingDay(came.On, MonthsInPost)
        select Finding.Of(
            FindingKind.Duty,
            "months_in_post",
            departure.Event.Subject,
            departure.At,
            [came.Id, departure.Id],
            ("clause", clause.Number),
            ("came", Iso(came.On)),
            ("left", Iso(departure.On)),
            ("expected", $"{MonthsInPost} months")
        ) with
        {
            Key = departure.Id,
        };

    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        foreach (var departure in input.Facts.Of<StaffDeparted>())
        {
            var early =
                departure.Data.NoticeOn is not { } notice || departure.On < input.Account.Calendar.After(notice, NoticeWorkingDays).On;
            if (early || !departure.Data.Approved)
            {
                yield return new Found($"{clause.Number}:{departure.Id}", clause.Number, [], Amount, departure.On, [departure.Id]);
                continue;
            }

            var deadline = input.Account.Calendar.After(departure.On, ReplaceWithinWorkingDays).On;
            var replaced = input
                .Facts.Of<StaffReplaced>()
                .Any(r => r.Data.Person == departure.Data.Person && r.Data.Qualified && r.At >= departure.At && r.On <= deadline);
            if (!replaced && input.AsOfDate > deadline)
            {
                yield return new Found($"{clause.Number}:{departure.Id}", clause.Number, [], Amount, deadline.PlusDays(1), [departure.Id]);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("amount", Amount);
}
