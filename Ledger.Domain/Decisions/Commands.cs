using Ledger.Domain.Events;
using Ledger.Domain.Terms;
using NodaTime;

namespace Ledger.Domain.Decisions;

/// <summary>
/// Registers a contract's terms, which <paramref name="Source"/> brought, in the name of <paramref name="Actor"/>. The same terms again are
/// one registration.
/// </summary>
public sealed record RegisterContract(ContractTerms Terms, string Source, string Actor = "principal")
{
    /// <summary>The contract whose account it decides on.</summary>
    public string Contract => Terms.Id;
}

/// <summary>Records a decision that somebody took, where it follows from the account. The same one again is one decision.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="TimeIsSaid">
/// False: nobody said when, and the moment of the request stands for it. Whoever lost the answer asks again later: the time alone makes no
/// other decision.
/// </param>
public sealed record RecordDecision(NewEvent Decision, bool TimeIsSaid = true)
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
public sealed record PublishCalendar(CalendarPublished Calendar, string Actor = "principal");
