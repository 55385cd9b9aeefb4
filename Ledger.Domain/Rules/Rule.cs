using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>A deduction that a rule finds in the facts: what an assessment proposes.</summary>
public sealed record Found(
    string Id,
    string Clause,
    IReadOnlyList<string> Reading,
    Cny Amount,
    LocalDate AttributedOn,
    IReadOnlyList<string> Evidence
);

/// <summary>
/// What a rule reads: the account (its schedule, its term, its calendar) under the terms by which it judges, and the facts
/// up to <c>AsOf</c>.
/// </summary>
public sealed record RuleInput(ContractAccount Account, ContractFacts Facts, Instant AsOf)
{
    /// <summary>The terms by which it judges.</summary>
    public ContractTerms Terms => Account.Terms;

    /// <summary>The date of <c>AsOf</c>: a limit that ends on a day is missed once this date is past it.</summary>
    public LocalDate AsOfDate { get; } = ChinaTime.DateOf(AsOf);
}

/// <summary>
/// A rule block that judges: it computes from facts (<see cref="Find"/>, <see cref="Findings"/>), grants rights and sets duties from the
/// account (<see cref="Rights"/>, <see cref="Duties"/>), bounds what an officer may decide, or tells when money is due.
/// </summary>
public abstract record Rule : RuleBlock
{
    /// <summary>The deductions that follow from the facts; empty for a block that finds none.</summary>
    public virtual IEnumerable<Found> Find(RuleInput input, Clause clause) => [];

    /// <summary>The rights that have arisen on the account, or are about to; empty for a block that grants none.</summary>
    public virtual IEnumerable<Right> Rights(ContractAccount account, Clause clause) => [];

    /// <summary>The duties that have arisen on the account, met ones too; empty for a block that sets none.</summary>
    public virtual IEnumerable<Duty> Duties(ContractAccount account, Clause clause) => [];

    /// <summary>The duties that rest on single cases and that the facts show unmet: an assessment records them.</summary>
    public virtual IEnumerable<FoundDuty> FindDuties(RuleInput input, Clause clause) => [];

    /// <summary>What the facts show without money: limits broken, reports missing; empty for a block that looks for none.</summary>
    public virtual IEnumerable<Finding> Findings(RuleInput input, Clause clause) => [];

    /// <summary>Names the readings that a block applied: <c>{id}={choice}</c>.</summary>
    protected static IReadOnlyList<string> Applied(ContractTerms terms, Clause clause, params ReadOnlySpan<string> parameters)
    {
        var applied = new List<string>();
        foreach (var parameter in parameters)
        {
            applied.AddRange(
                terms.Readings.Where(r => r.Clause == clause.Number && r.Parameter == parameter).Select(r => $"{r.Id}={r.InForce(terms)}")
            );
        }

        return applied;
    }

    /// <summary>A date as documents write it.</summary>
    protected static string Iso(LocalDate date) => date.ToString("uuuu-MM-dd", null);

    /// <summary>A moment on the contracts' wall clock.</summary>
    protected static string Show(Instant at) => ChinaTime.Text(at);
}

/// <summary>What all rules of a contract say.</summary>
public static class RuleJudgement
{
    /// <summary>
    /// What the rules of a contract say, each by the terms that hold for its date: a later amendment neither makes nor unmakes what arose
    /// before it.
    /// </summary>
    public static IEnumerable<T> Judge<T>(
        this ContractAccount account,
        Func<ContractAccount, Clause, Rule, IEnumerable<T>> say,
        Func<T, LocalDate> arisenOn
    ) =>
        from version in account.TermsByDate()
        let view = account.Superseded.IsEmpty ? account : account.Under(version.Terms)
        from rule in version.Terms.Rules<Rule>()
        from said in say(view, rule.Clause, rule.Rule)
        where version.Holds(arisenOn(said))
        select said;
}
