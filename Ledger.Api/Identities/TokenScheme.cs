using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Ledger.Api.Identities;

/// <summary>Programs sign in with a token of the ledger's own (RFC 6750): <c>Authorization: Bearer ledger_…</c>.</summary>
internal sealed class TokenScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KnownUsers users
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "token";

    /// <summary>The token of a request; null where it brings none of the ledger's own.</summary>
    public static string? Of(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ledger_", StringComparison.OrdinalIgnoreCase)
            ? header["Bearer ".Length..]
            : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Of(Request) is not { } token ? AuthenticateResult.NoResult()
        : await users.OfTokenAsync(token, Context.RequestAborted) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(SignedInUser.ClaimsOf(user, Name), Name))
        : AuthenticateResult.Fail("the token is unknown, has ended, or was revoked");

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }
}
