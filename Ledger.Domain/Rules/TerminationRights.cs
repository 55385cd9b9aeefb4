using System.Text.Json.Serialization;
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

/// <summary>Whether claims are measured one by one or together (reading yfd-9.2.3-sum).</summary>
public enum ClaimSum
{
    /// <summary>Each claim by itself.</summary>
    [JsonStringEnumMemberName("single")]
    OneByOne,

    /// <summary>All claims of the kind together: the one that goes over gives the right.</summary>
    Cumulative,
}

/// <summary>
/// A claimed loss of this kind above an amount gives the right to terminate (yangfangdian 9.2.3). Id <c>{clause}:{claim}</c>,
/// arisen on the claim's date.
/// </summary>
[Discriminator("large_claim_right")]
public sealed record LargeClaimRight(Cny Above, LossKind Kind, ClaimSum Sum) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause)
    {
        var sum = Cny.Zero;
        foreach (
            var (subject, claim) in account.Claims.Where(c => c.Value.Kind == Kind).OrderBy(c => c.Value.At).ThenBy(c => c.Value.Position)
        )
        {
            var before = sum;
            sum += claim.Amount ?? Cny.Zero;
            if (Sum == ClaimSum.OneByOne ? claim.Amount > Above : before <= Above && sum > Above)
            {
                yield return new Right(
                    $"{clause.Number}:{Key(subject)}",
                    clause.Number,
                    RightKind.Terminate,
                    claim.On,
                    account.TerminationState(clause.Number),
                    [claim.EventId],
                    account.PeriodOf(claim.On)
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => Positive("above", Above);

    internal static string Key(string subject) => subject[(subject.IndexOf('/', StringComparison.Ordinal) + 1)..];
}

/// <summary>
/// A loss claimed under this clause gives the right to terminate (anding 4.4). Id <c>{clause}-termination:{claim}</c>,
/// arisen on the claim's date.
/// </summary>
[Discriminator("claim_right")]
public sealed record ClaimRight : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause) =>
        from claim in account.Claims
        where claim.Value.Clause == clause.Number
        select new Right(
            $"{clause.Number}-termination:{LargeClaimRight.Key(claim.Key)}",
            clause.Number,
            RightKind.Terminate,
            claim.Value.On,
            account.TerminationState(clause.Number),
            [claim.Value.EventId],
            account.PeriodOf(claim.Value.On)
        );
}

/// <summary>
/// A breach that is not cured so many days after its notice gives the right to terminate (yangfangdian 9.2.5). The breach is
/// an obligation; its notice is the first <c>notice_received</c> of a breach under <c>claim/{obligation}</c>, or under
/// <c>contract</c> on or after its due date. Id <c>{clause}:{obligation}</c>, arisen on the day after the last (Civil Code
/// art. 201, 203), by the clock of the latest assessment.
/// </summary>
[Discriminator("uncured_breach_right")]
public sealed record UncuredBreachRight(int WithinDays) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause)
    {
        foreach (var (name, obligation) in account.Obligations)
        {
            if (obligation.DueOn is not { } due || FirstNotice(account, name, due) is not { } notice)
            {
                continue;
            }

            var last = CivilCode.LastDay(notice.On, WithinDays, account.Calendar).On;
            if (!(obligation.PerformedOn <= last) && account.Today > last)
            {
                var arisen = last.PlusDays(1);
                yield return new Right(
                    $"{clause.Number}:{name}",
                    clause.Number,
                    RightKind.Terminate,
                    arisen,
                    account.TerminationState(clause.Number),
                    [obligation.EventId, notice.EventId],
                    account.PeriodOf(arisen)
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("withinDays", WithinDays);

    private static Notice? FirstNotice(ContractAccount account, string obligation, LocalDate due) =>
        account
            .NoticesOf(NoticeOf.Breach)
            .FirstOrDefault(n => n.Subject == $"claim/{obligation}" || (n.Subject == "contract" && n.On >= due));
}

/// <summary>
/// A breach that an officer records as an obligation named after this clause (<c>6.3</c>, or <c>6.3-…</c> where there are
/// several) gives the right to terminate at once (gaomidian 5.6, 6.3). Id <c>{clause}-termination:{obligation}</c>, arisen
/// on the date of the record.
/// </summary>
[Discriminator("named_breach_right")]
public sealed record NamedBreachRight : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Right> Rights(ContractAccount account, Clause clause) =>
        from breach in account.Obligations
        where breach.Key == clause.Number || breach.Key.StartsWith(clause.Number + "-", StringComparison.Ordinal)
        select new Right(
            $"{clause.Number}-termination:{breach.Key}",
            clause.Number,
            RightKind.Terminate,
            breach.Value.RecordedFor,
            account.TerminationState(clause.Number),
            [breach.Value.EventId],
            account.PeriodOf(breach.Value.RecordedFor)
        );
}

/// <summary>
/// Force majeure excuses (article 7; yongdinglu 9): what is proposed for a date within a notified span is pointed out to the
/// officer who decides. Where the contract says so, it is told within so many hours of the end of its first day and proved
/// within so many working days (the proof is recorded as <c>obligation_performed</c> of the obligation named after the clause).
/// </summary>
[Discriminator("force_majeure")]
public sealed record ForceMajeureRelief(int? NoticeHours = null, int? ProofWorkingDays = null) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        foreach (var span in input.Account.ForceMajeure.Where(s => s.NotifiedAt <= input.AsOf))
        {
            foreach (var deduction in input.Account.Deductions.Values)
            {
                if (
                    deduction.Status == DeductionStatus.Proposed
                    && deduction.AttributedOn >= span.From
                    && !(deduction.AttributedOn > span.Until)
                )
                {
                    yield return Finding.Of(
                        FindingKind.Right,
                        "force_majeure",
                        $"deduction/{deduction.Id}",
                        ChinaTime.StartOf(deduction.AttributedOn),
                        [span.EventId, .. deduction.Evidence],
                        ("clause", clause.Number),
                        ("from", Iso(span.From)),
                        ("until", span.Until is { } until ? Iso(until) : "open")
                    ) with
                    {
                        Key = span.EventId,
                    };
                }
            }

            if (NoticeHours is { } hours && span.NotifiedAt > ChinaTime.EndOf(span.From) + Duration.FromHours(hours))
            {
                yield return Finding.Of(
                    FindingKind.TimeLimit,
                    "force_majeure_notice",
                    "contract",
                    ChinaTime.EndOf(span.From) + Duration.FromHours(hours),
                    [span.EventId],
                    ("clause", clause.Number),
                    ("limit", $"{hours} h after {Iso(span.From)}"),
                    ("told", Show(span.NotifiedAt))
                ) with
                {
                    Key = span.EventId,
                };
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Duty> Duties(ContractAccount account, Clause clause) =>
        ProofWorkingDays is not { } days
            ? []
            : from span in account.ForceMajeure
            let proved = account.Obligations.GetValueOrDefault(clause.Number)
            select Duty.Of(
                account,
                $"{clause.Number}-proof:{span.EventId}",
                clause.Number,
                DutyKind.ProveForceMajeure,
                span.From,
                account.Calendar.After(span.From, days),
                proved?.PerformedOn,
                proved is null ? [span.EventId] : [span.EventId, proved.EventId]
            );
}
