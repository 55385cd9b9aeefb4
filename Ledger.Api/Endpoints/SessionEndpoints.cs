using Ledger.Api.Identities;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Who is signed in, and what a page repeats in the header <c>X-CSRF-Token</c> of whatever it changes.</summary>
public sealed record SessionState(string User, IReadOnlyList<Role> Roles, IReadOnlyList<string>? Contracts, string? Antiforgery);

/// <summary>A user's code and password.</summary>
public sealed record SignInRequest(string User, string Password);

/// <summary>A one-time link's secret, and the password that it sets.</summary>
public sealed record PasswordRequest(string User, string Invitation, string Password);

/// <summary>Signing in and out by a cookie; programs send a token instead.</summary>
public static class SessionEndpoints
{
    /// <summary>Who is signed in.</summary>
    [ForEveryone]
    [WolverineGet("/api/session")]
    public static SessionState Show(HttpContext context, SignedInUser caller, IAntiforgery antiforgery)
    {
        var byCookie = context.User.Identity!.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme;
        return new SessionState(
            caller.Code,
            caller.Roles,
            caller.Contracts,
            byCookie ? antiforgery.GetAndStoreTokens(context).RequestToken : null
        );
    }

    /// <summary>Signs a user in; too many wrong passwords lock the user for a quarter of an hour.</summary>
    [AllowAnonymous]
    [EnableRateLimiting(Limits.SignIn)]
    [WolverinePost("/api/session")]
    public static async Task<SessionState> SignIn(
        Body<SignInRequest> body,
        HttpContext context,
        Sessions sessions,
        IAntiforgery antiforgery
    ) => StateOf(context, antiforgery, await sessions.SignInAsync(context, body.Value.User, body.Value.Password));

    /// <summary>Sets the password of whoever holds a one-time link, and signs in.</summary>
    [AllowAnonymous]
    [EnableRateLimiting(Limits.SignIn)]
    [WolverinePost("/api/session/password")]
    public static async Task<SessionState> SetPassword(
        Body<PasswordRequest> body,
        HttpContext context,
        Sessions sessions,
        IAntiforgery antiforgery
    ) =>
        StateOf(
            context,
            antiforgery,
            await sessions.SetPasswordAsync(context, body.Value.User, body.Value.Invitation, body.Value.Password)
        );

    /// <summary>Signs out.</summary>
    [ForEveryone]
    [WolverineDelete("/api/session")]
    [EmptyResponse]
    public static Task SignOut(HttpContext context) => Sessions.EndAsync(context);

    private static SessionState StateOf(HttpContext context, IAntiforgery antiforgery, User user) =>
        new(user.Id, user.Roles, user.Contracts, antiforgery.GetAndStoreTokens(context).RequestToken);
}
