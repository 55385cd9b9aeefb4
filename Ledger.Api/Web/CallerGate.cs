using Ledger.Api.Identities;
using Ledger.Domain.Errors;
using Ledger.Projections.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace Ledger.Api.Web;

/// <summary>
/// What holds for every request of somebody who is signed in: a contract that it does not see is not there, and what a page sends comes
/// from a page of this service.
/// </summary>
internal static class CallerGate
{
    public static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Identity is { IsAuthenticated: true } identity)
        {
            if (context.GetRouteValue("contract") is string contract && !new SignedInUser(context.User).Sees(contract))
            {
                throw AccountReader.Unknown(contract);
            }

            // What needs nobody signed in is not done by the cookie's right.
            if (
                identity.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme
                && IsUnsafe(context.Request.Method)
                && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null
            )
            {
                await RefuseForeignAsync(context);
            }
        }

        await next(context);
    }

    private static bool IsUnsafe(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    /// <summary>A cookie is sent along by whatever page asks: the token and the browser's own word tell ours from another's.</summary>
    private static async Task RefuseForeignAsync(HttpContext context)
    {
        var antiforgery = context.RequestServices.GetRequiredService<IAntiforgery>();
        if (!IsOurs(context.Request) || !await antiforgery.IsRequestValidAsync(context))
        {
            throw new LedgerException(
                ErrorCode.NotPermitted,
                $"a page sends its antiforgery token in {SignInServices.AntiforgeryHeader}: GET /api/session gives it; programs use a token instead"
            );
        }
    }

    /// <summary>
    /// Whether a request comes from a page of this service, or from none: by Sec-Fetch-Site, which browsers send to what they trust,
    /// else by Origin.
    /// </summary>
    internal static bool IsOurs(HttpRequest request) =>
        request.Headers.One("Sec-Fetch-Site") is { } site ? site is "same-origin" or "none"
        : request.Headers.One("Origin") is { } origin ? origin == $"{request.Scheme}://{request.Host}"
        : true;
}
