using Ledger.Domain.Events;
using NodaTime;

namespace Ledger.Projections.Identities;

/// <summary>
/// Somebody who may use a service, by its code: a Marten document of <c>_ledger</c>, each change of which is an event there, too.
/// Secrets are kept as hashes alone.
/// </summary>
/// <param name="Id">The code, as <c>actor</c> stands in events.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="Stamp">Changes with the password and the roles: a session of before is none.</param>
public sealed record User(string Id, IReadOnlyList<Role> Roles, string Stamp)
{
    /// <summary>The contracts that it sees and touches; null for all.</summary>
    public IReadOnlyList<string>? Contracts { get; init; }

    /// <summary>What the framework's password hasher made of the password; null before one is set.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>SHA-256 of the secret in the one-time link; null where none is out.</summary>
    public string? InvitationHash { get; init; }

    /// <summary>When the one-time link ends.</summary>
    public Instant? InvitedUntil { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int Failures { get; init; }

    /// <summary>Until when nobody signs in; null where nothing is locked.</summary>
    public Instant? LockedUntil { get; init; }

    /// <summary>When it was withdrawn; null while it may use the service.</summary>
    public Instant? WithdrawnAt { get; init; }
}

/// <summary>A token of a user for its programs: a Marten document of <c>_ledger</c>.</summary>
/// <param name="Id">Its public part, by which it is listed and revoked.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Hash">SHA-256 of its secret part, in hexadecimal.</param>
/// <param name="Until">When it ends.</param>
public sealed record ApiToken(string Id, string User, string Name, string Hash, Instant Until)
{
    /// <summary>When it was revoked; null while it is taken.</summary>
    public Instant? RevokedAt { get; init; }
}
