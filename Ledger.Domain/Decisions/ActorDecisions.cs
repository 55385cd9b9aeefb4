using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Time;

namespace Ledger.Domain.Decisions;

/// <summary>
/// Who may decide: once a contract has a register of actors, whoever decides stands in it with a role that the decision is for, on the
/// decision's date and on the right side. Facts are not checked: whoever reports them, they are evidence.
/// </summary>
internal static class ActorDecisions
{
    /// <summary>Why an actor may not decide this; null where it may, or where the contract has no register.</summary>
    public static Fault? Unauthorised(ContractAccount account, NewEvent e)
    {
        if (account.Actors is not { Count: > 0 } register)
        {
            return null;
        }

        var date = ChinaTime.DateOf(e.OccurredAt);
        var needed = string.Join(" or ", e.Type.By.Select(Words<Role>.Of));
        return !register.TryGetValue(e.Actor, out var actor)
                ? Wrong($"\"{e.Actor}\" is not in the contract's register of actors: register it, or decide as one who is")
            : !actor.ActsOn(date) ? Wrong($"\"{e.Actor}\" does not act on {date:uuuu-MM-dd}: {Span(actor)}")
            : !e.Type.By.Any(actor.Roles.Contains)
                ? Wrong($"{e.Type.Alias} is for {needed}, and \"{e.Actor}\" is {string.Join(", ", actor.Roles.Select(Words<Role>.Of))}")
            : e.Data is LiquidatedDamagesClaimed claim && claim.By == Party.Vendor != (actor.Party == ActorParty.Vendor)
                ? Wrong($"the claim is by the {Words<Party>.Of(claim.By ?? Party.Principal)}, for whom \"{e.Actor}\" does not act")
            : null;
    }

    public static Decided Decide(ContractAccount account, NewEvent e, ActorEvent data)
    {
        var code = e.Subject["actor/".Length..];
        return data switch
        {
            // A register that nobody may change would lock the contract.
            ActorRegistered registered => Decided.Unless(
                (
                    account.Actors is not { Count: > 0 } && !registered.Roles.Contains(Role.Administrator),
                    "$.data.roles",
                    "the first actor in the register is an administrator: only those change it"
                ),
                (
                    IsLastAdministrator(account, code) && !registered.Roles.Contains(Role.Administrator),
                    "$.data.roles",
                    $"\"{code}\" is the last administrator: register another first"
                )
            ),
            ActorWithdrawn => Decided.Unless(
                (account.Actors?.GetValueOrDefault(code) is not { WithdrawnOn: null }, "$.subject", $"\"{code}\" is not in the register"),
                (IsLastAdministrator(account, code), "$.subject", $"\"{code}\" is the last administrator: register another first")
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static bool IsLastAdministrator(ContractAccount account, string code)
    {
        var administrators = account.Actors?.Where(a => a.Value.WithdrawnOn is null && a.Value.Roles.Contains(Role.Administrator));
        return administrators?.Select(a => a.Key).ToList() is [var only] && only == code;
    }

    private static Fault Wrong(string why) => new("$.actor", why);

    private static string Span(RegisteredActor actor) =>
        actor.WithdrawnOn is { } on ? $"it was withdrawn on {on:uuuu-MM-dd}"
        : actor.Until is { } until ? $"it acts from {actor.From:uuuu-MM-dd} to {until:uuuu-MM-dd}"
        : $"it acts from {actor.From:uuuu-MM-dd}";
}
