using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using Ledger.Domain.Money;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Commands;

/// <summary>Values of options, with what was expected where they are none.</summary>
internal static class OptionValues
{
    /// <summary>A word of an enumeration.</summary>
    public static T Word<T>(string text, Option option)
        where T : struct, Enum => NamedWord.Read<T>(text, option.Name);

    /// <summary>An amount.</summary>
    public static Cny Yuan(string text, Option option) =>
        Cny.TryParse(text, out var amount) ? amount : throw Wrong(option, "yuan with two places such as 1500.00", text);

    /// <summary>A percentage.</summary>
    public static Percentage Percent(string text, Option option) =>
        Percentage.TryParse(text, out var percent) ? percent : throw Wrong(option, "a percentage such as 6", text);

    /// <summary>A date.</summary>
    public static LocalDate Date(string text, Option option) =>
        LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var date }
            ? date
            : throw Wrong(option, "a date such as 2026-02-01", text);

    private static LedgerException Wrong(Option option, string expected, string got) =>
        new(ErrorCode.BadRequest, $"{option.Name}: expected {expected}, got \"{got}\"");
}
