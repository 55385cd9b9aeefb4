using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>The final settlement and its audit; subject <c>settlement</c>.</summary>
public abstract record SettlementEvent : EventData;

/// <summary>The vendor paid back.</summary>
public sealed record RefundReceived(Cny Amount, LocalDate On) : SettlementEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (!Amount.IsPositive)
        {
            yield return new Fault(".amount", $"expected an amount above 0.00, got {Amount}");
        }
    }
}

/// <summary>An auditor opened the audit.</summary>
public sealed record AuditOpened : SettlementEvent;

/// <summary>An auditor changed the final amount by a signed amount, with its evidence.</summary>
public sealed record AuditAdjustmentMade(string Adjustment, Cny Amount, string Reason, IReadOnlyList<string> Evidence) : SettlementEvent;

/// <summary>The audit is concluded: the final amount stands.</summary>
public sealed record AuditConcluded : SettlementEvent;

/// <summary>The principal waived the audit where the contract allows it.</summary>
public sealed record AuditWaived(string Reason) : SettlementEvent;

/// <summary>Both sides agreed on the settlement of a contract that sets no audit.</summary>
public sealed record SettlementAgreed : SettlementEvent;

/// <summary>What the ledger records of its own work.</summary>
public abstract record LedgerRecord : EventData;

/// <summary>
/// An assessment was run: it read facts up to <c>asOf</c> and the log up to <c>position</c>, found so many deductions,
/// and proposed or withdrew so many; <c>digest</c> is the SHA-256 of what it found, so that the run can be repeated.
/// <c>duties</c> are those that rest on single cases and were not met. Subject <c>assessments</c>.
/// </summary>
public sealed record AssessmentRun(
    Instant AsOf,
    long Position,
    int Found,
    int Proposed,
    int Withdrawn,
    string Digest,
    IReadOnlyList<FoundDuty>? Duties = null
) : LedgerRecord;

/// <summary>A duty that an assessment found unmet in the facts, to be met by the end of <c>dueBy</c>.</summary>
public sealed record FoundDuty(
    string Id,
    string Clause,
    DutyKind Duty,
    LocalDate ArisenOn,
    LocalDate DueBy,
    IReadOnlyList<string> Evidence
);

/// <summary>A person's data was destroyed with its key.</summary>
public sealed record PersonalDataErased(string Person, string Reason) : LedgerRecord;

/// <summary>Personal data was read: by whom stands in the envelope, why and what here.</summary>
public sealed record PersonalDataDisclosed(string Person, string Reason, IReadOnlyList<string> Fields) : LedgerRecord;
