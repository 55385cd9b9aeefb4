using System.Security.Claims;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Identities;

namespace Ledger.Api.Identities;

/// <summary>Who sends a request: the code that is the <c>actor</c> of what it records, its roles, the contracts that it sees.</summary>
public sealed class SignedInUser(ClaimsPrincipal principal)
{
    /// <summary>The claim that names a contract; none: all of them.</summary>
    public const string ContractClaim = "contract";

    /// <summary>The claim of the stamp by which a session is known to be of now.</summary>
    public const string StampClaim = "stamp";

    /// <summary>The one of a request.</summary>
    public static SignedInUser Of(HttpContext context) => new(context.User);

    /// <summary>Its code.</summary>
    public string Code { get; } = principal.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";

    /// <summary>What it may do.</summary>
    public IReadOnlyList<Role> Roles { get; } =
    [.. principal.FindAll(ClaimTypes.Role).Select(c => Words<Role>.TryParse(c.Value, out var role) ? role : (Role?)null).OfType<Role>()];

    /// <summary>The contracts that it sees and touches; null for all.</summary>
    public IReadOnlyList<string>? Contracts { get; } =
        principal.FindAll(ContractClaim).Select(c => c.Value).ToList() is { Count: > 0 } some ? some : null;

    /// <summary>Whether it may know of a contract.</summary>
    public bool Sees(string contract) => Contracts?.Contains(contract) ?? !IsVendorAlone;

    // A vendor without contracts, which only another identity provider can send, sees none.
    private bool IsVendorAlone => Roles.All(r => r == Role.Vendor);

    /// <summary>Whether it has one of some roles.</summary>
    public bool Has(params IEnumerable<Role> roles) => roles.Any(Roles.Contains);

    /// <summary>The claims of a user, for a scheme.</summary>
    public static ClaimsPrincipal ClaimsOf(User user, string scheme) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, user.Id),
                    new Claim(StampClaim, user.Stamp),
                    .. user.Roles.Select(r => new Claim(ClaimTypes.Role, Words<Role>.Of(r))),
                    .. (user.Contracts ?? []).Select(c => new Claim(ContractClaim, c)),
                ],
                scheme
            )
        );
}
