using Ledger.Domain.Terms;

namespace Ledger.Api.Pages.Language;

/// <summary>What stands out, in words.</summary>
public static class FindingWords
{
    /// <summary>Something that stands out in a contract itself.</summary>
    public static string Of(Tongue t, RegistrationFinding finding, ContractTerms terms) =>
        finding.Rule switch
        {
            "signing_date_missing" => t["合同没有可辨认的签订日期", finding.Text],
            "signed_after_service_ended" => t[
                $"服务结束后才签订：{Shown.Day(terms.SignedOn!.Value)} 签订，{Shown.Day(terms.To)} 服务结束",
                finding.Text
            ],
            "signed_after_service_began" => t[
                $"服务开始后才签订：{Shown.Day(terms.SignedOn!.Value)} 签订，{Shown.Day(terms.From)} 服务开始",
                finding.Text
            ],
            "article_missing" => t[$"条号不连续：{finding.Text}", finding.Text],
            _ => finding.Text,
        };
}
