using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Marten;

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
        else if (e.Subject.StartsWith(EventStreams.Cases, StringComparison.Ordinal))
        {
            stream.AggregateType = typeof(CaseFacts);
        }

        return wrapped;
    }
}
