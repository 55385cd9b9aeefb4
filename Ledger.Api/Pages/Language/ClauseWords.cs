using Ledger.Domain.Terms;

namespace Ledger.Api.Pages.Language;

/// <summary>How clauses are treated, in words.</summary>
public static class ClauseWords
{
    /// <summary>A class.</summary>
    public static string Of(Tongue t, ClauseClass one) =>
        one switch
        {
            ClauseClass.Computed => t["系统计算", "computed"],
            ClauseClass.Judgement => t["人工判断", "judgement"],
            ClauseClass.NotModelled => t["不在系统内", "not modelled"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
