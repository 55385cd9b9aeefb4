using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Wolverine;

namespace Ledger.Api.Identities;

/// <summary>Signing in and out by a cookie: what the API and the pages do alike.</summary>
public sealed class Sessions(IMessageBus bus, KnownUsers known)
{
    /// <summary>What is told where the user or the password is wrong: not which.</summary>
    public const string Wrong = "the user or the password is wrong";

    /// <summary>
    /// Signs a user in by its password. Throws <see cref="LedgerException"/> where the user or the password is wrong, or the user locked.
    /// </summary>
    public async Task<User> SignInAsync(HttpContext context, string code, string password)
    {
        var outcome = await bus.InvokeForTenantAsync<SignInOutcome>(
            LedgerSource.Contract,
            new SignInUser(code, password),
            context.RequestAborted
        );
        var user = outcome.User ?? throw new LedgerException(ErrorCode.NotSignedIn, Wrong);
        await StartAsync(context, user);
        return user;
    }

    /// <summary>
    /// Sets the password of whoever holds a one-time link, and signs in. Throws <see cref="LedgerException"/> for another link or an unfit
    /// password.
    /// </summary>
    public async Task<User> SetPasswordAsync(HttpContext context, string code, string invitation, string password)
    {
        var command = new SetPassword(code, invitation, password);
        var user = await bus.InvokeForTenantAsync<User>(LedgerSource.Contract, command, context.RequestAborted);
        known.Forget();
        await StartAsync(context, user);
        return user;
    }

    /// <summary>Starts a user's session.</summary>
    public static async Task StartAsync(HttpContext context, User user)
    {
        var principal = SignedInUser.ClaimsOf(user, CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal);
        context.User = principal;
    }

    /// <summary>Ends it.</summary>
    public static Task EndAsync(HttpContext context) => context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
}
