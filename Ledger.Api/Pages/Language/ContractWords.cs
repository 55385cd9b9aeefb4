using System.Text.RegularExpressions;
using Ledger.Domain.Terms;
using Ledger.Projections.Payables;
using NodaTime;

namespace Ledger.Api.Pages.Language;

/// <summary>What contracts are called.</summary>
public static partial class ContractWords
{
    /// <summary>
    /// A contract as people call it, by its office and its first year (高米店街道 2025): its name as printed is a line long.
    /// </summary>
    public static string Short(Tongue t, ContractTerms terms) => Short(t, terms.Title, terms.TitleZh, terms.Principal, terms.From);

    /// <summary>The same of a standing.</summary>
    public static string Short(Tongue t, ContractStanding contract) =>
        Short(t, contract.Title, contract.TitleZh, contract.Principal, contract.From);

    private static string Short(Tongue t, string title, string titleChinese, string principal, LocalDate from) =>
        (
            t.IsChinese
                ? Office().Match(principal) is { Success: true } office
                    ? office.Groups["name"].Value
                    : titleChinese
                : title.Split(", ")[^1]
        ) + $" {from.Year}";

    // 北京市大兴区高米店街道办事处, 北京市海淀区人民政府永定路街道办事处, 北京市大兴区安定镇人民政府.
    [GeneratedRegex(
        "[区县市](人民政府)?(?<name>[^区县市府]+?(街道|镇|乡|地区))",
        RegexOptions.ExplicitCapture | RegexOptions.RightToLeft,
        1000
    )]
    private static partial Regex Office();
}
