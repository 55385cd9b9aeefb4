using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Marten;
using Marten.Exceptions;
using Npgsql;

namespace Ledger.Projections.Store;

/// <summary>The domain's events on a Marten session.</summary>
public static class SessionAppends
{
    /// <summary>
    /// Appends an event to its stream in the session's contract; where <paramref name="version"/> is given, the save fails if the
    /// stream stands at another.
    /// </summary>
    public static JasperFx.Events.IEvent Record(this IDocumentOperations session, NewEvent e, long? version = null)
    {
        var wrapped = EventMapping.ToMarten(e);
        var stream = session.Events.Append(EventStreams.KeyOf(e.Contract, e.Subject), wrapped);
        stream.ExpectedVersionOnServer = version ?? stream.ExpectedVersionOnServer;
        if (e.Contract != LedgerSource.Contract && EventStreams.IsAccounts(e.Subject))
        {
            stream.AggregateType = typeof(ContractAccount);
        }

        return wrapped;
    }

    /// <summary>Saves what must be new; throws <see cref="LedgerException"/> where one of the ids is on record already.</summary>
    public static async Task SaveNewAsync(this IDocumentSession session, CancellationToken cancel)
    {
        try
        {
            await session.SaveChangesAsync(cancel);
        }
        catch (MartenCommandException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            throw new LedgerException(ErrorCode.IdConflict, $"an event of {session.TenantId} is on record already: its id was taken ({e.Message})", e);
        }
    }
}
