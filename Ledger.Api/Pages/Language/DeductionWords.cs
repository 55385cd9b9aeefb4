using Ledger.Domain.Terms;

namespace Ledger.Api.Pages.Language;

/// <summary>Why deductions are made, in words.</summary>
public static class DeductionWords
{
    /// <summary>Why, by the deduction's id: the limit that it says was broken, else what its clause is about.</summary>
    public static string Because(Tongue t, ContractTerms terms, string clause, string id) =>
        SuffixOf(id, clause) switch
        {
            "dispatch" => t["派单超时", "dispatched late"],
            "response" => t["办结前未联系诉求人", "citizen not contacted before closing"],
            "followup" => t["办结后未按时回访", "no call-back in time"],
            "sign" => t["签收超时", "signed late"],
            "advance" => t["垫付", "advance"],
            "penalty" => t["垫付违约金", "penalty on an advance"],
            _ => TitleOf(t, terms, clause),
        };

    /// <summary>A clause's heading; empty where the terms have no such clause.</summary>
    public static string TitleOf(Tongue t, ContractTerms terms, string clause) =>
        terms.Clauses.FirstOrDefault(c => c.Number == clause) is { } found ? t[found.TitleZh, found.Title] : "";

    private static string SuffixOf(string id, string clause)
    {
        var head = id[..Math.Max(0, id.IndexOf(':', StringComparison.Ordinal))];
        return head.Length > clause.Length + 1 ? head[(clause.Length + 1)..] : "";
    }
}
