using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>Who acts under a contract (<c>actor/{code}</c>): codes and what they may do, never a person's name.</summary>
public abstract record ActorEvent : EventData;

/// <summary>On which side of a contract a code acts.</summary>
public enum ActorParty
{
    /// <summary>甲方, the sub-district office.</summary>
    Principal,

    /// <summary>乙方, the company.</summary>
    Vendor,

    /// <summary>The city's platform.</summary>
    City,

    /// <summary>Who audits the settlement.</summary>
    Auditor,
}

/// <summary>
/// A code acts for a party in certain roles, on dates from one to another (both inclusive, open where none is given). Recorded again, it
/// replaces what was said of the code before.
/// </summary>
public sealed record ActorRegistered(ActorParty Party, IReadOnlyList<Role> Roles, LocalDate From, LocalDate? Until = null) : ActorEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key)
    {
        if (Roles.Count == 0 || Roles.Distinct().Count() != Roles.Count)
        {
            yield return new Fault(".roles", "expected at least one role, and none twice");
        }

        for (var i = 0; i < Roles.Count; i++)
        {
            if (!RolesOf(Party).Contains(Roles[i]))
            {
                yield return new Fault(
                    $".roles[{i}]",
                    $"expected {string.Join(" or ", RolesOf(Party).Select(Words<Role>.Of))}, which are those of the party "
                        + $"{Words<ActorParty>.Of(Party)}, got {Words<Role>.Of(Roles[i])}"
                );
            }
        }

        if (Until < From)
        {
            yield return new Fault(".until", $"expected a date on or after from ({From:uuuu-MM-dd}), got {Until:uuuu-MM-dd}");
        }
    }

    /// <summary>What a party's people may do: no side of a contract decides for the other.</summary>
    private static Role[] RolesOf(ActorParty party) =>
        party switch
        {
            ActorParty.Principal => [Role.Recorder, Role.Principal, Role.Finance, Role.Investigator, Role.Administrator],
            ActorParty.Vendor => [Role.Recorder, Role.Vendor],
            ActorParty.City => [Role.Recorder],
            _ => [Role.Auditor],
        };
}

/// <summary>A code acts no more, from the event's date on.</summary>
public sealed record ActorWithdrawn(string Reason) : ActorEvent
{
    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(string key) => NotEmpty("reason", Reason);
}
