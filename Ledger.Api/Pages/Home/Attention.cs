using Ledger.Api.Pages.Language;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Payables;
using NodaTime;

namespace Ledger.Api.Pages.Home;

/// <summary>Something about a contract that somebody has to see to.</summary>
/// <param name="Contract">The contract.</param>
/// <param name="Kind">What it is: which word and colour it has.</param>
/// <param name="Turn">Whose turn it is.</param>
/// <param name="Period">The period; null where it is about none.</param>
/// <param name="Amount">The money that is at stake; null where none is.</param>
/// <param name="Count">How many it is of what there may be several.</param>
/// <param name="DueOn">By when.</param>
/// <param name="IsProvisional">Whether that day lies in a year whose holidays are not announced.</param>
/// <param name="Gate">The first condition of payment that is not met.</param>
/// <param name="Duty">The duty.</param>
/// <param name="Right">The right.</param>
public sealed record Attention(
    ContractStanding Contract,
    AttentionKind Kind,
    Role Turn,
    int? Period = null,
    Cny? Amount = null,
    int Count = 1,
    LocalDate? DueOn = null,
    bool IsProvisional = false,
    Domain.Terms.GateKind? Gate = null,
    Duty? Duty = null,
    Right? Right = null
)
{
    /// <summary>How many working days ahead it is told what falls due.</summary>
    public const int WorkingDaysAhead = 14;

    /// <summary>What needs attention on a day, over some contracts: by urgency, then by date.</summary>
    public static IReadOnlyList<Attention> Of(IEnumerable<ContractStanding> contracts, LocalDate today, WorkingDays calendar)
    {
        var horizon = calendar.After(today, WorkingDaysAhead).On;
        return [.. contracts.SelectMany(c => Of(c, today, horizon)).OrderBy(a => a.Kind).ThenBy(a => a.DueOn ?? LocalDate.MaxIsoValue)];
    }

    private static IEnumerable<Attention> Of(ContractStanding contract, LocalDate today, LocalDate horizon)
    {
        foreach (var p in contract.Periods.Where(p => p.Outstanding.IsPositive))
        {
            var gate = p.GatesUnmet.Select(g => (Domain.Terms.GateKind?)g).FirstOrDefault();
            AttentionKind? kind =
                p.DueOn < today ? AttentionKind.PaymentOverdue
                : p.DueOn <= horizon ? AttentionKind.PaymentDue
                : !p.IsCurrentOn(today) ? null
                : gate is null && p.Status is not PeriodStatus.Suspended && p.IsIssued ? AttentionKind.PaymentReady
                : AttentionKind.PaymentBlocked;
            if (kind is { } found)
            {
                yield return new Attention(contract, found, TurnOf(p, gate), p.Period, p.Outstanding, 1, p.DueOn, p.DueProvisional, gate);
            }
        }

        if (contract.Disputed > 0)
        {
            yield return new Attention(
                contract,
                AttentionKind.DisputesWaiting,
                Role.Principal,
                Amount: contract.DisputedAmount,
                Count: contract.Disputed
            );
        }

        if (contract.Proposed > 0)
        {
            yield return new Attention(
                contract,
                AttentionKind.DeductionsProposed,
                Role.Principal,
                Amount: contract.ProposedAmount,
                Count: contract.Proposed
            );
        }

        // Of one kind in one line: a contract of 39 deliverables is not 39 things to see to.
        var duties = contract.Duties.Where(d => IsLate(d, today) || d.DueBy <= horizon);
        foreach (var alike in duties.GroupBy(d => (d.Kind, Late: IsLate(d, today))))
        {
            var first = alike.OrderBy(d => d.DueBy ?? LocalDate.MaxIsoValue).First();
            yield return new Attention(
                contract,
                alike.Key.Late ? AttentionKind.DutyOverdue : AttentionKind.DutyDue,
                first.Kind is DutyKind.InterviewAndPlan ? Role.Principal : Role.Vendor,
                first.Period > 0 ? first.Period : null,
                first.Amount,
                alike.Count(),
                first.DueBy,
                first.DueProvisional,
                Duty: first
            );
        }

        // One right a clause: each month's fifth omission is another, and says the same.
        foreach (var rights in contract.Rights.GroupBy(r => (r.Clause, r.Kind)))
        {
            yield return new Attention(
                contract,
                AttentionKind.RightArisen,
                Role.Principal,
                Count: rights.Count(),
                Right: rights.MinBy(r => r.ArisenOn)
            );
        }
    }

    private static bool IsLate(Duty duty, LocalDate today) => duty.State == DutyState.Overdue || duty.DueBy < today;

    private static Role TurnOf(Payable payable, Domain.Terms.GateKind? gate) =>
        gate is { } unmet ? StatementWords.ToDo(Tongue.English, unmet).Turn
        : payable.Status is PeriodStatus.Suspended ? Role.Principal
        : Role.Finance;
}

/// <summary>What needs attention, the most urgent first.</summary>
public enum AttentionKind
{
    /// <summary>The day on which it was to be paid is past.</summary>
    PaymentOverdue,

    /// <summary>The day by which a duty was to be met is past.</summary>
    DutyOverdue,

    /// <summary>It is to be paid within the next working days.</summary>
    PaymentDue,

    /// <summary>A duty is to be met within the next working days.</summary>
    DutyDue,

    /// <summary>Every condition is met.</summary>
    PaymentReady,

    /// <summary>A condition is not met.</summary>
    PaymentBlocked,

    /// <summary>The vendor disputes deductions, and nobody decided.</summary>
    DisputesWaiting,

    /// <summary>Deductions wait to be confirmed or waived.</summary>
    DeductionsProposed,

    /// <summary>A right may be exercised.</summary>
    RightArisen,
}
