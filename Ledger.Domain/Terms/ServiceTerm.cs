using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Terms;

/// <summary>One term of service, both days inclusive, and its price: the contract's own, or that of a renewal.</summary>
public sealed record ServiceTerm(LocalDate From, LocalDate To, Cny Price)
{
    /// <summary>How many days it has.</summary>
    public int Days => Period.DaysBetween(From, To) + 1;

    /// <summary>How many of its days lie on or before a date.</summary>
    public int DaysServed(LocalDate upTo) => Period.DaysBetween(From, upTo) + 1;
}
