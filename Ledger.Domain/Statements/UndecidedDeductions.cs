using Ledger.Domain.Contracts;
using Ledger.Domain.Money;

namespace Ledger.Domain.Statements;

/// <summary>
/// What nobody has decided when a period's statement is issued. The proposed ones are in no figure of it, the disputed ones in full; what
/// becomes of either is posted in the first open period.
/// </summary>
/// <param name="Contract">The contract.</param>
/// <param name="Period">The period.</param>
/// <param name="Proposed">How many deductions are proposed.</param>
/// <param name="ProposedAmount">Their sum.</param>
/// <param name="Disputed">How many are disputed.</param>
/// <param name="DisputedAmount">Their sum.</param>
public sealed record UndecidedDeductions(string Contract, int Period, int Proposed, Cny ProposedAmount, int Disputed, Cny DisputedAmount)
{
    /// <summary>Of a period as it stands; null where all is decided.</summary>
    public static UndecidedDeductions? Of(ContractAccount account, int period)
    {
        var statement = StatementBuilder.Build(account, period);
        var proposed = statement.Deductions.Where(d => d.Status == DeductionStatus.Proposed).ToList();
        var disputed = statement.Deductions.Where(d => d.Status == DeductionStatus.Disputed).ToList();
        return proposed.Count + disputed.Count == 0
            ? null
            : new UndecidedDeductions(
                account.Terms.Id,
                period,
                proposed.Count,
                proposed.Sum(d => d.Amount),
                disputed.Count,
                disputed.Sum(d => d.Amount)
            );
    }
}
