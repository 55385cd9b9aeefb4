using Ledger.Domain.Errors;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>What an error of the driver means, by its SQLSTATE class.</summary>
public static class DatabaseErrors
{
    /// <summary>
    /// True where the database is away, shutting down or out of resources (classes 08, 53, 57, 58, no answer at all, or a
    /// connection on which the driver itself gave up): trying again later may help. Anything else it answers is a defect of
    /// ours.
    /// </summary>
    public static bool IsAway(Exception e) =>
        e switch
        {
            PostgresException answer => answer.SqlState[..2] is "08" or "53" or "57" or "58",
            NpgsqlException => true,
            InvalidOperationException or IOException when e.Source == "Npgsql" => true,
            { InnerException: { } cause } => IsAway(cause),
            _ => false,
        };

    /// <summary>True where a save met an event's id, or a place in its stream, that another one took meanwhile.</summary>
    public static bool IsIdTaken(Exception e) =>
        Causes(e).OfType<PostgresException>().Any(c => c.SqlState == PostgresErrorCodes.UniqueViolation);

    /// <summary>
    /// What to tell whoever asked for something that the database did not do: a full disk by its name, anything else as not
    /// reached. Nothing was acknowledged; a commit whose answer was lost may have been done.
    /// </summary>
    public static LedgerException Told(Exception e) =>
        e switch
        {
            _ when Causes(e).OfType<LedgerException>().FirstOrDefault() is { } told => told,
            _ when Causes(e).OfType<PostgresException>().FirstOrDefault(c => c.SqlState == PostgresErrorCodes.DiskFull) is { } full =>
                new LedgerException(
                    ErrorCode.DiskFull,
                    $"the database's disk is full ({full.MessageText}): this was not recorded; make room and do it again",
                    e
                ),
            _ when IsIdTaken(e) => new LedgerException(
                ErrorCode.IdConflict,
                $"an event is on record already: its id was taken ({e.Message})",
                e
            ),
            _ => new LedgerException(
                ErrorCode.DatabaseUnreachable,
                $"the database failed ({e.Message}): this was not acknowledged, and is recorded whole or not at all; look, or do it "
                    + "again: the same event recorded twice is one event",
                e
            ),
        };

    /// <summary>An exception and what it wraps: Marten wraps the driver's.</summary>
    private static IEnumerable<Exception> Causes(Exception e) =>
        e is AggregateException several ? several.InnerExceptions.SelectMany(Causes).Prepend(e)
        : e.InnerException is { } cause ? Causes(cause).Prepend(e)
        : [e];
}
