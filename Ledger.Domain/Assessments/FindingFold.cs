using Ledger.Domain.Contracts;
using Ledger.Domain.Detectors;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Rules;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Assessments;

/// <summary>
/// The findings of one contract, folded from its events. It can be asked at any point and goes on from there, never back:
/// what was found in earlier records is kept, clocks run anew to each moment asked for.
/// </summary>
/// <param name="effective">The first moment that it will be asked for.</param>
public sealed class FindingFold(Instant effective)
{
    private readonly PriorityQueue<LedgerEvent, (Instant, long)> ahead = new();
    private readonly ContractFacts facts = new();
    private readonly DetectorIndex detectors = new();

    /// <summary>The account; null before the registration.</summary>
    public ContractAccount? Account { get; private set; }

    /// <summary>The moment that it was asked for last, or will be asked for first: facts count that occurred up to it.</summary>
    public Instant Effective { get; private set; } = effective;

    /// <summary>Takes in the contract's next event, in log order.</summary>
    public void Add(LedgerEvent e)
    {
        Account = ContractAccount.Evolve(Account, e);
        // What is said of how records came in counts by position, as they do.
        if (e.When.Earliest > Effective && e.Data is not HistoricalLoadDeclared)
        {
            ahead.Enqueue(e, (e.When.Earliest, e.Position));
        }
        else
        {
            Count(e);
        }
    }

    /// <summary>What an investigator is shown, with clocks that run to a moment that is not before <see cref="Effective"/>.</summary>
    public IReadOnlyList<Finding> At(Instant moment, WorkingDays calendar)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(moment, Effective);
        var account = (Account ?? throw new InvalidOperationException("findings need a registered contract")) with { Calendar = calendar };
        Effective = moment;
        while (ahead.TryPeek(out var e, out _) && e.When.Earliest <= moment)
        {
            Count(ahead.Dequeue());
        }

        return FindingList.Of(new RuleInput(account, facts, moment), Assessment.Find(account, facts, moment), detectors);
    }

    private void Count(LedgerEvent e)
    {
        facts.Add(e);
        detectors.Add(e);
    }
}
