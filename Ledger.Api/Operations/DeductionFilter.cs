using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Projections.Statements;

namespace Ledger.Api.Operations;

/// <summary>Which deductions are asked for: the same choice makes a figure of a page and the list behind it.</summary>
/// <param name="Period">On whose statement they stand; null for all.</param>
/// <param name="Clause">Of one clause; null for all.</param>
/// <param name="Status">A status, or <see cref="InForce"/>; null for all.</param>
/// <param name="Text">A part of their ids; null for any.</param>
public sealed record DeductionFilter(int? Period, string? Clause, string? Status, string? Text)
{
    /// <summary>Those that take something.</summary>
    public const string InForce = "in_force";

    private static readonly IReadOnlyList<string> Words = [InForce, .. Words<DeductionStatus>.All];

    /// <summary>Reads one; throws <see cref="LedgerException"/> for a status that is none.</summary>
    public static DeductionFilter Read(int? period, string? clause, string? status, string? text) =>
        status is null || Words.Contains(status)
            ? new DeductionFilter(period, clause, status, text)
            : throw new LedgerException(ErrorCode.BadRequest, $"status: expected one of {string.Join(", ", Words)}, got \"{status}\"");

    /// <summary>Whether a row is one of them.</summary>
    public bool Shows(DeductionRow row) =>
        (Period is null || row.Period == Period)
        && (Clause is null || row.Clause == Clause)
        && (Text is null || row.Id.Contains(Text, StringComparison.OrdinalIgnoreCase))
        && Status switch
        {
            null => true,
            InForce => row.Effective.IsPositive,
            _ => Words<DeductionStatus>.Of(row.Status) == Status,
        };
}
