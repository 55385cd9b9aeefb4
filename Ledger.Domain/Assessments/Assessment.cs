using System.Security.Cryptography;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Assessments;

/// <summary>What a run found and what follows from it.</summary>
/// <param name="Found">Every deduction that the rules yield, ordered by date, then id.</param>
/// <param name="Events">What is to be recorded: withdrawals, proposals, and the run itself at the end.</param>
public sealed record AssessmentResult(AssessmentRun Run, IReadOnlyList<Found> Found, IReadOnlyList<NewEvent> Events);

/// <summary>
/// An assessment of one contract: a pure function of its events up to a position. Facts count that occurred up to
/// <c>asOf</c>; terms, readings and the state of deductions count by position.
/// </summary>
/// <param name="asOf">The moment up to which facts count and clocks run.</param>
public sealed class Assessment(Instant asOf)
{
    private readonly ContractFacts facts = new();
    private ContractAccount? account;

    /// <summary>The account at the position reached; null before the registration.</summary>
    public ContractAccount? Account => account;

    /// <summary>Takes in the contract's next event, in log order.</summary>
    public void Add(LedgerEvent e)
    {
        account = ContractAccount.Evolve(account, e);
        if (e.When.Earliest <= asOf)
        {
            facts.Add(e);
        }
    }

    /// <summary>
    /// Runs the rules at <paramref name="position"/>, the log's head that was read, and derives what is to be recorded
    /// at <paramref name="now"/>.
    /// </summary>
    public AssessmentResult Run(long position, WorkingDays calendar, Instant now)
    {
        if (account is null)
        {
            throw new InvalidOperationException("an assessment needs a registered contract");
        }

        account = account with { Calendar = calendar };
        var found = Find(account, facts, asOf);
        found.Sort((a, b) => a.AttributedOn.CompareTo(b.AttributedOn) is var byDate and not 0 ? byDate : string.CompareOrdinal(a.Id, b.Id));

        var withdrawn = Withdrawals(account, found).ToList();
        var proposed = found.Where(f => IsNew(account, f)).ToList();
        var duties = FindDuties(account);
        var run = new AssessmentRun(
            asOf,
            position,
            found.Count,
            proposed.Count,
            withdrawn.Count,
            Digest(found),
            duties.Count > 0 ? duties : null
        );

        var id = LedgerSource.IdOf(account.Terms.Id, $"run-{position}");
        NewEvent Derived(string deduction, string what, EventData data) =>
            new(
                account.Terms.Id,
                $"deduction/{deduction}",
                $"{id}:{what}:{deduction}",
                LedgerSource.Name,
                now,
                LedgerSource.Name,
                data,
                CausationId: id
            );
        return new AssessmentResult(
            run,
            found,
            [
                .. withdrawn.Select(w => Derived(w.Id, "withdraw", w.Data)),
                .. proposed.Select(p =>
                    Derived(p.Id, "propose", new DeductionProposed(p.Clause, p.Reading, p.Amount, p.AttributedOn, p.Evidence))
                ),
                new NewEvent(account.Terms.Id, "assessments", id, LedgerSource.Name, now, LedgerSource.Name, run),
            ]
        );
    }

    /// <summary>
    /// What the rules yield for each date and period under the terms that hold for it; of one id, what a locked period yields stays.
    /// </summary>
    internal static List<Found> Find(ContractAccount account, ContractFacts facts, Instant asOf)
    {
        var found = new Dictionary<string, Found>();
        foreach (var held in account.TermsByPeriod())
        {
            var view = account.Under(held.Terms);
            var input = new RuleInput(view, facts, asOf);
            foreach (var one in held.Terms.Rules<Rule>().SelectMany(r => r.Rule.Find(input, r.Clause)))
            {
                if (held.Cover(one.AttributedOn, view.PeriodOf(one.Clause, one.AttributedOn)))
                {
                    found.TryAdd(one.Id, one);
                }
            }
        }

        return [.. found.Values];
    }

    private List<FoundDuty> FindDuties(ContractAccount account) =>
        [.. account.Judge((view, clause, rule) => rule.FindDuties(new RuleInput(view, facts, asOf), clause), duty => duty.ArisenOn)];

    /// <summary>
    /// Only what is not on record, or stood proposed with another amount or date, is proposed; a decided one never again.
    /// </summary>
    private static bool IsNew(ContractAccount account, Found found) =>
        !account.Deductions.TryGetValue(found.Id, out var known)
        || known.Status == DeductionStatus.Withdrawn
        || (known.Status == DeductionStatus.Proposed && Differs(account, known, found));

    /// <summary>Another amount, another date, or (by a reading) another place while neither is locked.</summary>
    private static bool Differs(ContractAccount account, Deduction known, Found found) =>
        known.Amount != found.Amount
        || known.AttributedOn != found.AttributedOn
        || (
            known.Period is { } place
            && !account.Periods[place].Locked
            && account.FirstOpen(account.PeriodOf(found.Clause, found.AttributedOn)) != place
        );

    private IEnumerable<(string Id, DeductionWithdrawn Data)> Withdrawals(ContractAccount account, List<Found> found)
    {
        var now = found.ToDictionary(f => f.Id);
        foreach (
            var known in account
                .Deductions.Values.Where(d => d.Status == DeductionStatus.Proposed)
                .OrderBy(d => d.Id, StringComparer.Ordinal)
        )
        {
            if (!now.TryGetValue(known.Id, out var again))
            {
                yield return (
                    known.Id,
                    new DeductionWithdrawn("the facts and terms no longer yield it", facts.RecordedAfter(known.ProposedAt, known.Evidence))
                );
            }
            else if (Differs(account, known, again))
            {
                yield return (
                    known.Id,
                    new DeductionWithdrawn(
                        $"it is now {again.Amount} on {again.AttributedOn:uuuu-MM-dd} in period "
                            + $"{account.FirstOpen(account.PeriodOf(again.Clause, again.AttributedOn))}",
                        [.. again.Evidence.Except(known.Evidence)]
                    )
                );
            }
        }
    }

    private static string Digest(List<Found> found) => Convert.ToHexStringLower(SHA256.HashData(LedgerJson.Write(found)));
}
