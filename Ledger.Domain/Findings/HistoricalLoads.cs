using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Findings;

/// <summary>The loads that were declared: how late their records were recorded is passed over, and said so once.</summary>
internal static class HistoricalLoads
{
    /// <summary>A finding for each load.</summary>
    public static IEnumerable<Finding> Of(ContractFacts facts) =>
        from load in facts.Of<HistoricalLoadDeclared>()
        select Finding.Of(
            FindingKind.Load,
            "historical_load",
            load.Event.Subject,
            load.At,
            [load.Id],
            ("what", "F08 and F10 pass over the records of this source and span: they were loaded at once"),
            ("source", load.Data.Source),
            ("from", load.Data.From.ToString("uuuu-MM-dd", null)),
            ("until", load.Data.Until.ToString("uuuu-MM-dd", null)),
            ("reason", load.Data.Reason),
            ("by", load.Event.Actor)
        ) with
        {
            Key = load.Id,
        };
}
