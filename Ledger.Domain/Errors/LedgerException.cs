namespace Ledger.Domain.Errors;

/// <summary>The stable codes of what can go wrong; documented in docs/errors.md.</summary>
public enum ErrorCode
{
    /// <summary>The stream is at another version than the one expected.</summary>
    VersionConflict,

    /// <summary>The id is on record as another event.</summary>
    IdConflict,

    /// <summary>The database cannot be reached, or went away.</summary>
    DatabaseUnreachable,

    /// <summary>The database has no room left.</summary>
    DiskFull,

    /// <summary>The database was migrated by a newer program.</summary>
    DatabaseNewer,

    /// <summary>Another service holds the data directory.</summary>
    DataDirectoryInUse,

    /// <summary>No contract of that id is registered.</summary>
    ContractUnknown,

    /// <summary>No period of that number.</summary>
    PeriodUnknown,

    /// <summary>No deduction of that id was ever proposed.</summary>
    DeductionUnknown,

    /// <summary>A position or time outside the log.</summary>
    MomentUnknown,

    /// <summary>The log's end was not signed: it does not extend what was signed before, or the signer is away.</summary>
    CheckpointRefused,

    /// <summary>An event on record that this program cannot read or apply.</summary>
    EventUnreadable,

    /// <summary>A file cannot be read.</summary>
    FileUnreadable,

    /// <summary>A document or decision was refused.</summary>
    Refused,

    /// <summary>The command line, or a query, is wrong.</summary>
    BadRequest,

    /// <summary>The body of a request is JSON that is not what was expected: each fault is named.</summary>
    Invalid,

    /// <summary>Nobody is signed in, or the token or password is wrong, expired or revoked.</summary>
    NotSignedIn,

    /// <summary>Whoever is signed in may not do this.</summary>
    NotPermitted,

    /// <summary>There is nothing at that address.</summary>
    NotFound,

    /// <summary>The address knows no such method.</summary>
    MethodNotAllowed,

    /// <summary>None of the media types that the caller accepts is on offer.</summary>
    NotAcceptable,

    /// <summary>The body is of another media type than those that are read.</summary>
    UnsupportedMediaType,

    /// <summary>The body, or a part of it, is larger than is read.</summary>
    TooLarge,

    /// <summary>More requests than one caller may make in a time.</summary>
    TooManyRequests,

    /// <summary>It took longer than a request may.</summary>
    TimedOut,

    /// <summary>A defect of the ledger.</summary>
    Defect,
}

/// <summary>An error that a user can act on: a stable code and one line that says what is wrong and what to do.</summary>
public sealed class LedgerException(ErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The stable code.</summary>
    public ErrorCode Code { get; } = code;
}
