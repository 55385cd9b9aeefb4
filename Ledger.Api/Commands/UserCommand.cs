using System.CommandLine;
using Ledger.Api.Endpoints;
using Ledger.Api.Hosting;
using Ledger.Api.Operations;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Identities;
using NodaTime;
using Spectre.Console;
using Wolverine;

namespace Ledger.Api.Commands;

/// <summary><c>user add|list|invite|withdraw|token|revoke</c>: who may use the service, by whoever may run this on its machine.</summary>
internal static class UserCommand
{
    private static readonly Argument<string> Code = new("CODE") { Description = "The user's code, never a name" };
    private static readonly Option<string> Actor = new("--actor") { Required = true, Description = "Who does this: a code, never a name" };

    public static Command Create() =>
        new("user", "Users of the service and their tokens") { Add(), List(), Invite(), Withdraw(), Token(), Revoke() };

    private static Command Add()
    {
        var roles = new Option<string[]>("--role")
        {
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Description = "What it may do: " + string.Join(", ", Words<Role>.All.Where(r => r != Words<Role>.Of(Role.Ledger))),
        };
        var contracts = new Option<string[]>("--contract")
        {
            AllowMultipleArgumentsPerToken = true,
            Description = "The contracts that it sees and touches (default: all; a vendor needs them)",
        };
        var command = new Command("add", "Registers a user, or says anew what it may do") { Code, Actor, roles, contracts };
        command.SetLedgerAction(
            async (IMessageBus bus, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var bound = parsed.GetValue(contracts) is { Length: > 0 } some ? some : null;
                var user = await bus.InvokeForTenantAsync<User>(
                    LedgerSource.Contract,
                    new RegisterUser(
                        parsed.GetRequiredValue(Code),
                        [.. parsed.GetRequiredValue(roles).Select(r => OptionValues.Word<Role>(r, roles))],
                        bound,
                        parsed.GetRequiredValue(Actor)
                    ),
                    cancel
                );
                terminal.Show(
                    UserSummary.Of(user),
                    console =>
                        console.MarkupLineInterpolated(
                            $"{user.Id} is {string.Join(", ", user.Roles.Select(Words<Role>.Of))}: `user invite` lets it set a password, `user token` gives its programs one"
                        )
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists users");
        command.SetLedgerAction(
            async (UserReader users, Terminal terminal, CancellationToken cancel) =>
            {
                var all = (await users.AllAsync(cancel)).Select(UserSummary.Of).ToList();
                terminal.Show(
                    all,
                    console =>
                    {
                        var table = Terminal.Table("User", "Roles~", "Contracts~", "State");
                        foreach (var user in all)
                        {
                            table.AddRow(
                                Markup.Escape(user.User),
                                string.Join(", ", user.Roles.Select(Words<Role>.Of)),
                                Markup.Escape(user.Contracts is { } some ? string.Join(", ", some) : "all"),
                                user.WithdrawnAt is not null ? "withdrawn"
                                    : user.HasPassword ? "has a password"
                                    : "has no password"
                            );
                        }

                        console.Write(table);
                    }
                );
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static Command Invite() =>
        Change(
            "invite",
            "Gives out a one-time link by which a user sets its password",
            (_, code, actor) => new InviteUser(code, actor),
            (console, invitation) =>
                console.MarkupLineInterpolated($"within 24 hours, once, at the service's address: {FirstAdministrator.LinkOf(invitation)}"),
            (Invitation i) => i
        );

    private static Command Withdraw()
    {
        var reason = Decide.DecisionCommand.Reason();
        return Change(
            "withdraw",
            "Ends a user's use of the service, with its tokens and sessions",
            (parsed, code, actor) => new WithdrawUser(code, parsed.GetRequiredValue(reason), actor),
            (console, user) => console.MarkupLineInterpolated($"{user.User} may no longer use the service"),
            (User u) => UserSummary.Of(u),
            reason
        );
    }

    private static Command Token()
    {
        var name = new Option<string>("--name") { Required = true, Description = "What it is for" };
        var days = new Option<int>("--days") { Description = "For how many days it holds", DefaultValueFactory = _ => 90 };
        return Change(
            "token",
            "Gives out a token for a user's programs, which is shown this once",
            (parsed, code, actor) =>
                new IssueToken(code, parsed.GetRequiredValue(name), Duration.FromDays(parsed.GetRequiredValue(days)), actor),
            (console, token) => console.MarkupLineInterpolated($"{token.Token}"),
            (NewToken t) => t,
            name,
            days
        );
    }

    private static Command Revoke() =>
        Change(
            "revoke",
            "Ends a token, by its id",
            (_, id, actor) => new RevokeToken(id, actor),
            (console, token) => console.MarkupLineInterpolated($"the token {token.Token} of {token.User} is no longer taken"),
            (ApiToken t) => TokenSummary.Of(t)
        );

    private static Command Change<T, TShown>(
        string name,
        string description,
        Func<ParseResult, string, string, object> make,
        Action<IAnsiConsole, TShown> print,
        Func<T, TShown> show,
        params ReadOnlySpan<Option> options
    )
    {
        var command = new Command(name, description) { Code, Actor };
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetLedgerAction(
            async (IMessageBus bus, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var change = make(parsed, parsed.GetRequiredValue(Code), parsed.GetRequiredValue(Actor));
                var shown = show(await bus.InvokeForTenantAsync<T>(LedgerSource.Contract, change, cancel));
                terminal.Show(shown, console => print(console, shown));
                return CommandLine.Done;
            }
        );
        return command;
    }
}
