using System.Security.Claims;
using Ledger.Api.Hosting;
using Ledger.Api.Pages;
using Ledger.Api.Pages.SignIn;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ledger.Api.Identities;

/// <summary>The ways to sign in, and which of them a request takes.</summary>
internal static class SignInServices
{
    /// <summary>The header in which a page repeats its antiforgery token.</summary>
    public const string AntiforgeryHeader = "X-CSRF-Token";

    private const string Choice = "ledger";
    private static readonly TimeSpan Session = TimeSpan.FromHours(10);

    /// <summary>Cookies for pages, the ledger's tokens for programs, and what the settings add.</summary>
    public static void AddSignIn(this IServiceCollection services, LedgerSettings settings)
    {
        var identity = settings.Identity;
        services.AddSingleton(identity);
        services.AddSingleton<KnownUsers>();
        services.AddScoped<Sessions>();
        services.AddAntiforgery(options =>
        {
            options.HeaderName = AntiforgeryHeader;
            options.FormFieldName = PageServices.AntiforgeryField;
            options.Cookie.Name = "ledger-antiforgery";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services
            .AddDataProtection()
            .SetApplicationName("Ledger")
            .PersistKeysToFileSystem(Directory.CreateDirectory(DataFiles.Cookies(settings.DataDirectory)));
        var schemes = services
            .AddAuthentication(Choice)
            .AddPolicyScheme(Choice, null, options => options.ForwardDefaultSelector = context => SchemeOf(context, identity))
            .AddScheme<AuthenticationSchemeOptions, TokenScheme>(TokenScheme.Name, null)
            .AddScheme<AuthenticationSchemeOptions, ProxyScheme>(ProxyScheme.Name, null)
            .AddCookie(UseCookies);
        if (identity.Issuer is { } issuer)
        {
            AddIssuer(schemes, issuer);
        }

        services.AddAuthorization();
    }

    private static string SchemeOf(HttpContext context, IdentitySettings identity) =>
        TokenScheme.Of(context.Request) is not null ? TokenScheme.Name
        : context.Request.Headers.Authorization.Count > 0
            ? identity.Issuer is null ? TokenScheme.Name
                : JwtBearerDefaults.AuthenticationScheme
        : identity.Proxy is { } proxy && context.Request.Headers.ContainsKey(proxy.Header) ? ProxyScheme.Name
        : CookieAuthenticationDefaults.AuthenticationScheme;

    private static void UseCookies(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "ledger";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Session;
        options.SlidingExpiration = true;

        // A program is told; a page's reader is led to sign in, and back.
        options.Events.OnRedirectToLogin = context =>
        {
            if (PageServices.Serves(context.Request.Path))
            {
                context.Response.Redirect(SessionPages.SignInFor(context.Request));
                return Task.CompletedTask;
            }

            return StatusAsync(context.Response, StatusCodes.Status401Unauthorized);
        };
        options.Events.OnRedirectToAccessDenied = context => StatusAsync(context.Response, StatusCodes.Status403Forbidden);
        options.Events.OnValidatePrincipal = async context =>
        {
            var users = context.HttpContext.RequestServices.GetRequiredService<KnownUsers>();
            var code = context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
            var stamp = context.Principal?.FindFirstValue(SignedInUser.StampClaim);

            // Whom the identity provider signed in is not a user of ours, and has no stamp.
            if (stamp is not null && (await users.FindAsync(code, context.HttpContext.RequestAborted))?.Stamp != stamp)
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            }
        };
    }

    private static Task StatusAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static void AddIssuer(AuthenticationBuilder schemes, IssuerSettings issuer)
    {
        schemes.AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters.ValidAudience = issuer.Audience;
            options.TokenValidationParameters.ValidIssuer = issuer.Authority;
            if (issuer.Keys is { } keys)
            {
                options.TokenValidationParameters.IssuerSigningKeys = new JsonWebKeySet(File.ReadAllText(keys)).GetSigningKeys();
            }
            else
            {
                options.Authority = issuer.Authority;
            }

            options.Events = new JwtBearerEvents
            {
                OnTokenValidated = context =>
                {
                    context.Principal = Mapped(context.Principal!, issuer, JwtBearerDefaults.AuthenticationScheme);
                    return Task.CompletedTask;
                },
            };
        });
        if (issuer.Client is not { } client)
        {
            return;
        }

        schemes.AddOpenIdConnect(options =>
        {
            options.Authority = issuer.Authority;
            options.ClientId = client;
            options.ClientSecret = issuer.Secret;
            options.ResponseType = "code";
            options.UsePkce = true;
            options.MapInboundClaims = false;
            options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.Events.OnTokenValidated = context =>
            {
                context.Principal = Mapped(context.Principal!, issuer, OpenIdConnectDefaults.AuthenticationScheme);
                return Task.CompletedTask;
            };
        });
    }

    /// <summary>What the provider says in the ledger's words; what is no role of the ledger's is left out.</summary>
    private static ClaimsPrincipal Mapped(ClaimsPrincipal told, IssuerSettings issuer, string scheme)
    {
        var code = told.FindFirstValue(issuer.User) ?? told.FindFirstValue(JwtRegisteredClaimNames.Sub) ?? "";
        var roles = told.FindAll(issuer.Roles)
            .Select(c => c.Value)
            .Where(v => Words<Role>.TryParse(v, out var role) && role != Role.Ledger);
        return new ClaimsPrincipal(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, code),
                    .. roles.Select(r => new Claim(ClaimTypes.Role, r)),
                    .. told.FindAll(issuer.Contracts).Select(c => new Claim(SignedInUser.ContractClaim, c.Value)),
                ],
                scheme
            )
        );
    }
}
