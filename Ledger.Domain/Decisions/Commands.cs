using Ledger.Domain.Events;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Domain.Decisions;

/// <summary>Registers a contract's terms, which <paramref name="Source"/> brought. The same terms again are one registration.</summary>
public sealed record RegisterContract(ContractTerms Terms, string Source)
{
    /// <summary>The contract whose account it decides on.</summary>
    public string Contract => Terms.Id;
}

/// <summary>Records a decision that somebody took, where it follows from the account. The same one again is one decision.</summary>
public sealed record RecordDecision(NewEvent Decision)
{
    /// <summary>The contract whose account it decides on.</summary>
    public string Contract => Decision.Contract;
}

/// <summary>
/// Assesses a contract as of an instant, and records what is proposed and withdrawn. Refused before the instant of its latest
/// assessment.
/// </summary>
/// <param name="Contract">The contract.</param>
/// <param name="AsOf">The moment up to which facts count and clocks run.</param>
/// <param name="Again">False: only where no assessment of that instant or a later one is on record.</param>
public sealed record AssessContract(string Contract, Instant AsOf, bool Again = true);

/// <summary>Publishes a working-day calendar for the whole ledger. The one that is in force already is not recorded again.</summary>
public sealed record PublishCalendar(CalendarPublished Calendar);
