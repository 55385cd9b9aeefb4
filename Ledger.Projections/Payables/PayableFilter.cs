using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Projections.Payables;

/// <summary>Which payables are asked for: the same choice makes a figure of a page and the list behind it.</summary>
/// <param name="Status">A status, <see cref="ToPay"/> or <see cref="SomePaid"/>; null for all.</param>
/// <param name="Contract">Of one contract; null for all.</param>
/// <param name="DueBefore">Due before a date, not on it; null for any.</param>
public sealed record PayableFilter(string? Status, string? Contract = null, LocalDate? DueBefore = null)
{
    /// <summary>What is to be paid by a day (<see cref="Payable.IsCurrentOn"/>).</summary>
    public const string ToPay = "to_pay";

    /// <summary>Of which some, or all, was paid.</summary>
    public const string SomePaid = "some_paid";

    private static readonly IReadOnlyList<string> Words = [ToPay, SomePaid, .. Words<PeriodStatus>.All];

    /// <summary>Reads one; throws <see cref="LedgerException"/> for a status or a date that is none.</summary>
    public static PayableFilter Read(string? status, string? contract, string? dueBefore) =>
        status is null || Words.Contains(status)
            ? new PayableFilter(status, contract, Date(dueBefore, "dueBefore"))
            : throw new LedgerException(ErrorCode.BadRequest, $"status: expected one of {string.Join(", ", Words)}, got \"{status}\"");

    /// <summary>Whether a row is one of them, on a day.</summary>
    public bool Shows(Payable row, LocalDate day) =>
        (Contract is null || row.Contract == Contract)
        && (DueBefore is null || row.DueOn < DueBefore)
        && Status switch
        {
            null => true,
            ToPay => row.IsCurrentOn(day),
            SomePaid => row.Paid.IsPositive,
            _ => Words<PeriodStatus>.Of(row.Status) == Status,
        };

    /// <summary>A date; null for none. Throws <see cref="LedgerException"/> for anything else.</summary>
    public static LocalDate? Date(string? text, string option) =>
        text is null ? null
        : LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var date } ? date
        : throw new LedgerException(ErrorCode.BadRequest, $"{option}: expected a date such as 2026-12-01, got \"{text}\"");
}
