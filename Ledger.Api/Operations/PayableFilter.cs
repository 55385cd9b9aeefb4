using Ledger.Domain.Errors;
using Ledger.Domain.Statements;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Operations;

/// <summary>Reading what payables are asked for by; anything else throws <see cref="LedgerException"/>.</summary>
internal static class PayableFilter
{
    /// <summary>A status by its word; null for none.</summary>
    public static PeriodStatus? Status(string? word, string option) => word is null ? null : NamedWord.Read<PeriodStatus>(word, option);

    /// <summary>A date; null for none.</summary>
    public static LocalDate? Date(string? text, string option) =>
        text is null ? null
        : LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var date } ? date
        : throw new LedgerException(ErrorCode.BadRequest, $"{option}: expected a date such as 2026-12-01, got \"{text}\"");
}
