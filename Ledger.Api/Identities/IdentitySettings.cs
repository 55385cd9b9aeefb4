using System.Net;
using Ledger.Domain.Errors;

namespace Ledger.Api.Identities;

/// <summary>Who else than the ledger itself says who somebody is.</summary>
/// <param name="Issuer">An identity provider: OpenID Connect for pages, JWT for programs; null for none.</param>
/// <param name="Proxy">A proxy in front that signs people in; null for none.</param>
public sealed record IdentitySettings(IssuerSettings? Issuer = null, ProxySettings? Proxy = null)
{
    /// <summary>
    /// From <c>LEDGER_OIDC_AUTHORITY</c>, <c>LEDGER_OIDC_AUDIENCE</c>, <c>LEDGER_OIDC_KEYS</c>, <c>LEDGER_OIDC_CLIENT</c>,
    /// <c>LEDGER_OIDC_SECRET</c>, <c>LEDGER_OIDC_USER</c>, <c>LEDGER_OIDC_ROLES</c>, <c>LEDGER_OIDC_CONTRACTS</c>,
    /// <c>LEDGER_PROXY_HEADER</c> and <c>LEDGER_PROXY_ADDRESSES</c>; throws <see cref="LedgerException"/> for what is wrong.
    /// </summary>
    public static IdentitySettings From(IConfiguration configuration)
    {
        var authority = configuration["LEDGER_OIDC_AUTHORITY"];
        var header = configuration["LEDGER_PROXY_HEADER"];
        return new IdentitySettings(
            string.IsNullOrWhiteSpace(authority) ? null : IssuerSettings.From(configuration, authority),
            string.IsNullOrWhiteSpace(header) ? null : ProxySettings.From(header, configuration["LEDGER_PROXY_ADDRESSES"])
        );
    }
}

/// <summary>An identity provider.</summary>
/// <param name="Authority">Its issuer, under which its metadata is.</param>
/// <param name="Audience">What its tokens are for; the client's id where none is said.</param>
/// <param name="Keys">A file with its public keys (RFC 7517), where the service cannot reach it; null to ask it.</param>
/// <param name="Client">The client's id for the sign-in of pages; null for programs alone.</param>
/// <param name="Secret">The client's secret.</param>
/// <param name="User">The claim that is the user's code.</param>
/// <param name="Roles">The claim with the user's roles, in the ledger's words.</param>
/// <param name="Contracts">The claim with the contracts that the user sees.</param>
public sealed record IssuerSettings(
    string Authority,
    string Audience,
    string? Keys,
    string? Client,
    string? Secret,
    string User,
    string Roles,
    string Contracts
)
{
    internal static IssuerSettings From(IConfiguration configuration, string authority)
    {
        var client = configuration["LEDGER_OIDC_CLIENT"];
        var keys = configuration["LEDGER_OIDC_KEYS"];
        return keys is not null && !File.Exists(keys)
            ? throw new LedgerException(ErrorCode.FileUnreadable, $"LEDGER_OIDC_KEYS: there is no file {keys}")
            : new IssuerSettings(
                authority,
                configuration["LEDGER_OIDC_AUDIENCE"]
                    ?? client
                    ?? throw new LedgerException(ErrorCode.BadRequest, "LEDGER_OIDC_AUDIENCE: expected, beside LEDGER_OIDC_AUTHORITY"),
                keys,
                client,
                configuration["LEDGER_OIDC_SECRET"],
                configuration["LEDGER_OIDC_USER"] ?? "preferred_username",
                configuration["LEDGER_OIDC_ROLES"] ?? "roles",
                configuration["LEDGER_OIDC_CONTRACTS"] ?? "contracts"
            );
    }
}

/// <summary>A proxy that signs people in.</summary>
/// <param name="Header">The header that names the user's code.</param>
/// <param name="Networks">From where it is believed.</param>
public sealed record ProxySettings(string Header, IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>Whether an address is the proxy's.</summary>
    public bool Trusts(IPAddress? address) =>
        address is not null && Networks.Any(n => n.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    internal static ProxySettings From(string header, string? addresses) =>
        new(
            header,
            [
                .. (addresses ?? "")
                    .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                    .DefaultIfEmpty("")
                    .Select(a =>
                        IPNetwork.TryParse(a, out var network) ? network
                        : IPAddress.TryParse(a, out var one) ? new IPNetwork(one, one.GetAddressBytes().Length * 8)
                        : throw new LedgerException(
                            ErrorCode.BadRequest,
                            $"LEDGER_PROXY_ADDRESSES: expected the proxy's addresses such as 10.0.0.7 or 10.0.0.0/24, got \"{a}\""
                        )
                    ),
            ]
        );
}
