using Ledger.Domain.Contracts;
using Ledger.Domain.Detectors;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Assessments;

/// <summary>All findings of one contract at a moment.</summary>
internal static class FindingList
{
    /// <summary>By the moment at which they arose, then kind, rule, subject and evidence.</summary>
    public static IReadOnlyList<Finding> Of(RuleInput asked, IReadOnlyList<Found> found, DetectorIndex detectors)
    {
        // Clocks run to the moment asked for; duties on single cases are found by their own rule.
        var account = asked.Account with
        {
            Today = asked.AsOfDate,
            LastRun = null,
        };
        var input = asked with { Account = account };
        var rules = account.Judge(
            (view, clause, rule) => rule.Findings(input with { Account = view }, clause),
            f => ChinaTime.DateOf(f.ArisenAt)
        );
        List<Finding> all =
        [
            .. Registration(account),
            .. Rights(input),
            .. Duties(input),
            .. Contradictions(input, found),
            .. RecordContradictions.Of(input.Facts),
            .. VoidedCases.Of(input.Facts),
            .. HistoricalLoads.Of(input.Facts),
            .. detectors.Findings(account, input.Facts),
            .. CaseLimits.OwnDueTimes(input),
            .. rules,
        ];
        return
        [
            .. FindingReviews
                .Apply(all, input.Facts)
                .OrderBy(f => f.ArisenAt)
                .ThenBy(f => f.Kind)
                .ThenBy(f => f.Rule, StringComparer.Ordinal)
                .ThenBy(f => f.Subject, StringComparer.Ordinal)
                .ThenBy(f => string.Join(' ', f.Evidence), StringComparer.Ordinal)
                .ThenBy(f => f.Key, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<Finding> Registration(ContractAccount account) =>
        from finding in account.Terms.RegistrationFindings()
        select Finding.Of(FindingKind.Registration, finding.Rule, "contract", account.OpenedAt, [], ("text", finding.Text));

    private static IEnumerable<Finding> Rights(RuleInput input) =>
        from right in StatementBuilder.Rights(input.Account)
        where right.ArisenOn <= input.AsOfDate
        select Finding.Of(
            FindingKind.Right,
            right.Clause,
            right.Id,
            ChinaTime.StartOf(right.ArisenOn),
            right.Evidence,
            ("clause", right.Clause),
            ("right", Words<RightKind>.Of(right.Kind)),
            ("state", Words<RightState>.Of(right.State))
        );

    /// <summary>Duties that are open or overdue at the moment, or were met late.</summary>
    private static IEnumerable<Finding> Duties(RuleInput input) =>
        from now in StatementBuilder.Duties(input.Account)
        where now.ArisenOn <= input.AsOfDate && (now.State != DutyState.Met || now.MetOn > now.DueBy)
        select Finding.Of(
            FindingKind.Duty,
            Words<DutyKind>.Of(now.Kind),
            now.Id,
            ChinaTime.StartOf(now.ArisenOn),
            now.Evidence,
            ("clause", now.Clause),
            ("state", Words<DutyState>.Of(now.State)),
            ("dueBy", now.DueBy is { } due ? due.ToString("uuuu-MM-dd", null) : "no day is set"),
            ("metOn", now.MetOn is { } met ? met.ToString("uuuu-MM-dd", null) : "not met")
        );

    /// <summary>What was decided stays; where the facts now say otherwise, that is a finding.</summary>
    private static IEnumerable<Finding> Contradictions(RuleInput input, IReadOnlyList<Found> found)
    {
        var now = found.ToDictionary(f => f.Id);
        foreach (var known in input.Account.Deductions.Values)
        {
            if (known.Status is DeductionStatus.Proposed or DeductionStatus.Withdrawn)
            {
                continue;
            }

            var again = now.GetValueOrDefault(known.Id);
            if (again is null || again.Amount != known.Amount || again.AttributedOn != known.AttributedOn)
            {
                yield return Finding.Of(
                    FindingKind.Contradiction,
                    "decided_deduction",
                    $"deduction/{known.Id}",
                    ChinaTime.StartOf(known.AttributedOn),
                    again?.Evidence ?? known.Evidence,
                    ("clause", known.Clause),
                    ("decided", $"{known.Amount} on {known.AttributedOn:uuuu-MM-dd}, {Words<DeductionStatus>.Of(known.Status)}"),
                    ("found", again is null ? "nothing" : $"{again.Amount} on {again.AttributedOn:uuuu-MM-dd}")
                );
            }
        }
    }
}
