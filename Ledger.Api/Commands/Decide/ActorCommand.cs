using System.CommandLine;
using Ledger.Domain.Events;
using Ledger.Domain.Json;

namespace Ledger.Api.Commands.Decide;

/// <summary><c>actor register|withdraw CODE</c>: a contract's register of actors.</summary>
internal static class ActorCommand
{
    private const string Code = "CODE";

    public static Command Create() =>
        new("actor", "The register of actors: who acts for which side of a contract") { Register(), Withdraw() };

    private static Command Register()
    {
        var party = new Option<string>("--party")
        {
            Required = true,
            Description = "The side: " + string.Join(", ", Words<ActorParty>.All),
        };
        var roles = new Option<string[]>("--role")
        {
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Description = "What it may do: " + string.Join(", ", Words<Role>.All.Where(r => r != Words<Role>.Of(Role.Ledger))),
        };
        var from = new Option<string>("--from") { Required = true, Description = "The first day" };
        var until = new Option<string?>("--until") { Description = "The last day, if any" };
        return DecisionCommand.Create(
            "register",
            "Registers a code, or says anew what it may do",
            Code,
            (parsed, code) =>
                (
                    $"actor/{code}",
                    new ActorRegistered(
                        OptionValues.Word<ActorParty>(parsed.GetRequiredValue(party), party),
                        [.. parsed.GetRequiredValue(roles).Select(r => OptionValues.Word<Role>(r, roles))],
                        OptionValues.Date(parsed.GetRequiredValue(from), from),
                        parsed.GetValue(until) is { } last ? OptionValues.Date(last, until) : null
                    )
                ),
            party,
            roles,
            from,
            until
        );
    }

    private static Command Withdraw()
    {
        var reason = DecisionCommand.Reason();
        return DecisionCommand.Create(
            "withdraw",
            "Withdraws a code: it acts no more from today on",
            Code,
            (parsed, code) => ($"actor/{code}", new ActorWithdrawn(parsed.GetRequiredValue(reason))),
            reason
        );
    }
}
