using System.Net;
using Ledger.Api.Hosting;
using Ledger.Api.Identities;
using Ledger.Api.Pages.Language;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Microsoft.AspNetCore.Mvc;

namespace Ledger.Api.Pages.SignIn;

/// <summary>What pages send to begin and to end a session, beside the forms of their own.</summary>
internal static class SessionPages
{
    /// <summary>Where somebody signs in to come back to what was asked for.</summary>
    public static string SignInFor(HttpRequest request) =>
        $"/{Tongue.Of(request.Path).Segment}/sign-in"
        + (HttpMethods.IsGet(request.Method) ? QueryString.Create("to", request.Path + request.QueryString).ToString() : "");

    /// <summary>The address to go on to: one of this service's pages, or the first.</summary>
    public static string Onward(Tongue words, string? to) =>
        to is ['/', not ('/' or '\\'), ..] && PageServices.Serves(new PathString(to.Split('?')[0])) ? to : $"/{words.Segment}";

    public static void Map(IEndpointRouteBuilder app, LedgerSettings settings)
    {
        app.MapGet("/", BeginAsync).AllowAnonymous().ExcludeFromDescription();

        // Where a one-time link leads, in the reader's language.
        app.MapGet(
                "/welcome",
                (HttpRequest request) => Results.Redirect($"/{Tongue.Preferred(request).Segment}/welcome{request.QueryString}")
            )
            .AllowAnonymous()
            .ExcludeFromDescription();
        foreach (var words in new[] { Tongue.Chinese, Tongue.English })
        {
            app.MapPost(
                    $"/{words.Segment}/sign-out",
                    async (HttpContext context) =>
                    {
                        await Sessions.EndAsync(context);
                        return Results.Redirect($"/{words.Segment}/sign-in");
                    }
                )
                .RequireAuthorization()
                .ExcludeFromDescription();
            if (settings.IsDemo)
            {
                app.MapPost(
                        $"/{words.Segment}/demo/session",
                        (HttpContext context, KnownUsers users, [FromForm] string user) => BecomeAsync(context, users, words, user)
                    )
                    .AllowAnonymous()
                    .ExcludeFromDescription();
            }
        }
    }

    /// <summary>The first page, in the reader's language; in a demo whoever opens it is somebody at once.</summary>
    private static async Task<IResult> BeginAsync(HttpContext context, LedgerSettings settings, KnownUsers users)
    {
        if (
            settings.IsDemo
            && context.User.Identity is not { IsAuthenticated: true }
            && IsHere(context)
            && await users.FindAsync(DemoUsers.First, context.RequestAborted) is { } first
        )
        {
            await Sessions.StartAsync(context, first);
        }

        return Results.Redirect($"/{Tongue.Preferred(context.Request).Segment}");
    }

    private static async Task<IResult> BecomeAsync(HttpContext context, KnownUsers users, Tongue words, string code)
    {
        if (!IsHere(context) || !CallerGate.IsOurs(context.Request))
        {
            throw new LedgerException(ErrorCode.NotPermitted, "a demo's people are for whoever sits at its machine");
        }

        var user =
            await users.FindAsync(code, context.RequestAborted)
            ?? throw new LedgerException(ErrorCode.NotFound, $"nobody in this demo is called \"{code}\"");
        await Sessions.StartAsync(context, user);
        return Results.Redirect($"/{words.Segment}");
    }

    /// <summary>Whether a request comes from this machine, by its own name: another's name that leads here is not taken.</summary>
    private static bool IsHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]";
}
