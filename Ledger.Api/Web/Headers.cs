using Ledger.Api.Pages;

namespace Ledger.Api.Web;

/// <summary>What every answer tells a browser: nothing is loaded from, framed by, or sent to anywhere else.</summary>
internal static class Headers
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    // The reference's page starts itself by a script in it, which comes with the package; it loads nothing from elsewhere.
    private const string OfTheReference =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static Task SetAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments("/reference", StringComparison.Ordinal)
            ? OfTheReference
            : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin"; // A form's Origin would be null without one.
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (PageServices.Serves(context.Request.Path))
        {
            // As antiforgery would set them: a page's forms hold a token.
            headers.CacheControl = "no-cache, no-store";
            headers.Pragma = "no-cache";
        }
        else if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            // What is payable is for whoever asked; a proxy on the way keeps none of it.
            headers.CacheControl = "no-store";
        }

        return next(context);
    }
}
