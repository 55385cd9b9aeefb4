using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Findings;

/// <summary>Cases that were taken out of rates and limits, each with its reason: who voids a case may want it unseen.</summary>
internal static class VoidedCases
{
    /// <summary>The voided cases.</summary>
    public static IEnumerable<Finding> Of(ContractFacts facts) =>
        from c in facts.Cases
        let voided = c.Voided
        where voided is not null
        select Finding.Of(
            FindingKind.Voided,
            "voided",
            c.Subject,
            voided.When.Latest,
            [voided.Id],
            ("reason", ((CaseVoided)voided.Data).Reason),
            ("by", voided.Actor),
            ("on", voided.TimeInWords)
        );
}
