using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using NodaTime;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>A user as lists show it, without its secrets.</summary>
public sealed record UserSummary(
    string User,
    IReadOnlyList<Role> Roles,
    IReadOnlyList<string>? Contracts,
    bool HasPassword,
    Instant? InvitedUntil,
    Instant? LockedUntil,
    Instant? WithdrawnAt
)
{
    internal static UserSummary Of(User user) =>
        new(user.Id, user.Roles, user.Contracts, user.PasswordHash is not null, user.InvitedUntil, user.LockedUntil, user.WithdrawnAt);
}

/// <summary>A token as lists show it, without its secret.</summary>
public sealed record TokenSummary(string Token, string User, string Name, Instant Until, Instant? RevokedAt)
{
    internal static TokenSummary Of(ApiToken token) => new(token.Id, token.User, token.Name, token.Until, token.RevokedAt);
}

/// <summary>What a user may do; <c>contracts</c> absent for all of them.</summary>
public sealed record UserRequest(IReadOnlyList<Role> Roles, IReadOnlyList<string>? Contracts = null);

/// <summary>Why something is done.</summary>
public sealed record ReasonRequest(string Reason);

/// <summary>What a token is for, and for how many days it holds.</summary>
public sealed record TokenRequest(string Name, int Days);

/// <summary>Users and tokens, looked after by administrators.</summary>
[For(Role.Administrator)]
public static class UserEndpoints
{
    /// <summary>Lists all users.</summary>
    [WolverineGet("/api/users")]
    public static async Task<IReadOnlyList<UserSummary>> List(UserReader users, CancellationToken cancel) =>
        [.. (await users.AllAsync(cancel)).Select(UserSummary.Of)];

    /// <summary>Registers a user, or says anew what it may do; sessions of before end.</summary>
    [WolverinePut("/api/users/{user}")]
    public static async Task<UserSummary> Register(string user, Body<UserRequest> body, Sender sender) =>
        UserSummary.Of(await sender.ChangeAsync<User>(actor => new RegisterUser(user, body.Value.Roles, body.Value.Contracts, actor)));

    /// <summary>Gives out a one-time link by which the user sets its password.</summary>
    [WolverinePost("/api/users/{user}/invitations")]
    public static Task<Invitation> Invite(string user, Sender sender) =>
        sender.ChangeAsync<Invitation>(actor => new InviteUser(user, actor));

    /// <summary>Ends a user's use of the service, with its tokens and sessions.</summary>
    [WolverinePost("/api/users/{user}/withdrawal")]
    public static async Task<UserSummary> Withdraw(string user, Body<ReasonRequest> body, Sender sender) =>
        UserSummary.Of(await sender.ChangeAsync<User>(actor => new WithdrawUser(user, body.Value.Reason, actor)));

    /// <summary>Lists all tokens.</summary>
    [WolverineGet("/api/tokens")]
    public static async Task<IReadOnlyList<TokenSummary>> Tokens(UserReader users, CancellationToken cancel) =>
        [.. (await users.TokensAsync(cancel)).Select(TokenSummary.Of)];

    /// <summary>Gives out a token for a user's programs; it is shown this once.</summary>
    [WolverinePost("/api/users/{user}/tokens")]
    public static Task<NewToken> Issue(string user, Body<TokenRequest> body, Sender sender) =>
        sender.ChangeAsync<NewToken>(actor => new IssueToken(user, body.Value.Name, Duration.FromDays(body.Value.Days), actor));

    /// <summary>Ends a token.</summary>
    [WolverineDelete("/api/tokens/{token}")]
    public static async Task<TokenSummary> Revoke(string token, Sender sender) =>
        TokenSummary.Of(await sender.ChangeAsync<ApiToken>(actor => new RevokeToken(token, actor)));
}
