using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Wolverine;
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
        IMessageBus bus,
        CancellationToken cancel
    ) =>
        await StartAsync(
            context,
            (
                await bus.InvokeForTenantAsync<SignInOutcome>(
                    LedgerSource.Contract,
                    new SignInUser(body.Value.User, body.Value.Password),
                    cancel
                )
            ).User
                ?? throw new LedgerException(ErrorCode.NotSignedIn, "the user or the password is wrong")
        );

    /// <summary>Sets the password of whoever holds a one-time link, and signs in.</summary>
    [AllowAnonymous]
    [EnableRateLimiting(Limits.SignIn)]
    [WolverinePost("/api/session/password")]
    public static async Task<SessionState> SetPassword(
        Body<PasswordRequest> body,
        HttpContext context,
        KnownUsers known,
        IMessageBus bus,
        CancellationToken cancel
    )
    {
        var set = new SetPassword(body.Value.User, body.Value.Invitation, body.Value.Password);
        var user = await bus.InvokeForTenantAsync<User>(LedgerSource.Contract, set, cancel);
        known.Forget();
        return await StartAsync(context, user);
    }

    /// <summary>Signs out.</summary>
    [ForEveryone]
    [WolverineDelete("/api/session")]
    [EmptyResponse]
    public static Task SignOut(HttpContext context) => context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);

    private static async Task<SessionState> StartAsync(HttpContext context, User user)
    {
        var principal = SignedInUser.ClaimsOf(user, CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal);
        context.User = principal;
        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        return new SessionState(user.Id, user.Roles, user.Contracts, antiforgery.GetAndStoreTokens(context).RequestToken);
    }
}
