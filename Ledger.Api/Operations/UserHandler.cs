using Ledger.Api.Identities;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;
using Ledger.Projections.Store;
using Marten;
using Microsoft.AspNetCore.Identity;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>Registers a user, or says anew what it may do; sessions of before end.</summary>
public sealed record RegisterUser(string Code, IReadOnlyList<Role> Roles, IReadOnlyList<string>? Contracts, string Actor);

/// <summary>Gives out a one-time link by which a user sets its password; the one before ends.</summary>
public sealed record InviteUser(string Code, string Actor);

/// <summary>Sets the password of whoever holds a one-time link.</summary>
public sealed record SetPassword(string Code, string Invitation, string Password)
{
    /// <summary>Without the secrets: what logs a command logs this.</summary>
    public override string ToString() => $"{nameof(SetPassword)} of {Code}";
}

/// <summary>Ends a user's use of the service.</summary>
public sealed record WithdrawUser(string Code, string Reason, string Actor);

/// <summary>Gives out a token for a user's programs.</summary>
public sealed record IssueToken(string Code, string Name, Duration For, string Actor);

/// <summary>Ends a token.</summary>
public sealed record RevokeToken(string Token, string Actor);

/// <summary>Signs a user in by its password; too many wrong ones lock the user for a while.</summary>
public sealed record SignInUser(string Code, string Password)
{
    /// <summary>Without the secret: what logs a command logs this.</summary>
    public override string ToString() => $"{nameof(SignInUser)} of {Code}";
}

/// <summary>Who was signed in; null where the user or the password is wrong.</summary>
public sealed record SignInOutcome(User? User);

/// <summary>A one-time link's secret, which is shown once.</summary>
public sealed record Invitation(string User, string Secret, Instant Until)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{nameof(Invitation)} of {User}";
}

/// <summary>A token, which is shown once.</summary>
public sealed record NewToken(string Id, string Token, Instant Until)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{nameof(NewToken)} {Id}";
}

/// <summary>What is done to users and tokens: the document and the event of <c>_ledger</c> are saved together.</summary>
public static class UserHandler
{
    /// <summary>Wrong passwords in a row until a user is locked.</summary>
    public const int MostFailures = 5;

    /// <summary>The fewest characters of a password (NIST SP 800-63B asks for 8 beside a second factor, 15 without).</summary>
    public const int FewestCharacters = 15;

    /// <summary>The most characters of a password.</summary>
    public const int MostCharacters = 128;

    /// <summary>How long a locked user stays so.</summary>
    public static readonly Duration Locked = Duration.FromMinutes(15);

    /// <summary>How long a one-time link holds.</summary>
    public static readonly Duration Invited = Duration.FromHours(24);

    /// <summary>The longest that a token may hold.</summary>
    public static readonly Duration LongestToken = Duration.FromDays(366);

    // A hash of what nobody knows, in the hasher's own format.
    private static readonly string Nobody = new PasswordHasher<User>().HashPassword(null!, Secrets.New());

    /// <summary>Registers.</summary>
    public static async Task<User> Handle(RegisterUser command, IDocumentSession session, IClock clock, CancellationToken cancel)
    {
        LedgerChange.RefuseUnlessCode("user", command.Code);
        LedgerChange.Refuse(
            command.Roles.Count == 0 || command.Roles.Contains(Role.Ledger),
            "roles: expected at least one, and none of the ledger's own"
        );
        LedgerChange.Refuse(
            command.Roles.Contains(Role.Vendor) && command.Contracts is not { Count: > 0 },
            "contracts: a vendor sees and touches its own contracts only: name them"
        );
        var roles = command.Roles.Distinct().Order().ToList();
        var before = await session.LoadAsync<User>(command.Code, cancel);
        if (before?.Roles.Contains(Role.Administrator) == true && !roles.Contains(Role.Administrator))
        {
            await RefuseLastAsync(session, command.Code, cancel);
        }

        var user = (before ?? new User(command.Code, [], "")) with
        {
            Roles = roles,
            Contracts = command.Contracts,
            Stamp = Secrets.New(),
            WithdrawnAt = null,
        };
        session.Store(user);
        Record(session, command.Code, command.Actor, new UserRegistered(roles, command.Contracts), clock);
        return user;
    }

    /// <summary>Invites.</summary>
    public static async Task<Invitation> Handle(InviteUser command, IDocumentSession session, IClock clock, CancellationToken cancel)
    {
        var (user, secret) = (await FindAsync(session, command.Code, cancel), Secrets.New());
        var until = clock.GetCurrentInstant() + Invited;
        session.Store(user with { InvitationHash = Secrets.HashOf(secret), InvitedUntil = until });
        Record(session, command.Code, command.Actor, new UserInvited(until), clock);
        return new Invitation(command.Code, secret, until);
    }

    /// <summary>Sets the password.</summary>
    public static async Task<User> Handle(
        SetPassword command,
        IDocumentSession session,
        IPasswordHasher<User> hasher,
        IClock clock,
        CancellationToken cancel
    )
    {
        if (
            await LoadAsync(session, command.Code, cancel) is not { WithdrawnAt: null, InvitationHash: { } hash } user
            || user.InvitedUntil < clock.GetCurrentInstant()
            || !Secrets.Match(command.Invitation, hash)
        )
        {
            throw new LedgerException(
                ErrorCode.NotSignedIn,
                "the link was used, has ended, or was replaced: ask the administrator for another"
            );
        }

        LedgerChange.Refuse(
            command.Password.Length is < FewestCharacters or > MostCharacters
                || command.Password.Contains(command.Code, StringComparison.OrdinalIgnoreCase),
            $"password: expected {FewestCharacters} to {MostCharacters} characters without the user's code in them"
        );
        var now = user with
        {
            PasswordHash = hasher.HashPassword(user, command.Password),
            Stamp = Secrets.New(),
            InvitationHash = null,
            InvitedUntil = null,
            Failures = 0,
            LockedUntil = null,
        };
        session.Store(now);
        Record(session, command.Code, command.Code, new PasswordSet(), clock);
        return now;
    }

    /// <summary>Withdraws.</summary>
    public static async Task<User> Handle(WithdrawUser command, IDocumentSession session, IClock clock, CancellationToken cancel)
    {
        var user = await FindAsync(session, command.Code, cancel);
        if (user.Roles.Contains(Role.Administrator))
        {
            await RefuseLastAsync(session, command.Code, cancel);
        }

        var withdrawn = user with
        {
            WithdrawnAt = clock.GetCurrentInstant(),
            Stamp = Secrets.New(),
            InvitationHash = null,
            PasswordHash = null,
        };
        session.Store(withdrawn);
        Record(session, command.Code, command.Actor, new UserWithdrawn(command.Reason), clock);
        return withdrawn;
    }

    /// <summary>Issues.</summary>
    public static async Task<NewToken> Handle(IssueToken command, IDocumentSession session, IClock clock, CancellationToken cancel)
    {
        _ = await FindAsync(session, command.Code, cancel);
        LedgerChange.Refuse(command.For <= Duration.Zero || command.For > LongestToken, $"days: expected 1 to {LongestToken.TotalDays:0}");
        LedgerChange.Refuse(command.Name.Length is 0 or > 100, "name: expected 1 to 100 characters that say what the token is for");
        var (id, secret, until) = (Secrets.New(8), Secrets.New(), clock.GetCurrentInstant() + command.For);
        session.Store(new ApiToken(id, command.Code, command.Name, Secrets.HashOf(secret), until));
        Record(session, command.Code, command.Actor, new TokenIssued(id, command.Name, until), clock);
        return new NewToken(id, Secrets.TokenOf(id, secret), until);
    }

    /// <summary>Revokes.</summary>
    public static async Task<ApiToken> Handle(RevokeToken command, IDocumentSession session, IClock clock, CancellationToken cancel)
    {
        var token =
            (Secrets.IsCode(command.Token) ? await session.LoadAsync<ApiToken>(command.Token, cancel) : null)
            ?? throw new LedgerException(ErrorCode.NotFound, $"no token \"{command.Token}\" was issued");
        if (token.RevokedAt is not null)
        {
            return token;
        }

        var revoked = token with { RevokedAt = clock.GetCurrentInstant() };
        session.Store(revoked);
        Record(session, token.User, command.Actor, new TokenRevoked(token.Id), clock);
        return revoked;
    }

    /// <summary>Signs in.</summary>
    public static async Task<SignInOutcome> Handle(
        SignInUser command,
        IDocumentSession session,
        IPasswordHasher<User> hasher,
        IClock clock,
        CancellationToken cancel
    )
    {
        var found = await LoadAsync(session, command.Code, cancel);
        if (found?.LockedUntil > clock.GetCurrentInstant())
        {
            throw new LedgerException(
                ErrorCode.NotSignedIn,
                "too many wrong passwords: wait a quarter of an hour, or ask the administrator for a new link"
            );
        }

        // Nobody learns from the time that an answer takes whether there is such a user.
        var hash = found?.PasswordHash ?? Nobody;
        var right = hasher.VerifyHashedPassword(found!, hash, command.Password) != PasswordVerificationResult.Failed;
        if (found is not { WithdrawnAt: null, PasswordHash: not null } user)
        {
            return new SignInOutcome(null);
        }

        if (right)
        {
            if (user.Failures > 0 || user.LockedUntil is not null)
            {
                session.Store(user with { Failures = 0, LockedUntil = null });
            }

            return new SignInOutcome(user);
        }

        var locks = user.Failures + 1 >= MostFailures;
        var until = locks ? clock.GetCurrentInstant() + Locked : (Instant?)null;
        session.Store(user with { Failures = locks ? 0 : user.Failures + 1, LockedUntil = until });
        if (until is { } end)
        {
            Record(session, user.Id, LedgerSource.Name, new UserLocked(end), clock);
        }

        return new SignInOutcome(null);
    }

    /// <summary>A user by what anybody may have typed.</summary>
    private static async Task<User?> LoadAsync(IDocumentSession session, string code, CancellationToken cancel) =>
        Secrets.IsCode(code) ? await session.LoadAsync<User>(code, cancel) : null;

    private static async Task<User> FindAsync(IDocumentSession session, string code, CancellationToken cancel) =>
        await LoadAsync(session, code, cancel) is { WithdrawnAt: null } user
            ? user
            : throw new LedgerException(ErrorCode.NotFound, $"no user \"{code}\" is registered, or it was withdrawn");

    private static async Task RefuseLastAsync(IDocumentSession session, string code, CancellationToken cancel)
    {
        var others = await session.Query<User>().Where(u => u.WithdrawnAt == null && u.Id != code).ToListAsync(cancel);
        if (!others.Any(u => u.Roles.Contains(Role.Administrator)))
        {
            throw new LedgerException(ErrorCode.Refused, $"\"{code}\" is the last administrator: register another first");
        }
    }

    private static void Record(IDocumentSession session, string code, string actor, UserEvent data, IClock clock) =>
        session.Record(LedgerChange.EventOf("user", code, actor, clock.GetCurrentInstant(), data));
}
