using System.Text.Encodings.Web;
using Ledger.Api.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Ledger.Api.Identities;

/// <summary>
/// A proxy in front that has signed somebody in says who in a header. It is believed from configured addresses alone; the user's roles are
/// those that are registered here.
/// </summary>
internal sealed class ProxyScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KnownUsers users,
    IdentitySettings settings
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "proxy";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        settings.Proxy is not { } proxy || Request.Headers.One(proxy.Header) is not { } code ? AuthenticateResult.NoResult()
        : !proxy.Trusts(Context.Connection.RemoteIpAddress) ? AuthenticateResult.Fail($"{proxy.Header} is believed from the proxy alone")
        : await users.FindAsync(code, Context.RequestAborted) is { } user
            ? AuthenticateResult.Success(new AuthenticationTicket(SignedInUser.ClaimsOf(user, Name), Name))
        : AuthenticateResult.Fail("no such user is registered");
}
