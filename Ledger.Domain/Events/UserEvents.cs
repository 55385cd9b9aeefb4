using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>
/// What becomes of those who may use a service: contract <c>_ledger</c>, subject <c>user/{code}</c>. No event holds a password, a token or
/// a name.
/// </summary>
public abstract record UserEvent : LedgerRecord;

/// <summary>A user is registered, or what it may do is said anew.</summary>
/// <param name="Roles">What it may do.</param>
/// <param name="Contracts">The contracts that it sees and touches; absent for all.</param>
public sealed record UserRegistered(IReadOnlyList<Role> Roles, IReadOnlyList<string>? Contracts = null) : UserEvent;

/// <summary>A one-time link to set a password was given out.</summary>
/// <param name="Until">When it ends.</param>
public sealed record UserInvited(Instant Until) : UserEvent;

/// <summary>A user set its password; every session before ends.</summary>
public sealed record PasswordSet : UserEvent;

/// <summary>Too many wrong passwords: nobody signs in as this user for a while.</summary>
/// <param name="Until">When it ends.</param>
public sealed record UserLocked(Instant Until) : UserEvent;

/// <summary>A user may no longer use the service; its tokens and sessions end.</summary>
public sealed record UserWithdrawn(string Reason) : UserEvent;

/// <summary>A token for programs was given out.</summary>
/// <param name="Token">Its public part.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Until">When it ends.</param>
public sealed record TokenIssued(string Token, string Name, Instant Until) : UserEvent;

/// <summary>A token is no longer taken.</summary>
/// <param name="Token">Its public part.</param>
public sealed record TokenRevoked(string Token) : UserEvent;
