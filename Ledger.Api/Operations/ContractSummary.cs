using Ledger.Domain.Contracts;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>One contract as lists show it.</summary>
public sealed record ContractSummary(
    string Contract,
    string Title,
    string TitleZh,
    string Principal,
    string Vendor,
    LocalDate? SignedOn,
    LocalDate From,
    LocalDate To,
    Cny Total,
    int Periods,
    long RegisteredAt,
    IReadOnlyList<RegistrationFinding> Findings
)
{
    /// <summary>The summary of an account.</summary>
    public static ContractSummary Of(ContractAccount account) =>
        new(
            account.Terms.Id,
            account.Terms.Title,
            account.Terms.TitleZh,
            account.Terms.Principal,
            account.Terms.Vendor,
            account.Terms.SignedOn,
            account.Terms.From,
            account.LastDay,
            account.ServiceTerms.Sum(t => t.Price),
            account.Schedule.Count,
            account.RegisteredAt,
            [.. account.Terms.RegistrationFindings()]
        );
}
