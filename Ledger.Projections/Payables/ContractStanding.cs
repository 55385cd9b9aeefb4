using Ledger.Domain.Contracts;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Statements;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Projections.Payables;

/// <summary>
/// What a list of contracts says of one: what is payable for each period, what waits for a decision, which rights have arisen and which
/// duties are not met; as <see cref="StandingProjection"/> keeps it.
/// </summary>
/// <param name="Id">The contract.</param>
/// <param name="Position">The position of the log at which it was made: with every event of the account and every calendar up to
/// there.</param>
/// <param name="Title">Its name in English.</param>
/// <param name="TitleZh">Its name as printed.</param>
/// <param name="Principal">甲方.</param>
/// <param name="Vendor">乙方.</param>
/// <param name="From">First day of service.</param>
/// <param name="To">Last day of service, early or not.</param>
/// <param name="AssessedOn">The day of the latest assessment's moment, by which rights and duties are judged; null before one.</param>
/// <param name="Periods">A row for each period, in order.</param>
/// <param name="Proposed">How many deductions are proposed.</param>
/// <param name="ProposedAmount">Their sum, whatever statements say that were issued before.</param>
/// <param name="Disputed">How many are disputed.</param>
/// <param name="DisputedAmount">Their sum.</param>
/// <param name="Rights">The rights that may be exercised.</param>
/// <param name="Duties">The duties that are not met.</param>
public sealed record ContractStanding(
    string Id,
    long Position,
    string Title,
    string TitleZh,
    string Principal,
    string Vendor,
    LocalDate From,
    LocalDate To,
    LocalDate? AssessedOn,
    IReadOnlyList<Payable> Periods,
    int Proposed,
    Cny ProposedAmount,
    int Disputed,
    Cny DisputedAmount,
    IReadOnlyList<Right> Rights,
    IReadOnlyList<Duty> Duties
)
{
    /// <summary>The standing of an account that was read, with its calendar, at a position.</summary>
    public static ContractStanding Of(ContractAccount account, long position)
    {
        var (proposed, disputed) = (With(account, DeductionStatus.Proposed), With(account, DeductionStatus.Disputed));
        return new ContractStanding(
            account.Id,
            position,
            account.Terms.Title,
            account.Terms.TitleZh,
            account.Terms.Principal,
            account.Terms.Vendor,
            account.Terms.From,
            account.ServedUntil,
            account.AssessedOn,
            [.. StatementBuilder.BuildAll(account).Select(Payable.Of)],
            proposed.Count,
            proposed.Sum(d => d.Amount),
            disputed.Count,
            disputed.Sum(d => d.Amount),
            [.. StatementBuilder.Rights(account).Where(r => r.State == RightState.Open)],
            [.. StatementBuilder.Duties(account).Where(d => d.State != DutyState.Met)]
        );
    }

    private static List<Deduction> With(ContractAccount account, DeductionStatus status) =>
        [.. account.Deductions.Values.Where(d => d.Status == status)];
}
