using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using NodaTime;

namespace Ledger.Domain.Differences;

/// <summary>Where a period stood after a step.</summary>
public sealed record PeriodThen(int Period, PeriodStatus Status, Cny NetPayable);

/// <summary>
/// One step of a contract's history: what one person recorded of one kind at one moment, or all that an assessment recorded, and how the
/// contract stood then. As of <paramref name="Position"/> every document says what the step left.
/// </summary>
/// <param name="First">The position of its first event.</param>
/// <param name="Position">The position of its last event.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="RecordedAt">When its last event was recorded.</param>
/// <param name="Type">The type of what was recorded, without what followed from it; of an assessment <c>assessment_run</c>.</param>
/// <param name="Actor">Who recorded it.</param>
/// <param name="Subject">On what; null where on several.</param>
/// <param name="Events">How many events it has, with those that followed.</param>
/// <param name="AsOf">Of an assessment, up to when facts counted; null of anything else.</param>
/// <param name="NetPayable">The sum over all periods; so are the next three.</param>
/// <param name="Proposed">Deductions still proposed.</param>
/// <param name="Disputed">Deductions that the vendor disputes.</param>
/// <param name="Paid">What was paid.</param>
/// <param name="Periods">Each period.</param>
public sealed record HistoryStep(
    long First,
    long Position,
    Instant OccurredAt,
    Instant RecordedAt,
    string Type,
    string Actor,
    string? Subject,
    int Events,
    Instant? AsOf,
    Cny NetPayable,
    Cny Proposed,
    Cny Disputed,
    Cny Paid,
    IReadOnlyList<PeriodThen> Periods
);

/// <summary>
/// The history of a contract in steps, made in one fold of its account: statements are made once a step, not once an event. Pure: give it
/// the events of the contract's account in log order.
/// </summary>
public sealed class ContractHistory
{
    private readonly List<HistoryStep> steps = [];
    private readonly List<LedgerEvent> step = [];
    private ContractAccount? account;

    /// <summary>Takes in the next event.</summary>
    public void Add(LedgerEvent e)
    {
        if (step.Count > 0 && !Belongs(e))
        {
            Close();
        }

        step.Add(e);
        account = ContractAccount.Evolve(account, e);
    }

    /// <summary>The steps, oldest first; null where the contract is not registered.</summary>
    public IReadOnlyList<HistoryStep>? Result()
    {
        Close();
        return account is null ? null : steps;
    }

    private bool Belongs(LedgerEvent e) =>
        AccountDifferences.Follows(step[^1].Data, e.Data)
        || (e.Data.GetType() == step[0].Data.GetType() && e.Actor == step[0].Actor && e.OccurredAt == step[0].OccurredAt);

    private void Close()
    {
        if (step.Count == 0 || account is null)
        {
            return;
        }

        var (first, last) = (step[0], step[^1]);
        var said = step.Find(e => e.Data is AssessmentRun) ?? first;
        var statements = StatementBuilder.BuildAll(account);
        steps.Add(
            new HistoryStep(
                first.Position,
                last.Position,
                said.OccurredAt,
                last.RecordedAt,
                EventCatalogue.Of(said.Data).Alias,
                said.Actor,
                step.Where(e => e.Data.GetType() == said.Data.GetType()).Select(e => e.Subject).Distinct().ToList() is [var only]
                    ? only
                    : null,
                step.Count,
                (said.Data as AssessmentRun)?.AsOf,
                statements.Sum(s => s.NetPayable),
                statements.Sum(s => s.Totals.Proposed),
                statements.Sum(s => s.Totals.Disputed),
                statements.Sum(s => s.Paid),
                [.. statements.Select(s => new PeriodThen(s.Period, s.Status, s.NetPayable))]
            )
        );
        step.Clear();
    }
}
