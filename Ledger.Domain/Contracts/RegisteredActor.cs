using Ledger.Domain.Events;
using NodaTime;

namespace Ledger.Domain.Contracts;

/// <summary>A code of the register of actors: its side, what it may do, and from when to when.</summary>
/// <param name="Party">Its side.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="From">The first day.</param>
/// <param name="Until">The last day, if any.</param>
/// <param name="WithdrawnOn">The day from which on it acts no more, if it was withdrawn.</param>
public sealed record RegisteredActor(
    ActorParty Party,
    IReadOnlyList<Role> Roles,
    LocalDate From,
    LocalDate? Until = null,
    LocalDate? WithdrawnOn = null
)
{
    /// <summary>Whether it acts on a date.</summary>
    public bool ActsOn(LocalDate date) => From <= date && !(date > Until) && !(date >= WithdrawnOn);
}
