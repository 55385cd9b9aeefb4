using System.Net;
using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Wolverine;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Where a one-time link leads: whoever holds it sets a password.</summary>
[AllowAnonymous]
[ExcludeFromDescription]
public static class WelcomeEndpoints
{
    private const string Html = "text/html; charset=utf-8";

    /// <summary>The form.</summary>
    [WolverineGet("/welcome")]
    public static IResult Show(string? user, string? invitation) => Form(user ?? "", invitation ?? "", null, StatusCodes.Status200OK);

    /// <summary>Sets the password and signs in.</summary>
    [EnableRateLimiting(Limits.SignIn)]
    [WolverinePost("/welcome")]
    public static async Task<IResult> SetPassword(
        [FromForm] string? user,
        [FromForm] string? invitation,
        [FromForm] string? password,
        HttpContext context,
        KnownUsers known,
        IMessageBus bus,
        CancellationToken cancel
    )
    {
        try
        {
            var command = new SetPassword(user ?? "", invitation ?? "", password ?? "");
            var set = await bus.InvokeForTenantAsync<User>(LedgerSource.Contract, command, cancel);
            known.Forget();
            await context.SignInAsync(
                CookieAuthenticationDefaults.AuthenticationScheme,
                SignedInUser.ClaimsOf(set, CookieAuthenticationDefaults.AuthenticationScheme)
            );
            return Page(
                $"<p>Signed in as <strong>{WebUtility.HtmlEncode(set.Id)}</strong>. The <a href=\"/reference\">reference</a> lists what the service answers.</p>",
                StatusCodes.Status200OK
            );
        }
        catch (LedgerException e) when (e.Code is ErrorCode.NotSignedIn or ErrorCode.BadRequest)
        {
            return Form(user ?? "", invitation ?? "", e.Message, Problems.StatusOf(e.Code));
        }
    }

    private static IResult Form(string user, string invitation, string? wrong, int status) =>
        Page(
            $"""
            {(wrong is null ? "" : $"<p role=\"alert\">{WebUtility.HtmlEncode(wrong)}</p>")}
            <form method="post" action="/welcome">
            <input type="hidden" name="invitation" value="{WebUtility.HtmlEncode(invitation)}">
            <p><label>User <input name="user" value="{WebUtility.HtmlEncode(user)}" autocomplete="username" required readonly></label></p>
            <p><label>Password, at least {UserHandler.FewestCharacters} characters
            <input name="password" type="password" autocomplete="new-password" minlength="{UserHandler.FewestCharacters}"
            maxlength="{UserHandler.MostCharacters}" required autofocus></label></p>
            <p><button>Set the password and sign in</button></p>
            </form>
            """,
            status
        );

    private static IResult Page(string body, int status) =>
        Results.Content(
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Ledger</title><h1>Ledger</h1>{body}</html>",
            Html,
            statusCode: status
        );
}
