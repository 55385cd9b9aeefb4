using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Microsoft.AspNetCore.Authorization;

namespace Ledger.Api.Identities;

/// <summary>Which roles an endpoint is for; docs/roles.md is made of these.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ForAttribute : AuthorizeAttribute
{
    /// <summary>For some roles.</summary>
    public ForAttribute(params Role[] allowed) => (Allowed, Roles) = (allowed, string.Join(',', allowed.Select(Words<Role>.Of)));

    /// <summary>The roles.</summary>
    public Role[] Allowed { get; }
}

/// <summary>An endpoint for everyone who is signed in; whoever is bound to contracts sees those alone.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ForEveryoneAttribute : AuthorizeAttribute;
