using Ledger.Domain.Json;

namespace Ledger.Domain.Terms;

/// <summary>What is earned of the price when a contract ends early under a clause.</summary>
public enum EarnedFee
{
    /// <summary>Nothing: everything paid is refunded (gaomidian 6.5, yongdinglu 8.2, 12.2.3).</summary>
    Nothing,

    /// <summary>What was already paid, and nothing more (yongdinglu 8.3).</summary>
    AlreadyPaid,

    /// <summary>Total × days served ÷ days of the term (yongdinglu 12.2.4, yangfangdian 9.4).</summary>
    ByDaysOfTerm,
}

/// <summary>
/// How much of the price a termination under this clause leaves; with <c>anyBreach</c>, every termination for the vendor's
/// breach, whatever clause it names. Any other leaves whole service months, and the days served of the last one, of the
/// monthly fee.
/// </summary>
[Discriminator("early_end")]
public sealed record EarlyEnd(EarnedFee Earns, bool AnyBreach = false) : RuleBlock;
